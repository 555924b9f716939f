import type { Announcer } from './announcer.ts';
import type { ChipStore } from './chip-store.ts';
import { isFolder, type PhotoEvent } from './event.ts';
import type { Failure, GivenUp, Photo } from './item.ts';
import type { Items } from './items.ts';
import type { Photos } from './photos.ts';

/** Begins analyses, and ends those that come to nothing. */
export class Analyses {
  readonly #items: Items;
  readonly #photos: Photos;
  readonly #chips: ChipStore;
  readonly #announcer: Announcer;
  readonly #itemDays: number;

  constructor(
    stores: { items: Items; photos: Photos; chips: ChipStore },
    announcer: Announcer,
    itemDays: number,
  ) {
    this.#items = stores.items;
    this.#photos = stores.photos;
    this.#chips = stores.chips;
    this.#announcer = announcer;
    this.#itemDays = itemDays;
  }

  /** @returns the item of this very analysis, whatever state it is in; undefined when it has been superseded */
  async begin(event: PhotoEvent): Promise<Photo | undefined> {
    const expiresAt = Math.floor(Date.now() / 1000) + this.#itemDays * 86_400;
    if (event.sequencer) {
      // That an item is missing means that the photo was erased, unless its days are over.
      const mayHaveExpired = Date.parse(event.at) + this.#itemDays * 86_400_000 < Date.now();
      return this.#items.begin(mayHaveExpired ? { ...event, byForm: false } : event, expiresAt);
    }
    // A backfill has no place in S3's order of events: it counts for what lies in the bucket now.
    const known = await this.#items.get(event.key);
    if (known && known.etag !== event.etag && !(await this.#photos.lies(event))) return undefined;
    return this.#items.begin(event, expiresAt, known);
  }

  /**
   * @param cause see `GivenUp`
   * @returns whether there is an item of this analysis
   */
  async fail(
    photo: string,
    analysis: string,
    failure: Failure,
    deadline: Date,
    cause?: string,
  ): Promise<boolean> {
    const { item, completed } = await this.#items.fail(photo, analysis, failure, deadline, { cause });
    await this.#announcer.settle(item, completed, deadline);
    return item !== undefined;
  }

  /** Gives up what an event asks for. */
  async giveUp(event: PhotoEvent, { message, cause }: GivenUp, deadline: Date): Promise<void> {
    if (event.kind === 'removed' || isFolder(event)) return;
    const failure = { code: 'gave-up', message } as const;
    // Whoever would have come for them is given up as well.
    await this.#chips.delete(event.analysis);
    if (await this.fail(event.key, event.analysis, failure, deadline, cause)) return;
    // Superseded, gone, or none of the tries came as far as to open its item.
    if ((await this.#photos.lies(event)) && (await this.begin(event))) {
      await this.fail(event.key, event.analysis, failure, deadline, cause);
    }
  }
}
