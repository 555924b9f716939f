import { SendMessageCommand, type SQSClient } from '@aws-sdk/client-sqs';
import { isWanted, NotOnError, QUALITY, type Wanted } from '../../attributes/wanted.ts';
import type { PhotoChips } from '../../models/photo-chips.ts';
import type { FaceDetector } from '../../vision/engine.ts';
import { cutFaces, type FaceOptions, findFaces } from '../../vision/faces.ts';
import { type DecodedPhoto, decodePhoto, PhotoError } from '../../vision/photo.ts';
import { Analyses } from '../shared/analyses.ts';
import type { Announcer } from '../shared/announcer.ts';
import { withChips } from '../shared/carried-chips.ts';
import type { ChipStore } from '../shared/chip-store.ts';
import { isFolder, type PhotoEvent, parseNotification } from '../shared/event.ts';
import type { Failure, GivenUp, Photo } from '../shared/item.ts';
import type { Findings, Items } from '../shared/items.ts';
import type { Labels } from '../shared/labels.ts';
import type { FacesFound } from '../shared/message.ts';
import type { Models } from '../shared/models.ts';
import { oneAtATime } from '../shared/one-at-a-time.ts';
import type { PhotoRead, Photos, Unread } from '../shared/photos.ts';
import type { EstimateQueue } from '../shared/settings.ts';
import type { Tries } from '../shared/tries.ts';
import type { Work } from '../shared/worker.ts';

export interface DetectionOptions extends Omit<FaceOptions, 'chips'> {
  readonly maximumBytes: number;
  readonly maximumPixels: number;
  readonly itemDays: number;
}

const FORM_USED_TWICE =
  'Expected one upload with this form but a second photo replaced the first. Ask for a form for each photo.';

/** What its tries are noted as. */
const STAGE = 'detect';

/** The first step of a photo's way: from S3's event to the faces, their chips, and the order to estimate them. */
export class Detection implements Work {
  readonly #analyses: Analyses;
  readonly #items: Items;
  readonly #photos: Photos;
  readonly #chips: ChipStore;
  readonly #labels: Labels;
  readonly #announcer: Announcer;
  readonly #estimating: { client: SQSClient; queues: readonly EstimateQueue[] };
  /** Answers with the same one each time, and tries again after a failure. */
  readonly #loadDetector: () => Promise<FaceDetector>;
  readonly #models: Models;
  readonly #options: DetectionOptions;
  /**
   * Photos of a batch are read and written side by side but decoded one at a time, as memory does not hold more
   * than that. A service that does not answer thus holds up the photo it is asked about and no other.
   */
  readonly #oneAtATime = oneAtATime();

  constructor(
    stores: { items: Items; photos: Photos; chips: ChipStore; labels: Labels },
    announcer: Announcer,
    estimating: { client: SQSClient; queues: readonly EstimateQueue[] },
    loadDetector: () => Promise<FaceDetector>,
    models: Models,
    options: DetectionOptions,
  ) {
    this.#analyses = new Analyses(stores, announcer, options.itemDays);
    this.#items = stores.items;
    this.#photos = stores.photos;
    this.#chips = stores.chips;
    this.#labels = stores.labels;
    this.#announcer = announcer;
    this.#estimating = estimating;
    this.#loadDetector = loadDetector;
    this.#models = models;
    this.#options = options;
  }

  readonly tries: Tries = {
    count: (body) => this.#most(body, ({ key, analysis }) => this.#items.tries(key, analysis, STAGE)),
    add: (body, count) =>
      this.#most(body, async (event) => {
        // The function may have died before it came as far.
        await this.#begin(event);
        return this.#items.addTry(event.key, event.analysis, STAGE, count);
      }),
  };

  async perform(body: string, deadline: Date): Promise<void> {
    for (const event of parseNotification(body)) {
      if (event.kind === 'created' && isFolder(event)) continue;
      await (event.kind === 'removed' ? this.#remove(event) : this.#detect(event, deadline));
    }
  }

  async giveUp(body: string, why: GivenUp, deadline: Date): Promise<void> {
    for (const event of parseNotification(body)) await this.#analyses.giveUp(event, why, deadline);
  }

  /** The most that there is of any photo that a message is about. */
  async #most(
    body: string,
    tries: (event: PhotoEvent) => Promise<number | undefined>,
  ): Promise<number | undefined> {
    const photos = parseNotification(body).filter((event) => event.kind === 'created' && !isFolder(event));
    const counts = await Promise.all(photos.map(tries));
    const known = counts.filter((count) => count !== undefined);
    return known.length > 0 ? Math.max(...known) : undefined;
  }

  /** A photo may have been put there again, and S3 also reports old versions that are cleared away. */
  async #remove(event: PhotoEvent): Promise<void> {
    // Read first: should the photo be put there again in the meantime, this is not its item.
    const item = await this.#items.endedBy(event);
    if (await this.#photos.lies(event)) return;
    await this.#labels.eraseAll(event.key);
    await this.#forget(item);
  }

  async #forget(item: Photo | undefined): Promise<void> {
    if (!item) return;
    // Before the item, which alone says where they are.
    await this.#chips.delete(item.analysis);
    await this.#items.remove(item);
  }

  async #detect(event: PhotoEvent, deadline: Date): Promise<void> {
    const item = await this.#begin(event);
    if (!item) return this.#refuse(event);
    if (item.status !== 'pending') return this.#announcer.settle(item, false, deadline);
    // Corrections are of the version that they were made on.
    if (item.attempt > 1 && !item.faces) await this.#labels.eraseAll(event.key);
    const read = await this.#photos.readToAnalyse(event);
    if ('bytes' in read) return this.#look(item, event, read, deadline);
    if (read.unread === 'gone') {
      await this.#forget(await this.#items.endedBy(event));
    } else if (await this.#isSkipped(read.unread, event)) {
      // Nothing of it is kept, nor of the versions before.
      await this.#labels.eraseAll(event.key);
      await this.#forget(await this.#items.endedBy(event));
    } else if (read.unread === 'too-many-bytes') {
      const message = `Expected at most ${count(this.#options.maximumBytes)} bytes but received ${count(read.size)}. Send a smaller version.`;
      await this.#fail(event.key, event.analysis, { code: 'too-many-bytes', message }, deadline);
    } else if (read.unread === 'refused') {
      await this.#fail(event.key, event.analysis, { code: 'unreadable', message: read.reason }, deadline);
    } else if (event.byForm) {
      // Nobody else takes care of it: the form is used up.
      await this.#fail(event.key, event.analysis, { code: 'unreadable', message: FORM_USED_TWICE }, deadline);
    }
    // The newer version's own event takes care of an overwritten photo.
  }

  /** An event that comes late may find a newer version, which is skipped and so left no item to tell it. */
  async #isSkipped(unread: Unread, event: PhotoEvent): Promise<boolean> {
    return unread === 'skipped' || (unread === 'overwritten' && this.#photos.isSkipped(event));
  }

  /** What comes with a form when its photo has been erased does not stay. */
  async #refuse(event: PhotoEvent): Promise<void> {
    if (event.byForm && !(await this.#items.get(event.key))) await this.#photos.delete(event);
  }

  #begin(event: PhotoEvent): Promise<Photo | undefined> {
    return this.#analyses.begin(event);
  }

  async #look(begun: Photo, event: PhotoEvent, { bytes, wanted }: PhotoRead, deadline: Date): Promise<void> {
    const { key, analysis } = event;
    try {
      const { attributes, chips: specs } = await this.#models.service(wanted);
      const { photo, findings } = await this.#oneAtATime(deadline, async () => {
        const photo = await decodePhoto(bytes, this.#options.maximumPixels);
        // A try before this one may have come as far: what is left to do is to pass the faces on.
        return { photo, findings: begun.faces ? undefined : await this.#find(photo, bytes.length, wanted) };
      });
      const { item, completed } = findings
        ? await this.#items.found(key, analysis, findings, attributes, deadline)
        : { item: begun, completed: false };
      if (item?.status !== 'pending') return await this.#announcer.settle(item, completed, deadline);
      // Of the item's faces, whoever found them.
      const chips = cutFaces(photo, item.faces ?? [], specs);
      await this.#order(event, item, { specs, chips });
    } catch (error) {
      const failure = failureOf(error);
      if (!failure) throw error;
      await this.#fail(key, analysis, failure, deadline);
    }
  }

  async #find(photo: DecodedPhoto, bytes: number, wanted: Wanted): Promise<Findings> {
    const { minimumConfidence, maximumFaces } = this.#options;
    const detector = await this.#loadDetector();
    const { faces, found } = await findFaces(photo, detector, {
      ...{ minimumConfidence, maximumFaces },
      ...{ quality: isWanted(QUALITY, wanted), chips: [] },
    });
    const { width, height, format } = photo;
    return {
      bytes,
      format,
      width,
      height,
      detector: detector.model,
      faces: faces.map((face) => ({ ...face, landmarks: [...face.landmarks] })),
      facesFound: found,
      ...(wanted && { wanted: [...wanted] }),
    };
  }

  /** Has what is outstanding estimated. */
  async #order(
    { key, analysis, notification }: PhotoEvent,
    { attempt, outstanding: names = new Set(), wanted }: Photo,
    chips: PhotoChips,
  ): Promise<void> {
    const outstanding = [...names];
    const message: FacesFound = {
      ...{ photo: key, analysis, attempt, outstanding },
      ...(wanted && { wanted }),
      event: notification,
    };
    const filled = await withChips(message, chips);
    if (!filled) await this.#chips.write(analysis, chips);
    const MessageBody = JSON.stringify(filled ?? message);
    const { client, queues } = this.#estimating;
    await Promise.all(
      queues
        .filter(({ attributes }) => attributes.some((name) => outstanding.includes(name)))
        .map(({ url: QueueUrl }) => client.send(new SendMessageCommand({ QueueUrl, MessageBody }))),
    );
  }

  async #fail(photo: string, analysis: string, failure: Failure, deadline: Date): Promise<void> {
    await this.#analyses.fail(photo, analysis, failure, deadline);
  }
}

/** Undefined unless the photo, or what was wanted of it, is at fault. */
function failureOf(error: unknown): Failure | undefined {
  if (error instanceof PhotoError) return { code: error.code, message: error.message };
  if (error instanceof NotOnError) return { code: 'unknown-attribute', message: error.message };
  return undefined;
}

const count = (value: number) => value.toLocaleString('en');
