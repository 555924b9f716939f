import { z } from 'zod';

/** DynamoDB holds no number that is nearer to 0, except 0 itself. */
const SMALLEST = 1e-130;

/** A number in a range: of what comes from outside, whatever is to be kept has bounds, and is one that can be kept. */
export const real = (minimum: number, maximum: number) =>
  z
    .number()
    .min(minimum)
    .max(maximum)
    .overwrite((value) => (Math.abs(value) < SMALLEST ? 0 : value));
