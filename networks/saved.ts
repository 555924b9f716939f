import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { io } from '@tensorflow/tfjs-core';
import { type LayersModel, loadLayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
// Saved networks name these classes, which have to be known to be made again.
import './channel-padding.ts';
import './dropout.ts';
import './normalization.ts';
import './response-normalization.ts';
import { weightsManifestSchema } from './weights.ts';

const MODEL = 'model.json';
const WEIGHTS = 'weights.bin';

const modelSchema = z.object({
  modelTopology: z.record(z.string(), z.unknown()),
  weightsManifest: weightsManifestSchema,
});

/** Writes a network as a TensorFlow.js layers model: `model.json` and `weights.bin` in `directory`. */
export async function saveNetwork(network: LayersModel, directory: string): Promise<void> {
  await mkdir(directory, { recursive: true });
  await network.save(
    io.withSaveHandler(async ({ modelTopology, weightSpecs = [], weightData = new ArrayBuffer(0) }) => {
      const weights = new Uint8Array(io.CompositeArrayBuffer.join(weightData));
      const model = {
        format: 'layers-model',
        generatedBy: 'facedrop',
        modelTopology,
        weightsManifest: [{ paths: [WEIGHTS], weights: weightSpecs }],
      };
      await writeFile(path.join(directory, WEIGHTS), weights);
      await writeFile(path.join(directory, MODEL), JSON.stringify(model));
      const saved = { dateSaved: new Date(), modelTopologyType: 'JSON' } as const;
      return { modelArtifactsInfo: { ...saved, weightDataBytes: weights.length } };
    }),
  );
}

/**
 * Reads a network that `saveNetwork` wrote.
 * @throws Error when it is not there, or damaged
 */
export async function loadNetwork(directory: string): Promise<LayersModel> {
  const file = path.join(directory, MODEL);
  const { modelTopology, weightsManifest } = modelSchema.parse(JSON.parse(await readFile(file, 'utf8')));
  const weights = await readFile(path.join(directory, WEIGHTS));
  const weightSpecs = weightsManifest.flatMap((group) =>
    group.weights.map(({ name, shape, dtype }) => ({ name, shape, dtype })),
  );
  const expected = weightSpecs.reduce(
    (sum, { shape }) => sum + 4 * shape.reduce((n, size) => n * size, 1),
    0,
  );
  if (weights.length !== expected) {
    throw new Error(
      `Expected ${expected} bytes of weights in ${directory} but received ${weights.length}: the model is damaged.`,
    );
  }
  return loadLayersModel(
    io.fromMemory({ modelTopology, weightSpecs, weightData: new Uint8Array(weights).buffer }),
  );
}
