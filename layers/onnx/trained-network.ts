import path from 'node:path';
import type { ChipNetwork } from '../../vision/engine.ts';
import type { InferenceSession } from './runtime.ts';
import { openSession, runChips } from './session.ts';

/** The file of a trained network. */
const FILE = 'model.onnx';

/** A network that the project trained: one input, chips, and for each task an output of its name, probabilities. */
export class TrainedNetwork<Task extends string> implements ChipNetwork<Task> {
  static readonly files = [FILE] as const;
  readonly #session: InferenceSession;
  readonly #side: number;
  readonly #tasks: readonly Task[];

  private constructor(session: InferenceSession, side: number, tasks: readonly Task[]) {
    this.#session = session;
    this.#side = side;
    this.#tasks = tasks;
  }

  static async open<Task extends string>(
    folder: string,
    side: number,
    tasks: readonly Task[],
  ): Promise<TrainedNetwork<Task>> {
    return new TrainedNetwork(await openSession(path.join(folder, FILE)), side, tasks);
  }

  estimate(chips: Uint8Array): Promise<Record<Task, Float32Array>[]> {
    return runChips(this.#session, chips, this.#side, this.#tasks, copied);
  }
}

/** What is given is a part of the output of several chips, which would be kept with it. */
function copied<Task extends string>(values: Record<Task, Float32Array>): Record<Task, Float32Array> {
  const copy = { ...values };
  for (const task in copy) copy[task] = Float32Array.from(copy[task]);
  return copy;
}
