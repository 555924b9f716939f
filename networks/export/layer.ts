import type { Tensor } from '@tensorflow/tfjs-core';
import type { layers } from '@tensorflow/tfjs-layers';
import type { z } from 'zod';

/** A layer's configuration, as far as `schema` asks for it. */
export function configuration<T>(layer: layers.Layer, schema: z.ZodType<T>): T {
  const { success, data, error } = schema.safeParse(layer.getConfig());
  if (!success) {
    throw new Error(`Cannot export ${describe(layer)}: ${error.issues.map(explain).join('; ')}.`);
  }
  return data;
}

/** The weight that the layer itself calls `name`, such as `kernel`, or undefined where it has none. */
export function optionalWeight(layer: layers.Layer, name: string): Tensor | undefined {
  return layer.weights.find(({ originalName }) => originalName.endsWith(`/${name}`))?.read();
}

export function weight(layer: layers.Layer, name: string): Tensor {
  const found = optionalWeight(layer, name);
  if (found === undefined) {
    throw new Error(`Expected ${describe(layer)} to have the weight ${name} but it has none.`);
  }
  return found;
}

export function describe(layer: layers.Layer): string {
  return `layer ${layer.name} of class ${layer.getClassName()}`;
}

function explain({ path, message }: z.core.$ZodIssue): string {
  return `${path.join('.')}: ${message}`;
}
