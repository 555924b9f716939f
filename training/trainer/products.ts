import { rename, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import type { Task } from '../../models/card.ts';
import { exportOnnx } from '../../models/export/onnx.ts';
import { saveNetwork } from '../../models/networks/saved.ts';
import type { History } from './outcome.ts';

/**
 * Writes what a training is for: the network as a TensorFlow.js layers model (`model.json`, `weights.bin`) and as
 * an ONNX file (`model.onnx`, input `chips`, output named like the task). `history.json` comes last: where it is,
 * all are.
 */
export async function writeProducts(
  directory: string,
  whole: LayersModel,
  task: Task,
  history: History,
): Promise<void> {
  await saveNetwork(whole, directory);
  const names = { inputs: ['chips'], outputs: [task], inputType: 'uint8' } as const;
  const onnx = tf.tidy(() => exportOnnx(whole, names));
  await writeFile(path.join(directory, 'model.onnx'), onnx);
  const file = path.join(directory, 'history.json');
  await writeFile(`${file}.new`, JSON.stringify(history));
  await rename(`${file}.new`, file);
}
