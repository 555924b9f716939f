import path from 'node:path';
import { readAge } from '../../attributes/age/distribution.ts';
import { describeAge, describeGender, estimateFaces } from '../../attributes/calibrated.ts';
import type { InferenceSession } from '../../layers/onnx/runtime.ts';
import { openSession, run } from '../../layers/onnx/session.ts';
import { BUILTIN, type ModelCard, type Task } from '../../models/card.ts';
import { readDefaultCards } from '../../models/model-folder.ts';
import { type ChipSpec, type Crops, chipBytes, chipsFor } from '../../vision/chip-spec.ts';
import type { AgeGenderEstimator, Engine, ModelInfo } from '../../vision/engine.ts';
import { FACE_EXTENT, type PreparedFace, type PreparedSet } from '../dataset/prepared.ts';
import { decodeFace } from '../trainer/batches.ts';
import { bytesOf, CENTRE, cutView, type View, viewsOf } from '../trainer/view.ts';
import type { Answer } from './answer.ts';

/** Faces whose views go through a network together. */
const BATCH = 8;

/** A model that answers about prepared faces. */
export interface Predictor {
  readonly model: ModelInfo;
  /** In the registry, or "builtin". */
  readonly version: string;
  /** @returns an answer a face, in their order */
  answer(set: PreparedSet, faces: readonly PreparedFace[]): Promise<Answer[]>;
}

/** What a network is asked for, and what it sees of a face. */
export type Sight = Pick<ModelCard, 'task' | 'input' | 'crops'>;

/**
 * Asks a network about faces.
 * @returns for each face the probabilities that it gives of a task, averaged over the views
 */
export async function predict(
  session: InferenceSession,
  { task, input, crops }: Sight,
  set: PreparedSet,
  faces: readonly PreparedFace[],
): Promise<number[][]> {
  const views = viewsOf(crops);
  const results: number[][] = [];
  for (let start = 0; start < faces.length; start += BATCH) {
    const batch = faces.slice(start, start + BATCH);
    const chips = await cutChips(set, batch, [input], views);
    const shape = [batch.length * views.length, input.side, input.side, 3];
    const { [task]: values } = await run(session, chips, shape, [task]);
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

/**
 * What a model layer brings for a task, as it is in service.
 * @param crops views that the engine's age and gender estimator averages, where it is the one
 */
export async function openBuiltin(engine: Engine, task: Task, crops: Crops): Promise<Predictor> {
  const folder = engine.defaultNetwork;
  if (folder === undefined) return openAgeGenderEstimator(await engine.loadAgeGenderEstimator(), crops);
  const { [task]: card } = await readDefaultCards(folder);
  return { ...(await openTrained(card, path.join(folder, 'model.onnx'))), version: BUILTIN };
}

export const openAgeGenderEstimator = (estimator: AgeGenderEstimator, crops: Crops): Predictor => ({
  model: estimator.model,
  version: BUILTIN,
  async answer(set, faces) {
    const { model } = estimator;
    const answers: Answer[] = [];
    for (let start = 0; start < faces.length; start += BATCH) {
      const chips = await cutChips(set, faces.slice(start, start + BATCH), chipsFor(crops));
      for (const { years, male } of await estimateFaces(estimator, chips, crops)) {
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

/**
 * @param specs of one side
 * @returns faces × specs × views chips, those of a face one after another
 */
async function cutChips(
  set: PreparedSet,
  faces: readonly PreparedFace[],
  specs: readonly ChipSpec[],
  views: readonly View[] = [CENTRE],
): Promise<Uint8Array> {
  const sights = specs.flatMap((spec) => views.map((view) => ({ spec, view })));
  const size = chipBytes(specs[0] ?? { side: 0 });
  const values = new Uint8ClampedArray(faces.length * sights.length * size);
  const decoded = await Promise.all(faces.map((face) => decodeFace(set, face)));
  let offset = 0;
  for (const face of decoded) {
    for (const { spec, view } of sights) {
      cutView(face, view, { side: spec.side, share: spec.extent / FACE_EXTENT }, values, offset);
      offset += size;
    }
  }
  return bytesOf(values);
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
