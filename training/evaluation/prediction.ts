import { attributeOf, isAttribute, type Task } from '../../attributes/list.ts';
import type { Reading } from '../../attributes/reading.ts';
import { OnnxNetwork } from '../../layers/onnx/network.ts';
import { findBuiltin } from '../../models/builtins.ts';
import { BUILTIN, type ModelCard, taskOf } from '../../models/card.ts';
import { chipBytes, type View } from '../../vision/chip-spec.ts';
import type { ChipNetwork, Engine, ModelInfo } from '../../vision/engine.ts';
import { FACE_EXTENT, type PreparedFace, type PreparedSet } from '../dataset/prepared.ts';
import { decodeFace } from '../trainer/batches.ts';
import { bytesOf, CENTRE, cutView } from '../trainer/view.ts';
import type { Answer } from './answer.ts';

/** Faces whose views go through a network together. */
const BATCH = 8;

/** A model that answers about prepared faces. */
export interface Predictor {
  /** What it tells. */
  readonly task: Task;
  readonly model: ModelInfo;
  /** In the registry, or "builtin". */
  readonly version: string;
  /** @returns an answer a face, in their order */
  answer(set: PreparedSet, faces: readonly PreparedFace[]): Promise<Answer[]>;
}

/** What a network is asked for, and what it sees of a face. */
export type Sight = Pick<ModelCard, 'task' | 'input' | 'views'>;

/**
 * Asks a network about faces.
 * @returns for each face the probabilities that it gives of a task, averaged over the views
 */
export async function predict(
  network: ChipNetwork,
  { task, input: { side }, views }: Sight,
  set: PreparedSet,
  faces: readonly PreparedFace[],
): Promise<number[][]> {
  const results: number[][] = [];
  for (let start = 0; start < faces.length; start += BATCH) {
    const batch = faces.slice(start, start + BATCH);
    const chips = await cutChips(set, batch, side, views);
    const seen = await network.run(chips);
    const rows = seen.map(({ [task]: output = new Float32Array() }) => output);
    results.push(
      ...batch.map((_, face) => average(rows.slice(face * views.length, (face + 1) * views.length))),
    );
  }
  return results;
}

/** Opens what `predict` asks, on the processor alone. */
export const openNetwork = (folder: string, { task, input }: Sight): Promise<ChipNetwork> =>
  OnnxNetwork.open(folder, input.side, [task]);

/** A network, by its card. */
export async function openPredictor(card: ModelCard, folder: string): Promise<Predictor> {
  const network = await openNetwork(folder, card);
  const { name, version } = card;
  const model = { name, version };
  const task = taskOf(card);
  const attribute = attributeOf(task);
  return {
    task,
    model,
    version,
    answer: async (set, faces) =>
      (await predict(network, card, set, faces)).map((output) => attribute.read(output, card, model)),
  };
}

/**
 * What says the same of every face: what is most likely by the labels of the faces to learn from. A model that is no better
 * has learned nothing.
 */
export function constantOf(
  task: Task,
  faces: readonly PreparedFace[],
  output: string,
  reading: Reading,
): Predictor {
  const { learning, read } = attributeOf(task);
  const sums = new Float64Array(learning.units(output));
  for (const face of faces) {
    for (const [unit, share] of learning.target(face, output, { labelDeviation: 0 }).entries()) {
      sums[unit] = (sums[unit] ?? 0) + share;
    }
  }
  const model = { name: 'constant answer', version: BUILTIN };
  const answer = read(
    Array.from(sums, (sum) => sum / Math.max(1, faces.length)),
    reading,
    model,
  );
  return { task, model, version: BUILTIN, answer: async (_set, asked) => asked.map(() => answer) };
}

/**
 * What a model layer brings for a task, as it is in service.
 * @returns nothing where it brings no network for it
 */
export async function openBuiltin(engine: Engine, task: string): Promise<Predictor | undefined> {
  if (!isAttribute(task)) return undefined;
  const builtin = await findBuiltin(engine, task);
  if (!builtin) return undefined;
  const { folder, card } = builtin;
  return { ...(await openPredictor(card, folder)), version: BUILTIN };
}

/** @returns faces × views chips, those of a face one after another */
async function cutChips(
  set: PreparedSet,
  faces: readonly PreparedFace[],
  side: number,
  views: readonly View[],
): Promise<Uint8Array> {
  const size = chipBytes({ side });
  const values = new Uint8ClampedArray(faces.length * views.length * size);
  const decoded = await Promise.all(faces.map((face) => decodeFace(set, face)));
  let offset = 0;
  for (const face of decoded) {
    for (const { extent, shift = CENTRE.shift, mirrored = false } of views) {
      const view = { ...CENTRE, shift, flip: mirrored };
      cutView(face, view, { side, share: extent / FACE_EXTENT }, values, offset);
      offset += size;
    }
  }
  return bytesOf(values);
}

/** The mean of the rows of a face's views. */
const average = (rows: readonly Float32Array[]): number[] =>
  Array.from(
    rows[0] ?? [],
    (_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length,
  );
