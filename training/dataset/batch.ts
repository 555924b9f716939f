import * as z from 'zod';
import { labelledPhotoSchema } from './label.ts';

/** Photos that become a shard. */
export const batchSchema = z.object({
  /** Name of the shard. */
  name: z.string(),
  /** Identifies photos, labels and preparation: a shard that was made of it need not be made again. */
  hash: z.string(),
  photos: z.array(labelledPhotoSchema),
});
export type Batch = z.infer<typeof batchSchema>;
