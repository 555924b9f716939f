import { facesFoundSchema } from '../../../functions/shared/message.ts';
import { eventually } from '../../eventually.ts';
import { type Cases, OLD, YOUNG } from './script.ts';

/** Photos that are overwritten while, or before, an older version is looked at. */
export const overwriting: Cases = {
  'an older event after a newer one': async (script, key) => {
    await script.put(key, YOUNG);
    const etag = await script.put(key, OLD);
    await script.deliver(key, 2);
    await script.pipeline.settled(key);
    await script.deliver(key, 1);
    return () => script.assertResult(key, etag, OLD);
  },

  'events of two versions when the older one is gone': async (script, key) => {
    await script.put(key, YOUNG);
    const etag = await script.put(key, OLD);
    await script.deliver(key, 1, 2);
    return () => script.assertResult(key, etag, OLD);
  },

  'overwritten when detect has looked at the older version': async (script, key) => {
    script.holdFaces(key);
    await script.put(key, YOUNG);
    await script.deliver(key, 1);
    const older = await script.faces.next(key);
    const etag = await script.put(key, OLD);
    await script.deliver(key, 2);
    await script.estimate(await script.faces.next(key, 2));
    await script.pipeline.settled(key);
    await script.estimate(older);
    return () => script.assertResult(key, etag, OLD);
  },

  'overwritten when age is estimated and gender is not': async (script, key) => {
    script.holdFaces(key);
    await script.put(key, YOUNG);
    await script.deliver(key, 1);
    const older = await script.faces.next(key);
    await script.estimate(older, ['age']);
    await script.pipeline.until(key, (item) => item?.faces?.[0]?.age !== undefined);
    const etag = await script.put(key, OLD);
    await script.deliver(key, 2);
    const newer = await script.faces.next(key, 2);
    await script.estimate(older, ['gender']);
    await script.estimate(newer);
    return () => script.assertResult(key, etag, OLD);
  },

  'a newer event with a longer sequencer': async (script, key) => {
    const etag = await script.overwrite(key, '00A1', '00A10F');
    return () => script.assertResult(key, etag, OLD);
  },

  'a newer event with a shorter sequencer': async (script, key) => {
    const etag = await script.overwrite(key, '00AFFFFF', '00B');
    return () => script.assertResult(key, etag, OLD);
  },
};

/** The same, and a function is held up in the middle of its work. */
export const overwritingHeldUp: Cases = {
  'overwritten while detect looks at the older version': async (script, key) => {
    await script.put(key, YOUNG);
    const release = await script.hold('detect', await script.sequencerOf(key, 1), 3, () =>
      script.deliver(key, 1),
    );
    const etag = await script.put(key, OLD);
    await script.deliver(key, 2);
    await script.pipeline.settled(key);
    await release();
    return () => script.assertResult(key, etag, OLD);
  },

  'overwritten while detect looks at the older version, and then at both': async (script, key) => {
    await script.put(key, YOUNG);
    const older = await script.sequencerOf(key, 1);
    const releaseOlder = await script.hold('detect', older, 3, () => script.deliver(key, 1));
    const etag = await script.put(key, OLD);
    const releaseNewer = await script.hold('detect', await script.sequencerOf(key, 2), 3, () =>
      script.deliver(key, 2),
    );
    await releaseOlder();
    // It writes what was found, which is refused, and looks what the item is then.
    await eventually(
      async () => (await script.faults.invocations('detect', older))[0]?.requests.length === 4,
    );
    await releaseNewer();
    return () => script.assertResult(key, etag, OLD);
  },

  'overwritten while age is at work on the older version': async (script, key) => {
    script.holdFaces(key);
    await script.put(key, YOUNG);
    await script.deliver(key, 1);
    const older = await script.faces.next(key);
    const { analysis } = facesFoundSchema.parse(JSON.parse(older));
    const release = await script.hold('age', analysis, 1, () => script.estimate(older));
    const etag = await script.put(key, OLD);
    await script.deliver(key, 2);
    await script.faces.next(key, 2);
    await release();
    await script.estimate(await script.faces.next(key, 2));
    return () => script.assertResult(key, etag, OLD);
  },
};
