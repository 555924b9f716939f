import type { InferenceSession } from 'onnxruntime-node';
import { openSession, run } from '../../layers/onnx/session.ts';
import { BUILTIN, type ModelCard } from '../../models/card.ts';
import { readAge } from '../../vision/age-distribution.ts';
import { describeAge, describeGender } from '../../vision/attributes.ts';
import { type AgeGenderEstimator, CHIP_SIDE, type ModelInfo } from '../../vision/engine.ts';
import { FACE_EXTENT, type PreparedFace, type PreparedSet } from '../dataset/prepared.ts';
import { decodeFace } from '../trainer/batches.ts';
import { cutView, type View, viewsOf } from '../trainer/view.ts';
import type { Answer } from './answer.ts';

/** Faces whose views go through a network together. */
const BATCH = 8;

/** AgeGenderNet's chip, in sizes of the face. */
const BUILTIN_EXTENT = 1.2;

/** A model that answers about prepared faces. */
export interface Predictor {
  readonly model: ModelInfo;
  /** In the registry, or "builtin". */
  readonly version: string;
  /** @returns an answer a face, in their order */
  answer(set: PreparedSet, faces: readonly PreparedFace[]): Promise<Answer[]>;
}

/** What a network sees of a face. */
export type Sight = Pick<ModelCard, 'input' | 'crops'>;

/**
 * Asks a network about faces.
 * @returns for each face the probabilities that it gives, averaged over the views
 */
export async function predict(
  session: InferenceSession,
  { input, crops }: Sight,
  set: PreparedSet,
  faces: readonly PreparedFace[],
): Promise<number[][]> {
  const views = viewsOf(crops);
  const results: number[][] = [];
  const [output = ''] = session.outputNames;
  for (let start = 0; start < faces.length; start += BATCH) {
    const batch = faces.slice(start, start + BATCH);
    const chips = await cutChips(set, batch, views, input);
    const shape = [batch.length * views.length, input.side, input.side, 3];
    const { [output]: values = new Float32Array() } = await run(session, chips, shape, [output]);
    results.push(...average(values, batch.length, views.length));
  }
  return results;
}

/** A trained network, by its card. */
export async function openTrained(card: ModelCard, file: string): Promise<Predictor> {
  const session = await openSession(file);
  const model = { name: card.name, version: card.version };
  return {
    model,
    version: card.version,
    answer: async (set, faces) =>
      (await predict(session, card, set, faces)).map((probabilities) => answerOf(probabilities, card, model)),
  };
}

/** The network of the model layer. */
export const openBuiltin = (estimator: AgeGenderEstimator): Predictor => ({
  model: estimator.model,
  version: BUILTIN,
  async answer(set, faces) {
    const views = viewsOf(2);
    const answers: Answer[] = [];
    for (let start = 0; start < faces.length; start += BATCH) {
      const batch = faces.slice(start, start + BATCH);
      const chips = await cutChips(set, batch, views, { side: CHIP_SIDE, extent: BUILTIN_EXTENT });
      const estimates = await estimator.estimate(chips);
      const values = estimates.flatMap(({ years, male }) => [years, male]);
      for (const [years = 0, male = 0] of average(values, batch.length, views.length)) {
        const { model } = estimator;
        answers.push({ age: describeAge(years, model), gender: describeGender(male, model) });
      }
    }
    return answers;
  },
});

/** What probabilities mean: of years or groups as the card says, or of male and female. */
export function answerOf(
  probabilities: readonly number[],
  card: Parameters<typeof readAge>[1] | { readonly output: 'gender' },
  model: ModelInfo,
): Answer {
  return card.output === 'gender'
    ? { gender: describeGender(probabilities[0] ?? 0, model) }
    : { age: readAge(probabilities, card, model) };
}

/** @returns faces × views chips, the views of a face one after another */
async function cutChips(
  set: PreparedSet,
  faces: readonly PreparedFace[],
  views: readonly View[],
  { side, extent }: ModelCard['input'],
): Promise<Uint8Array> {
  const size = side * side * 3;
  const chip = { side, share: extent / FACE_EXTENT };
  const values = new Float32Array(faces.length * views.length * size);
  const decoded = await Promise.all(faces.map((face) => decodeFace(set, face)));
  for (const [index, face] of decoded.entries()) {
    for (const [number, view] of views.entries()) {
      cutView(face, view, chip, values, (index * views.length + number) * size);
    }
  }
  return Uint8Array.from(values, Math.round);
}

/** Averages the rows of each face's views. */
function average(values: ArrayLike<number>, faces: number, views: number): number[][] {
  const length = values.length / (faces * views);
  return Array.from({ length: faces }, (_, face) =>
    Array.from({ length }, (_, column) => {
      let sum = 0;
      for (let view = 0; view < views; view++) sum += values[(face * views + view) * length + column] ?? 0;
      return sum / views;
    }),
  );
}
