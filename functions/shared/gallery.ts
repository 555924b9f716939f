import { type GalleryStore, requireMadeWith } from '../../models/gallery.ts';
import type { GallerySource, KnownPerson } from '../../models/likeness.ts';
import { referenceOf } from '../../models/recognizer.ts';
import { atMostEvery } from '../../support/at-most-every.ts';
import type { ModelInfo } from '../../vision/engine.ts';
import { isUnanswered } from './passing.ts';

export interface ServedGalleryOptions {
  readonly store: GalleryStore;
  /** What its vectors must come from. */
  readonly recognizer: ModelInfo;
  /** Called when it can't be read. */
  readonly report: (message: string, error: unknown) => void;
  /** For how long it is taken for granted, in milliseconds. */
  readonly certainFor?: number;
}

/**
 * The gallery as it is now: a change is noticed within half a minute, on the next question. Where it can't be read, that
 * is reported, and what was read before stays in service. While S3 never answered, questions fail as S3 did.
 */
export class ServedGallery implements GallerySource {
  readonly #options: ServedGalleryOptions;
  readonly #checked: () => Promise<void>;
  #people: readonly KnownPerson[] | undefined;
  #etag: string | undefined;

  constructor(options: ServedGalleryOptions) {
    this.#options = options;
    this.#checked = atMostEvery(options.certainFor ?? 30_000, () => this.#check());
  }

  async get(): Promise<readonly KnownPerson[]> {
    await this.#checked();
    return this.#people ?? [];
  }

  async #check(): Promise<void> {
    const { store, recognizer, report } = this.#options;
    try {
      const read = await store.read(this.#etag);
      if (!read) return;
      const { gallery, etag } = read;
      if (gallery) requireMadeWith(recognizer, gallery);
      this.#people = (gallery?.people ?? []).map(({ name, vectors }) => ({
        name,
        reference: referenceOf(vectors),
      }));
      // Only now: whatever failed is tried again.
      this.#etag = etag;
    } catch (error) {
      // It would be wrong to say that nobody is in it.
      if (!this.#people && isUnanswered(error)) throw error;
      report('Could not read the gallery; likeness uses what was read before, if anything', error);
    }
  }
}
