import assert from 'node:assert/strict';
import { type Cases, OLD } from './script.ts';

/** Messages that come more than once. */
export const repetition: Cases = {
  'an event that comes several times at once': async (script, key) => {
    const etag = await script.put(key, OLD);
    await Promise.all([
      script.deliver(key, 1),
      script.deliver(key, 1),
      script.deliver(key, 1),
      script.deliver(key, 1),
    ]);
    return () => script.assertResult(key, etag, OLD);
  },

  'an event that comes again when all is done': async (script, key) => {
    const etag = await script.put(key, OLD);
    await script.deliver(key, 1);
    const item = await script.pipeline.settled(key);
    await script.deliver(key, 1, 1);
    return async () => {
      await script.assertResult(key, etag, OLD);
      assert.deepEqual(await script.pipeline.item(key), item);
    };
  },

  'faces that are passed on several times': async (script, key) => {
    script.holdFaces(key);
    const etag = await script.put(key, OLD);
    await script.deliver(key, 1);
    const message = await script.faces.next(key);
    await Promise.all([script.estimate(message), script.estimate(message), script.estimate(message)]);
    await script.pipeline.settled(key);
    await script.estimate(message);
    return () => script.assertResult(key, etag, OLD);
  },
};
