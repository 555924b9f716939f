import assert from 'node:assert/strict';
import { createNotification } from '../../../functions/shared/notification.ts';
import { estimatorOf } from '../../estimators.ts';
import { eventually } from '../../eventually.ts';
import { samples } from '../../fixtures/index.ts';
import type { StageName } from '../controls.ts';
import { divertFaces, divertNotifications } from '../diversions.ts';
import { Faults } from '../faults.ts';
import type { Mailbox } from '../mailbox.ts';
import type { Pipeline } from '../pipeline.ts';

/** What happens to a key; then what must hold when all is quiet. */
export type Cases = Record<string, (script: Script, key: string) => Promise<() => Promise<void>>>;

/** Two photos of one face each, which are told apart by its age. */
export const OLD = samples.hopper;
export const YOUNG = samples.astronaut;

/** Says what happens to photos, and in which order: stands between S3 and detect, and between detect and the others. */
export class Script {
  readonly pipeline: Pipeline;
  readonly faults: Faults;
  /** What S3 reports about the photos: nobody else learns of it. */
  readonly events: Mailbox<string>;
  /** What detect reports about the photos: age and gender learn at once of those that are not held. */
  readonly faces: Mailbox<string>;
  readonly #held: Set<string>;

  private constructor(
    pipeline: Pipeline,
    faults: Faults,
    mailboxes: { events: Mailbox<string>; faces: Mailbox<string> },
    held: Set<string>,
  ) {
    this.pipeline = pipeline;
    this.faults = faults;
    this.events = mailboxes.events;
    this.faces = mailboxes.faces;
    this.#held = held;
  }

  static async begin(pipeline: Pipeline): Promise<Script> {
    const faults = await Faults.install(pipeline);
    const held = new Set<string>();
    const events = await divertNotifications(pipeline);
    const faces = await divertFaces(pipeline, (photo) => held.has(photo));
    return new Script(pipeline, faults, { events, faces }, held);
  }

  /** Does something about a photo, and waits until S3 has reported it: of two things in a row it may report the second first. */
  async reported<T>(key: string, act: () => Promise<T>): Promise<T> {
    const before = this.events.about(key).length;
    const done = await act();
    await this.events.next(key, before + 1);
    return done;
  }

  put(key: string, file: string): Promise<string> {
    return this.reported(key, () => this.pipeline.put(key, file));
  }

  delete(key: string): Promise<void> {
    return this.reported(key, () => this.pipeline.delete(key));
  }

  /** Passes on what S3 reported of a key first, second … */
  async deliver(key: string, ...nths: number[]): Promise<void> {
    for (const nth of nths) {
      await this.pipeline.send(this.pipeline.target.stack.uploadQueue, await this.events.next(key, nth));
    }
  }

  /** Asks for the analysis of a version that lies in the bucket, or did so. */
  async backfill(key: string, etag: string): Promise<void> {
    const { stack } = this.pipeline.target;
    await this.pipeline.send(
      stack.uploadQueue,
      createNotification(stack, { key, size: 1, etag, lastModified: new Date() }, 'run'),
    );
  }

  /** From now on the test passes on itself what detect reports about this photo. */
  holdFaces(key: string): void {
    this.#held.add(key);
  }

  /** Passes on what detect told. */
  async estimate(message: string, stages: readonly ('age' | 'gender')[] = ['age', 'gender']): Promise<void> {
    const queues = stages.map((stage) => estimatorOf(this.pipeline.target.stack, stage).queue);
    await Promise.all(queues.map((queue) => this.pipeline.send(queue, message)));
  }

  /**
   * Stops a function before a request that it makes for a message.
   * @param start what has the function work on it
   * @returns when it stands there; lets it go on
   */
  async hold(
    stage: StageName,
    message: string,
    request: number,
    start: () => Promise<void>,
  ): Promise<() => Promise<void>> {
    const release = await this.faults.set(stage, { message, request, moment: 'before', action: 'hold' });
    await start();
    await eventually(async () =>
      (await this.faults.invocations(stage, message)).some(({ requests }) => requests.length === request),
    );
    return release;
  }

  /** The part of what S3 told that is in no other message. */
  async sequencerOf(key: string, nth: number): Promise<string> {
    const [event] = /"sequencer": *"\w+"/.exec(await this.events.next(key, nth)) ?? [];
    assert.ok(event);
    return event;
  }

  /** Puts two versions, whose events have these sequencers, and passes the newer one's on first. */
  async overwrite(key: string, ...sequencers: [string, string]): Promise<string> {
    await this.put(key, YOUNG);
    const etag = await this.put(key, OLD);
    const [older = '', newer = ''] = await Promise.all(
      sequencers.map(async (sequencer, index) =>
        (await this.events.next(key, index + 1)).replace(/("sequencer": *)"\w+"/, `$1"${sequencer}"`),
      ),
    );
    const { uploadQueue } = this.pipeline.target.stack;
    await this.pipeline.send(uploadQueue, newer);
    await this.pipeline.settled(key);
    await this.pipeline.send(uploadQueue, older);
    return etag;
  }

  /** That a photo has the result of one version, and was announced once for each analysis. */
  async assertResult(key: string, etag: string, show: string, announcements = 1): Promise<void> {
    const item = await this.pipeline.item(key);
    assert.equal(item?.status, 'done');
    assert.equal(item.etag, etag);
    assert.equal(item.faces?.length, 1);
    const years = item.faces[0]?.age?.years ?? Number.NaN;
    assert.ok(show === OLD ? years > 60 : years < 60, `${years} years`);
    assert.ok(item.faces[0]?.gender);
    const announced = this.pipeline.announcements.about(key).map(({ detail }) => detail.analysis);
    assert.equal(announced.length, announcements);
    assert.equal(new Set(announced).size, announcements);
    assert.equal(announced.at(-1), item.analysis);
  }

  async assertNothing(key: string): Promise<void> {
    assert.equal(await this.pipeline.item(key), undefined);
    assert.deepEqual(this.pipeline.announcements.about(key), []);
  }
}
