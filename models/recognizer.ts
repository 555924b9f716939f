import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { type ChipSpec, chipsOf } from '../vision/chip-spec.ts';
import type { ChipNetwork, Engine, ModelInfo } from '../vision/engine.ts';
import { commonSchema } from './card.ts';
import { type PhotoChips, see } from './photo-chips.ts';

const CARD = 'recognizer.json';
/** The network's output. */
export const VECTOR = 'vector';

const cardSchema = commonSchema.pick({ name: true, version: true, input: true, views: true }).extend({
  /** What the following was fitted on. */
  fittedOn: z.object({ data: z.string(), faces: z.int().min(0), people: z.int().min(0) }),
  /**
   * The probability that two faces are of one person, by their distance, would every other pair be of one: a half at
   * `even`, and from there on less, by `slope` in logits for each unit. By logistic regression on pairs of one person, and
   * of two who have sex and group in common, which are harder to tell apart than any two (`npm run gallery -- evaluate`).
   */
  probability: z.object({ even: z.number().positive(), slope: z.number().positive() }),
  /** The mean square distance of a photo from the mean of very many of the same person. */
  spread: z.number().positive(),
  /** Area under the ROC curve: how well the distance tells pairs of one person from others. */
  metrics: z.object({ auc: z.number().min(0).max(1) }),
});
export type RecognizerCard = z.infer<typeof cardSchema>;

/** Numbers of a vector. */
export const LENGTH = 128;

/** In which direction a face lies from the middle of all: near others of the same person. Its length is 1. */
export type Vector = Float32Array;

/** What is known of a person by some photos. */
export interface Reference {
  /** The mean of their vectors. */
  readonly vector: Vector;
  readonly photos: number;
}

/** A network that puts photos of one person near each other. */
export interface Recognizer {
  readonly model: ModelInfo;
  /** The chips of each face that it looks at. */
  readonly chips: readonly ChipSpec[];
  /**
   * @param photo has these chips, or others to cut them out of
   * @returns where each face lies
   */
  vectors(photo: PhotoChips): Promise<Vector[]>;
  /** How far a face lies from one photo of a person, were there but one. */
  distance(face: Vector, person: Reference): number;
  /** That two faces at this distance are of one person, would every other pair be of one. */
  probability(distance: number): number;
}

/** @param folder of a network that a model layer brings to tell people apart */
export async function readRecognizerCard(folder: string): Promise<RecognizerCard> {
  return cardSchema.parse(JSON.parse(await readFile(path.join(folder, CARD), 'utf8')));
}

export const recognizerChips = ({ input, views }: RecognizerCard): ChipSpec[] => chipsOf(input.side, views);

/** @throws Error where the model layer brings none */
export async function openRecognizer({ recognizer, openNetwork }: Engine): Promise<Recognizer> {
  if (recognizer === undefined) {
    throw new Error(
      'Expected a model layer with a face recognizer but this one has none. Use -c engine=onnx.',
    );
  }
  const card = await readRecognizerCard(recognizer);
  return recognizerOf(await openNetwork(recognizer, card.input.side, [VECTOR]), card);
}

function recognizerOf(network: ChipNetwork, card: RecognizerCard): Recognizer {
  const { name, version, input, views, probability, spread } = card;
  return {
    model: { name, version },
    chips: recognizerChips(card),
    async vectors(photo) {
      const seen = await network.run(see(photo, input.side, views));
      return Array.from({ length: seen.length / views.length }, (_, face) =>
        mean(
          seen.slice(face * views.length, (face + 1) * views.length).map((outputs) => outputs[VECTOR] ?? []),
        ),
      );
    },
    // The mean of several photos lies nearer to all faces than each of them: what averaging took away is added again.
    distance: (face, { vector, photos }) =>
      Math.sqrt(squareDistance(face, vector) + spread * (1 - 1 / photos)),
    probability: (distance) => 1 / (1 + Math.exp(probability.slope * (distance - probability.even))),
  };
}

/** Of vectors of the same person. */
export const referenceOf = (vectors: readonly Vector[]): Reference => ({
  vector: mean(vectors),
  photos: vectors.length,
});

/** The direction of their sum. */
function mean(vectors: readonly ArrayLike<number>[]): Vector {
  const sum = Array.from({ length: LENGTH }, (_, place) =>
    vectors.reduce((total, vector) => total + (vector[place] ?? Number.NaN), 0),
  );
  const length = Math.hypot(...sum);
  if (!(length > 0)) throw new Error(`Expected ${LENGTH} numbers of a face but received others.`);
  return Float32Array.from(sum, (value) => value / length);
}

function squareDistance(one: Vector, other: Vector): number {
  let squares = 0;
  for (let place = 0; place < LENGTH; place++) {
    const apart = (one[place] ?? 0) - (other[place] ?? 0);
    squares += apart * apart;
  }
  return squares;
}
