import assert from 'node:assert/strict';
import { type Cases, OLD, YOUNG } from './script.ts';

/** Photos that are put through the pipeline though there was no event about them. */
export const backfill: Cases = {
  'backfilled, and reported twice': async (script, key) => {
    const etag = await script.put(key, OLD);
    await script.backfill(key, etag);
    await script.backfill(key, etag);
    return () => script.assertResult(key, etag, OLD);
  },

  'backfilled before its event comes': async (script, key) => {
    const etag = await script.put(key, OLD);
    await script.backfill(key, etag);
    await script.pipeline.settled(key);
    await script.deliver(key, 1);
    return () => script.assertResult(key, etag, OLD, 2);
  },

  'backfilled when it is done, and its event comes again': async (script, key) => {
    const etag = await script.put(key, OLD);
    await script.deliver(key, 1);
    const { sequencer } = await script.pipeline.settled(key);
    await script.backfill(key, etag);
    await script.pipeline.announcements.next(key, 2);
    await script.deliver(key, 1);
    return async () => {
      await script.assertResult(key, etag, OLD, 2);
      assert.equal((await script.pipeline.item(key))?.sequencer, sequencer);
    };
  },

  'backfilled as it was before it was overwritten': async (script, key) => {
    const older = await script.put(key, YOUNG);
    const etag = await script.put(key, OLD);
    await script.deliver(key, 2);
    await script.pipeline.settled(key);
    await script.backfill(key, older);
    return () => script.assertResult(key, etag, OLD);
  },

  'backfilled as it was, before it is known to be overwritten': async (script, key) => {
    const older = await script.put(key, YOUNG);
    const etag = await script.put(key, OLD);
    await script.backfill(key, older);
    await script.deliver(key, 2);
    return () => script.assertResult(key, etag, OLD);
  },

  'backfilled, then overwritten': async (script, key) => {
    const older = await script.put(key, YOUNG);
    await script.backfill(key, older);
    await script.pipeline.settled(key);
    const etag = await script.put(key, OLD);
    await script.deliver(key, 2, 1);
    return () => script.assertResult(key, etag, OLD, 2);
  },

  'backfilled though it is gone': async (script, key) => {
    const etag = await script.put(key, OLD);
    await script.delete(key);
    await script.backfill(key, etag);
    return () => script.assertNothing(key);
  },

  'backfilled, then deleted': async (script, key) => {
    const etag = await script.put(key, OLD);
    await script.backfill(key, etag);
    await script.pipeline.settled(key);
    await script.delete(key);
    await script.deliver(key, 2);
    return async () => assert.equal(await script.pipeline.item(key), undefined);
  },
};

/** The same, and a function is held up in the middle of its work. */
export const backfillHeldUp: Cases = {
  'backfilled while its own event is worked on': async (script, key) => {
    const etag = await script.put(key, OLD);
    const release = await script.hold('detect', await script.sequencerOf(key, 1), 3, () =>
      script.deliver(key, 1),
    );
    await script.backfill(key, etag);
    await script.pipeline.settled(key);
    await release();
    return () => script.assertResult(key, etag, OLD);
  },
};
