import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { dispose, io, type NamedTensorMap } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { z } from 'zod';

const quantizationSchema = z.union([
  z.object({ dtype: z.enum(['uint8', 'uint16']), scale: z.number(), min: z.number() }),
  z.object({ dtype: z.literal('float16'), original_dtype: z.literal('float32') }),
]);

/** Groups of files that lie one after another, and the weights that they hold. */
export const weightsManifestSchema = z.array(
  z.object({
    paths: z.array(z.string()).min(1),
    weights: z.array(
      z.object({
        name: z.string(),
        shape: z.array(z.number().int().nonnegative()),
        dtype: z.enum(['float32', 'int32']),
        quantization: quantizationSchema.optional(),
      }),
    ),
  }),
);
export type WeightsManifest = z.infer<typeof weightsManifestSchema>;

/**
 * Reads weights as TensorFlow.js keeps them.
 *
 * @param directory that holds the files of the manifest
 * @returns tensors by their names in the manifest, in floats; the caller disposes of them
 */
export async function readWeights(directory: string, manifest: WeightsManifest): Promise<NamedTensorMap> {
  const files = manifest.flatMap(({ paths }) => paths);
  const bytes = await Promise.all(files.map((file) => readFile(path.join(directory, file))));
  const specs = manifest.flatMap(({ weights }) => weights);
  // Left out where there is none, as TensorFlow.js declares it.
  const entries = specs.map(({ quantization, ...spec }) => (quantization ? { ...spec, quantization } : spec));
  return io.decodeWeights(new Uint8Array(Buffer.concat(bytes)).buffer, entries);
}

/**
 * Writes weights as TensorFlow.js keeps those of a layers model, without its topology: `model.json` and `weights.bin`.
 *
 * @param half in half precision
 */
export async function writeModelWeights(
  directory: string,
  weights: NamedTensorMap,
  { half = false } = {},
): Promise<void> {
  const entries = Object.entries(weights);
  const quantization = { dtype: 'float16', original_dtype: 'float32' } as const;
  const specs = entries.map(([name, { shape }]) => ({
    ...{ name, shape, dtype: 'float32' as const },
    ...(half && { quantization }),
  }));
  const weightsManifest: WeightsManifest = [{ paths: ['weights.bin'], weights: specs }];
  const values = entries.map(([, weight]) => (half ? Float16Array : Float32Array).from(weight.dataSync()));
  await mkdir(directory, { recursive: true });
  await writeFile(path.join(directory, 'weights.bin'), values);
  await writeFile(path.join(directory, 'model.json'), JSON.stringify({ weightsManifest }));
}

const layersModelSchema = z.object({ weightsManifest: weightsManifestSchema });

/**
 * Reads the weights of a TensorFlow.js layers model.
 *
 * @param file path of its `model.json`, with the weights beside it
 * @returns tensors by their names; the caller disposes of them
 * @throws Error when it is no such model
 */
export async function readModelWeights(file: string): Promise<NamedTensorMap> {
  return readWeights(path.dirname(file), await readModelManifest(file));
}

/**
 * The names and shapes of the weights of a TensorFlow.js layers model.
 *
 * @param file as of `readModelWeights`
 */
export const readManifest = async (file: string) =>
  (await readModelManifest(file)).flatMap(({ weights }) => weights);

async function readModelManifest(file: string): Promise<WeightsManifest> {
  const parsed = layersModelSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
  if (!parsed.success) {
    throw new Error(
      `Expected a TensorFlow.js layers model in ${file} but received another file. ${z.prettifyError(parsed.error)}`,
    );
  }
  return parsed.data.weightsManifest;
}

/**
 * Gives a network's layers the weights of the same names, where there are any.
 *
 * @param file as of `readModelWeights`
 * @returns the names of the layers that received theirs
 * @throws Error when a weight has another shape, or no layer receives any
 */
export async function takeWeights(network: LayersModel, file: string): Promise<ReadonlySet<string>> {
  const weights = await readModelWeights(file);
  try {
    const taken = new Set<string>();
    for (const layer of network.layers) {
      for (const variable of layer.weights) {
        const weight = weights[variable.originalName];
        if (weight === undefined) continue;
        variable.write(weight);
        taken.add(layer.name);
      }
    }
    if (taken.size === 0) {
      throw new Error(
        `Expected ${file} to hold weights of ${network.name}, such as ${network.weights[0]?.originalName}, but received ${Object.keys(weights).slice(0, 3).join(', ')}…`,
      );
    }
    return taken;
  } finally {
    dispose(weights);
  }
}
