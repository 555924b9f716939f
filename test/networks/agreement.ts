import '@tensorflow/tfjs-backend-cpu';
import assert from 'node:assert/strict';
import { enableProdMode, randomUniform, type Tensor } from '@tensorflow/tfjs-core';
import type { LayersModel } from '@tensorflow/tfjs-layers';
import { InferenceSession, Tensor as OnnxTensor } from '../../layers/onnx/runtime.ts';
import { exportOnnx } from '../../networks/export/onnx.ts';

enableProdMode();

const TOLERANCE = 1e-4;

/** Gives every weight a random value, so that none is left out unnoticed. Positive, as variances must be. */
export function randomizeWeights(model: LayersModel): void {
  model.setWeights(
    model.getWeights().map(({ shape }, index) => randomUniform(shape, 0.1, 1, 'float32', index)),
  );
}

/**
 * Holds what ONNX Runtime makes of the exported model to what the layers model makes itself.
 *
 * @param inputs one tensor per input of the model
 */
export async function assertAgrees(
  model: LayersModel,
  inputs: readonly Tensor[],
  inputType: 'float32' | 'uint8' = 'float32',
): Promise<void> {
  const names = {
    inputs: model.inputs.map((_, i) => `in${i}`),
    outputs: model.outputs.map((_, i) => `out${i}`),
  };
  const session = await InferenceSession.create(exportOnnx(model, { ...names, inputType }));
  const feeds = inputs.map((tensor, index) => {
    const values = tensor.dataSync();
    const data = inputType === 'uint8' ? Uint8Array.from(values) : Float32Array.from(values);
    return [names.inputs[index], new OnnxTensor(inputType, data, tensor.shape)];
  });
  const results = await session.run(Object.fromEntries(feeds));
  const expected = [model.predict([...inputs])].flat();
  for (const [index, name] of names.outputs.entries()) {
    assert.deepEqual(results[name]?.dims, expected[index]?.shape);
    assertClose(results[name]?.data, expected[index]?.dataSync());
  }
}

export function assertClose(
  actual: unknown,
  expected: ArrayLike<number> | undefined,
  tolerance = TOLERANCE,
): void {
  assert.ok(actual instanceof Float32Array && expected !== undefined && actual.length === expected.length);
  for (const [index, value] of actual.entries()) {
    const wanted = expected[index] ?? Number.NaN;
    assert.ok(
      Math.abs(value - wanted) <= tolerance * Math.max(1, Math.abs(wanted)),
      `Expected ${wanted} at ${index} but received ${value}.`,
    );
  }
}
