import { fork } from 'node:child_process';
import { once } from 'node:events';
import path from 'node:path';
import { loadLayer } from '../../layers/load.ts';
import type { DetectedFace, Pixels } from '../../vision/engine.ts';

/** What one built layer's engine is to look at. */
export interface Task {
  readonly engine: 'onnx' | 'tfjs';
  readonly layer: string;
  readonly images: readonly Pixels[];
  /** For AgeGenderNet. */
  readonly chips: Uint8Array;
  /** For the face mesh. */
  readonly meshChips: Uint8Array;
}

export interface Outcome {
  /** Faces of each image. */
  readonly faces: DetectedFace[][];
  /** What AgeGenderNet says of each chip. */
  readonly estimates: Readonly<Record<string, Float32Array>>[];
  /** What the face mesh says of each of its chips. */
  readonly openings: Readonly<Record<string, Float32Array>>[];
  /** Of TensorFlow.js: its backend, and the tensors alive after each of two rounds of the same work. */
  readonly tensors?: { readonly backend: string; readonly alive: readonly number[] };
}

/** Runs a layer's engine in a process of its own: two TensorFlow.js in one process would share their state. */
export async function runEngine(task: Task): Promise<Outcome> {
  const child = fork(import.meta.filename, { serialization: 'advanced', execArgv: [] });
  child.send(task);
  const [answer]: (Outcome | number | null)[] = await Promise.race([
    once(child, 'message'),
    once(child, 'exit'),
  ]);
  if (typeof answer !== 'object' || answer === null) {
    throw new Error(
      `Expected an answer from the ${task.engine} engine but its process ended with ${answer}.`,
    );
  }
  return answer;
}

async function work({ engine: name, layer, images, chips, meshChips }: Task): Promise<Outcome> {
  const { engine } = loadLayer(name, layer);
  const detector = await engine.loadDetector();
  const folderOf = (network: string) => path.join(path.dirname(engine.builtins[0] ?? ''), network);
  const network = await engine.openNetwork(folderOf('age-gender-net'), 112, ['age', 'gender']);
  const mesh = await engine.openNetwork(folderOf('face-mesh'), 192, ['eyes', 'mouth']);
  const round = async () => {
    const faces: DetectedFace[][] = [];
    for (const image of images) faces.push(await detector.detect(image, 0.35));
    return { faces, estimates: await network.run(chips), openings: await mesh.run(meshChips) };
  };
  const outcome = await round();
  if (name === 'onnx') return outcome;
  const { tf, backend } = await loadLayer(name, layer).loadFaceApi();
  const first = tf.memory().numTensors;
  await round();
  return { ...outcome, tensors: { backend, alive: [first, tf.memory().numTensors] } };
}

if (process.argv[1] === import.meta.filename) {
  process.once('message', async (task: Task) => {
    process.send?.(await work(task), () => process.disconnect());
  });
}
