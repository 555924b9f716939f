import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { io, type NamedTensorMap } from '@tensorflow/tfjs-core';
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
