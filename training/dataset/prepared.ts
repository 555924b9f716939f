import * as z from 'zod';
import { labelledPhotoSchema, labelSchema, SPLITS } from './label.ts';

/**
 * What a training reads: faces that were found, aligned and cut once, packed into shards. A shard is a file
 * `NNNN.jpegs`, its faces' JPEGs one after another, and beside it `NNNN.json`, which says what they show.
 */

/** Raised whenever prepared faces would come out otherwise than before: what was prepared earlier is made anew. */
export const PREPARATION = 1;

/** Prepared faces are square JPEGs of this side, in pixels. */
export const FACE_SIDE = 256;

/** A face in a shard, as the shard's JSON lists it. */
export const shardFaceSchema = labelSchema.extend({
  /** The photo in the data set's folder. */
  file: z.string().min(1),
  /** SHA-256 of the photo's bytes, in hexadecimal digits. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  split: z.enum(SPLITS),
  /** Where its JPEG begins in the shard, in bytes. */
  offset: z.number().int().min(0),
  /** In bytes. */
  length: z.number().int().min(1),
});
export type ShardFace = z.infer<typeof shardFaceSchema>;

/** Why a labelled photo gave no face. */
export const REJECTIONS = ['missing', 'unreadable', 'no-face', 'box-without-face', 'too-small'] as const;

export const rejectionSchema = z.object({
  file: labelledPhotoSchema.shape.file,
  reason: z.enum(REJECTIONS),
  /** A sentence a person understands. */
  message: z.string(),
});
export type Rejection = z.infer<typeof rejectionSchema>;

/** `NNNN.json` */
export const shardSchema = z.object({
  preparation: z.number().int(),
  /** Identifies what the shard was made of: photos, labels and preparation. */
  batch: z.string(),
  faces: z.array(shardFaceSchema),
  rejections: z.array(rejectionSchema),
  /** Photos with more than one face and no box: the largest face was taken. */
  severalFaces: z.array(z.string()),
});
export type Shard = z.infer<typeof shardSchema>;

/** A face that can be read. */
export interface PreparedFace extends ShardFace {
  /** Name of the shard, without extension. */
  readonly shard: string;
}

/** A data set that is ready to train on. */
export interface PreparedSet {
  /** Always in the same order. */
  readonly faces: readonly PreparedFace[];
  /** @returns the face's JPEG, of `FACE_SIDE` × `FACE_SIDE` pixels */
  read(face: PreparedFace): Promise<Uint8Array>;
  close(): Promise<void>;
}
