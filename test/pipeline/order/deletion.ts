import assert from 'node:assert/strict';
import { eventually } from '../../eventually.ts';
import { type Cases, OLD, YOUNG } from './script.ts';

/** Photos that are deleted before, while or after they are looked at. */
export const deletion: Cases = {
  'deleted before anybody looked': async (script, key) => {
    await script.put(key, OLD);
    await script.delete(key);
    await script.deliver(key, 1, 2);
    return () => script.assertNothing(key);
  },

  'deleted, which is known before it was put': async (script, key) => {
    await script.put(key, OLD);
    await script.delete(key);
    await script.deliver(key, 2);
    await eventually(async () => (await script.faults.invocations('detect', key)).length > 0);
    await script.deliver(key, 1);
    return () => script.assertNothing(key);
  },

  'deleted before age and gender look at it': async (script, key) => {
    script.holdFaces(key);
    await script.put(key, OLD);
    await script.deliver(key, 1);
    const message = await script.faces.next(key);
    await script.delete(key);
    await script.deliver(key, 2);
    await script.pipeline.until(key, (item) => item === undefined);
    await script.estimate(message);
    return () => script.assertNothing(key);
  },

  'deleted when all is done': async (script, key) => {
    await script.put(key, OLD);
    await script.deliver(key, 1);
    await script.pipeline.settled(key);
    await script.delete(key);
    await script.deliver(key, 2);
    return async () => {
      assert.equal(await script.pipeline.item(key), undefined);
      assert.equal(script.pipeline.announcements.about(key).length, 1);
    };
  },

  'deleted, and put again, reported in reverse': async (script, key) => {
    await script.put(key, YOUNG);
    await script.delete(key);
    const etag = await script.put(key, OLD);
    await script.deliver(key, 3);
    await script.pipeline.settled(key);
    await script.deliver(key, 2, 1);
    return () => script.assertResult(key, etag, OLD);
  },

  'deleted, though nobody knew of it': async (script, key) => {
    await script.put(key, OLD);
    await script.delete(key);
    await script.deliver(key, 2, 2);
    return () => script.assertNothing(key);
  },
};

/** The same, and a function is held up in the middle of its work. */
export const deletionHeldUp: Cases = {
  'deleted before detect reads it': async (script, key) => {
    await script.put(key, OLD);
    const release = await script.hold('detect', await script.sequencerOf(key, 1), 2, () =>
      script.deliver(key, 1),
    );
    await script.delete(key);
    await release();
    return () => script.assertNothing(key);
  },

  'deleted while detect looks at it': async (script, key) => {
    await script.put(key, OLD);
    const release = await script.hold('detect', await script.sequencerOf(key, 1), 3, () =>
      script.deliver(key, 1),
    );
    await script.delete(key);
    await script.deliver(key, 2);
    await script.pipeline.until(key, (item) => item === undefined);
    await release();
    return () => script.assertNothing(key);
  },

  'deleted while gender looks at it': async (script, key) => {
    script.holdFaces(key);
    await script.put(key, OLD);
    await script.deliver(key, 1);
    const message = await script.faces.next(key);
    const release = await script.hold('gender', key, 1, () => script.estimate(message, ['gender']));
    await script.delete(key);
    await script.deliver(key, 2);
    await script.pipeline.until(key, (item) => item === undefined);
    await release();
    await script.estimate(message, ['age']);
    return () => script.assertNothing(key);
  },
};
