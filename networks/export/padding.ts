import type { Shape } from '@tensorflow/tfjs-layers';
import { z } from 'zod';
import type { Attribute } from './proto.ts';

/** A window that slides over height and width. */
export const windowSchema = z.object({
  padding: z.enum(['same', 'valid']),
  strides: z.array(z.number()).length(2),
  dataFormat: z.literal('channelsLast').optional(),
});

/**
 * The attributes that lay a window over a map as TensorFlow does. Its "same" pads so that ⌈size ÷ stride⌉
 * windows fit; an odd pixel of padding goes to the bottom and to the right.
 *
 * @param shape of the input: batch, height, width, channels
 */
export function windowAttributes(
  shape: Shape,
  kernel: readonly number[],
  { padding, strides }: z.infer<typeof windowSchema>,
  dilations: readonly number[] = [1, 1],
): Record<string, Attribute> {
  const attributes = { kernel_shape: kernel, strides };
  if (padding === 'valid') {
    return attributes;
  }
  const before: number[] = [];
  const after: number[] = [];
  for (const [axis, size] of kernel.entries()) {
    const stride = strides[axis] ?? 1;
    const extent = (size - 1) * (dilations[axis] ?? 1) + 1;
    const input = shape[axis + 1];
    if (typeof input !== 'number' && stride > 1) {
      // The amount depends on the size, which is known only at run time.
      return { ...attributes, auto_pad: 'SAME_UPPER' };
    }
    const covered =
      typeof input === 'number' ? (Math.ceil(input / stride) - 1) * stride + extent - input : extent - 1;
    const total = Math.max(0, covered);
    before.push(Math.floor(total / 2));
    after.push(Math.ceil(total / 2));
  }
  return { ...attributes, pads: [...before, ...after] };
}
