import { writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import writeFileAtomic from 'write-file-atomic';
import { firstDepthwise, quantize } from '../../models/build/quantization.ts';
import type { NetworkInput } from '../../models/build/ranges.ts';
import { exportOnnx } from '../../networks/export/onnx.ts';
import { saveNetwork } from '../../networks/saved.ts';
import type { History } from './outcome.ts';

/**
 * Writes what a training is for: the network as a TensorFlow.js layers model (`model.json`, `weights.bin`) and as
 * an ONNX file (`model.onnx`, input `chips`, output named like the task). `history.json` comes last: where it is,
 * all are.
 * @param images as of `encodeOnnx`
 */
export async function writeProducts(
  directory: string,
  whole: LayersModel,
  task: string,
  history: History,
  images?: readonly NetworkInput[],
): Promise<void> {
  await saveNetwork(whole, directory);
  await writeFile(path.join(directory, 'model.onnx'), await encodeOnnx(whole, task, images));
  await writeFileAtomic(path.join(directory, 'history.json'), JSON.stringify(history));
}

/**
 * A network from chips (bytes) to one output as an ONNX file.
 * @param images chips like those it will see; with them it calculates in bytes
 */
export async function encodeOnnx(
  network: LayersModel,
  output: string,
  images?: readonly NetworkInput[],
): Promise<Uint8Array> {
  let onnx: Uint8Array = new Uint8Array();
  // Not what `tidy` returns: it would look through every byte for tensors.
  tf.tidy(() => {
    onnx = exportOnnx(network, { inputs: ['chips'], outputs: [output], inputType: 'uint8' });
  });
  return images ? await quantize(onnx, { images, keep: firstDepthwise(onnx) }) : onnx;
}
