import { rm, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as tf from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import writeFileAtomic from 'write-file-atomic';
import { firstDepthwise, quantize } from '../../models/build/quantization.ts';
import type { NetworkInput } from '../../models/build/ranges.ts';
import { trunkInBytes } from '../../models/build/trunks.ts';
import { type ExportOptions, exportOnnx } from '../../networks/export/onnx.ts';
import { saveNetwork } from '../../networks/saved.ts';
import type { History } from './outcome.ts';

const FEATURES = 'features';

/** What was trained. */
export interface Trained {
  /** From chips to what it says. */
  readonly whole: LayersModel;
  /** Where it learned on top of frozen layers: these as they are served, and what came of it. */
  readonly onTrunk?: { readonly trunk: Uint8Array; readonly head: LayersModel } | undefined;
}

/**
 * Writes what a training is for: the network as a TensorFlow.js layers model (`model.json`, `weights.bin`) and as
 * an ONNX file (`model.onnx`, input `chips`, output named like the task). Where it has frozen layers, they are a file of
 * their own (`trunk.onnx`, output `features`), which others share, and `model.onnx` has `features` as its input.
 * `history.json` comes last: where it is, all are.
 * @param images as of `encodeOnnx`
 */
export async function writeProducts(
  directory: string,
  { whole, onTrunk }: Trained,
  task: string,
  history: History,
  images?: readonly NetworkInput[],
): Promise<void> {
  await saveNetwork(whole, directory);
  const trunk = path.join(directory, 'trunk.onnx');
  // One that another training left here would be taken for this one's.
  await (onTrunk ? writeFile(trunk, onTrunk.trunk) : rm(trunk, { force: true }));
  const network = onTrunk ? encodeHead(onTrunk.head, task) : await encodeOnnx(whole, task, images);
  await writeFile(path.join(directory, 'model.onnx'), network);
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
  const onnx = encode(network, { inputs: ['chips'], outputs: [output], inputType: 'uint8' });
  return images ? quantize(onnx, { images, keep: firstDepthwise(onnx) }) : onnx;
}

/**
 * Frozen layers from chips to `features` as they are served.
 * @param images gives chips like those it will see; with them it calculates in bytes
 */
export async function encodeTrunk(
  features: LayersModel,
  images?: () => Promise<readonly NetworkInput[]>,
): Promise<Uint8Array> {
  const onnx = await encodeOnnx(features, FEATURES);
  return images ? trunkInBytes(onnx, images) : onnx;
}

const encodeHead = (head: LayersModel, task: string) =>
  encode(head, { inputs: [FEATURES], outputs: [task], inputType: 'float32' });

function encode(network: LayersModel, options: ExportOptions): Uint8Array {
  let onnx: Uint8Array = new Uint8Array();
  // Not what `tidy` returns: it would look through every byte for tensors.
  tf.tidy(() => {
    onnx = exportOnnx(network, options);
  });
  return onnx;
}
