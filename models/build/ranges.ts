import { InferenceSession, Tensor } from '../../layers/onnx/runtime.ts';

/** The least and the largest value of a tensor, zero among them. */
export interface Range {
  readonly minimum: number;
  readonly maximum: number;
}

/** What a network with one input looks at. */
export interface NetworkInput {
  readonly shape: readonly number[];
  readonly data: Uint8Array;
}

/**
 * Which values a network's outputs take. Each range is the mean of the ranges in the single inputs, so that no
 * single one's extremes coarsen it for all.
 * @param network an ONNX file
 */
export async function observeRanges(
  network: Uint8Array,
  outputs: readonly string[],
  inputs: readonly NetworkInput[],
): Promise<Map<string, Range>> {
  const session = await InferenceSession.create(network);
  const [name = ''] = session.inputNames;
  const seen: Record<string, Range>[] = [];
  for (const { shape, data } of inputs) {
    const results = await session.run({ [name]: new Tensor('uint8', data, shape) }, outputs);
    seen.push(Object.fromEntries(outputs.map((output) => [output, rangeOf(results[output])])));
  }
  await session.release();
  return new Map(
    outputs.map((output) => {
      const mean = (bound: keyof Range) =>
        seen.reduce((sum, ranges) => sum + (ranges[output]?.[bound] ?? 0), 0) / seen.length;
      return [output, { minimum: mean('minimum'), maximum: mean('maximum') }];
    }),
  );
}

function rangeOf(tensor: Tensor | undefined): Range {
  if (tensor?.type !== 'float32') throw new TypeError(`Expected floats but received ${tensor?.type}.`);
  let [minimum, maximum] = [0, 0];
  for (const value of tensor.data as Float32Array) {
    if (value < minimum) minimum = value;
    if (value > maximum) maximum = value;
  }
  return { minimum, maximum };
}
