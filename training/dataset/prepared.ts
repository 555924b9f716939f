import * as z from 'zod';
import { labelledPhotoSchema, SPLITS } from './label.ts';

/**
 * What a training reads: faces that were found, aligned and cut once, packed into shards. A shard is a file
 * `NNNN.jpegs`, its faces' JPEGs one after another, and beside it `NNNN.json`, which says what they show.
 * `prepared.json` is written last: without it a set is not complete.
 */

/** Raised whenever prepared faces would come out differently: what was prepared earlier is then made again. */
export const PREPARATION = 5;

/** Prepared faces are square JPEGs of this side, in pixels. */
export const FACE_SIDE = 256;
/**
 * What they show, in sizes of the face's frame: half as much again as AgeGenderNet's chip, so that training can
 * shift, turn, scale and crop.
 */
export const FACE_EXTENT = 1.8;

/** A face in a shard, as the shard's JSON lists it. */
export const shardFaceSchema = labelledPhotoSchema.extend({
  /** SHA-256 of the photo's bytes, in hexadecimal digits. */
  hash: z.string().regex(/^[0-9a-f]{64}$/),
  split: z.enum(SPLITS),
  /** How many faces the detector found in the photo; 0 where it found none and the label's box was taken. */
  facesFound: z.number().int().min(0),
  /** Score of its picture, 0 to 100, as `vision/quality.ts` measures it; absent where the label's box was taken. */
  quality: z.number().min(0).max(100).optional(),
  /** Where its JPEG begins in the shard, in bytes. */
  offset: z.number().int().min(0),
  /** In bytes. */
  length: z.number().int().min(1),
});
export type ShardFace = z.infer<typeof shardFaceSchema>;

/** Why a labelled photo gave no face. */
export const REJECTIONS = [
  'missing',
  'unreadable',
  'no-face',
  'box-outside',
  'box-unit',
  'box-small',
  'box-elsewhere',
] as const;

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
});
export type Shard = z.infer<typeof shardSchema>;

/** A face that can be read. */
export type PreparedFace = ShardFace & {
  /** Name of its shard, without extension. */
  readonly shard: string;
};

/** `prepared.json` */
export const preparedSchema = z.object({
  /** Name of the data set. */
  name: z.string(),
  /** Hash of the data set's index. */
  contentHash: z.string(),
  /** Names of the shards, without extension. */
  shards: z.array(z.string()),
  faces: z.number().int(),
});
export type Prepared = z.infer<typeof preparedSchema>;

/** Says that a set is complete; written last. */
export const PREPARED_FILE = 'prepared.json';

/** A data set that is ready to train on. */
export interface PreparedSet {
  readonly name: string;
  readonly contentHash: string;
  /** Whether it is several sets: then each face tells in its group `set` of which it is. */
  readonly joined?: true;
  /** Always in the same order. */
  readonly faces: readonly PreparedFace[];
  /**
   * @returns the face's JPEG, of `FACE_SIDE` × `FACE_SIDE` pixels
   * @throws DatasetError when the set no longer exists
   */
  read(face: PreparedFace): Promise<Uint8Array>;
  close(): Promise<void>;
}
