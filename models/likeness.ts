import type { Likeness } from '../attributes/attribute.ts';
import { once } from '../support/once.ts';
import type { Engine, ModelInfo } from '../vision/engine.ts';
import type { Estimator } from './estimator.ts';
import {
  openRecognizer,
  type Recognizer,
  type Reference,
  readRecognizerCard,
  recognizerChips,
  type Vector,
} from './recognizer.ts';

/** Somebody whom faces are compared with. */
export interface KnownPerson {
  readonly name: string;
  readonly reference: Reference;
}

export interface GallerySource {
  /** Those who are in the gallery now. */
  get(): Promise<readonly KnownPerson[]>;
}

/** @param recognizer what their vectors must come from */
export type OpenGallery = (recognizer: ModelInfo) => GallerySource;

/**
 * Tells whom of a gallery each face is most like, as `likeness`; nothing while nobody is in it. Vectors of the faces are
 * neither told nor kept.
 * @param folder of the network that tells people apart
 */
export async function openLikeness(
  engine: Engine,
  folder: string,
  openGallery: OpenGallery,
): Promise<Estimator> {
  const card = await readRecognizerCard(folder);
  const model = { name: card.name, version: card.version };
  const source = openGallery(model);
  // Not before somebody is in the gallery.
  const recognizer = once(() => openRecognizer(engine));
  return {
    attribute: 'likeness',
    fields: {},
    model,
    chips: recognizerChips(card),
    async estimate(photo) {
      const people = await source.get();
      if (people.length === 0) return [];
      const opened = await recognizer();
      const vectors = await opened.vectors(photo);
      return vectors.map((vector) => ({ likeness: mostLike(vector, people, opened) }));
    },
  };
}

function mostLike(
  face: Vector,
  people: readonly KnownPerson[],
  recognizer: Recognizer,
): Likeness | undefined {
  let nearest: { readonly name: string; readonly apart: number } | undefined;
  for (const { name, reference } of people) {
    const apart = recognizer.distance(face, reference);
    if (!nearest || apart < nearest.apart) nearest = { name, apart };
  }
  return nearest && { name: nearest.name, probability: recognizer.probability(nearest.apart) };
}
