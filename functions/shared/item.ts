import * as z from 'zod';
import { faceSchema } from '../../attributes/face.ts';
import { modelSchema } from '../../vision/face.ts';

/**
 * The item's contract: what DynamoDB holds for one photo, what the announcement carries and what every
 * client reads. `attributes/face.ts` is its part about one face.
 */

/** Why a photo has no result. */
export const FAILURES = [
  'empty',
  'not-an-image',
  'unsupported-format',
  'corrupt',
  'too-many-bytes',
  'too-many-pixels',
  'too-complex',
  'unreadable',
  'unknown-attribute',
  'gave-up',
] as const;

export const failureSchema = z.object({
  code: z.enum(FAILURES),
  /** A sentence a person understands: what was expected and what came. */
  message: z.string(),
});
export type Failure = z.infer<typeof failureSchema>;

/** Why an analysis was given up. */
export interface GivenUp extends Pick<Failure, 'message'> {
  /** The error that was behind it, where whoever reads the result is not told. */
  readonly cause?: string;
}

export const photoSchema = z.object({
  /** The object's key in the photo bucket: the table's partition key. */
  photo: z.string(),
  /**
   * Where the photo lies: its key up to and with the last slash; "/" for a key without one. Absent until its first
   * analysis is over, unless a client of the HTTP API was given a form for it.
   */
  folder: z.string().optional(),
  /** A photo that is yet to be uploaded has an item when a client of the HTTP API was given a form for it. */
  status: z.enum(['awaiting-upload', 'pending', 'done', 'failed']),
  /** Names this analysis of this version of the photo: the fence against older versions. */
  analysis: z.string(),
  /** Counts how often analyses of the photo began: one that was given up and begins again has the same name. */
  attempt: z.int().min(1).default(1),
  /** S3's sequencer of the event that brought this version, such that strings order as S3 orders them. */
  sequencer: z.string(),
  etag: z.string(),
  /** ISO 8601, UTC. */
  uploadedAt: z.iso.datetime(),
  /** When its analysis was asked for: by the upload, or later by a backfill. */
  requestedAt: z.iso.datetime().optional(),
  startedAt: z.iso.datetime(),
  completedAt: z.iso.datetime().optional(),
  /** Until then the function that completed the photo has its announcement to itself; after that anyone makes it. */
  announceBy: z.iso.datetime().optional(),
  announcedAt: z.iso.datetime().optional(),
  /** When DynamoDB may delete the item, in epoch seconds. */
  expiresAt: z.number().int(),
  bytes: z.number().int().optional(),
  format: z.string().optional(),
  width: z.number().int().optional(),
  height: z.number().int().optional(),
  detector: modelSchema.optional(),
  /** Largest first. Absent until the photo has been looked at; empty when there is no face. */
  faces: z.array(faceSchema).optional(),
  /** How many faces were found; more than `faces` holds when the list was cut to the largest ones. */
  facesFound: z.number().int().optional(),
  /** What was wanted of the faces, by name; absent where nothing was said, which is all that is on. */
  wanted: z.array(z.string()).optional(),
  /** Attributes that are still to be estimated; only while the photo is pending. */
  outstanding: z.set(z.string()).optional(),
  failure: failureSchema.optional(),
  /** The error behind a failure, as a service says it: for who runs the stack, and neither answered nor announced. */
  cause: z.string().optional(),
  /** Only while the photo is pending: in which part of the index of pending photos it is, so that no part gets all of them. */
  duePart: z.string().optional(),
  /** Only while the photo is pending: when it is looked after, should it still be. */
  dueAt: z.iso.datetime().optional(),
  /** Only while the photo is pending: how often each function has tried its part of it. */
  tries: z.record(z.string(), z.int()).optional(),
});
export type Photo = z.infer<typeof photoSchema>;

export type FinishedPhoto = Photo & { readonly status: 'done' | 'failed' };

/** Whether a photo's analysis is over. */
export const isFinished = (photo: Photo): photo is FinishedPhoto =>
  photo.status === 'done' || photo.status === 'failed';

/** The index that lists a folder's photos by the time of their upload. */
export const FOLDER_INDEX = 'by-folder';

/** The index of pending photos, in parts, by the time when they are looked after. */
export const DUE_INDEX = 'by-due';
/** The parts of that index: the first digit of the analysis, which is a hash. */
export const DUE_PARTS = [...'0123456789abcdef'];

/** What the index holds of each photo. */
export const summarySchema = photoSchema.pick({
  photo: true,
  status: true,
  uploadedAt: true,
  completedAt: true,
  expiresAt: true,
  facesFound: true,
  failure: true,
});
export type Summary = z.infer<typeof summarySchema>;

/** Where the photos of the HTTP API's clients lie in the photo bucket: in a folder for each owner. */
export const API_FOLDER = 'api/';

export const folderOf = (key: string): string => key.slice(0, key.lastIndexOf('/') + 1) || '/';
