import { createHash } from 'node:crypto';
import * as z from 'zod';
import { API_FOLDER } from './item.ts';

/** What happened to one photo in the bucket, read from an S3 event notification. */
export interface PhotoEvent {
  readonly kind: 'created' | 'removed';
  readonly bucket: string;
  readonly key: string;
  readonly at: string;
  /** When this version of the photo was put there; of removals of no meaning. */
  readonly uploadedAt: string;
  /** Entity tag of the version that was created, without quotes; empty for removals. */
  readonly etag: string;
  /** Size of the version that was created, in bytes. */
  readonly size?: number;
  /** Orders the events of one key; absent in a backfill, which stands for a photo that lies there and not for an event. S3 promises it of puts and deletes only. */
  readonly sequencer?: string;
  /** Whether the photo came with a form of the HTTP API's, which is for one photo. */
  readonly byForm: boolean;
  /** Names this analysis: the same whenever the same event is delivered again. */
  readonly analysis: string;
  /** The notification this was read from, as JSON: what to send to the upload queue to have it again. */
  readonly notification: string;
}

/**
 * Folder markers: empty objects that consoles and tools make to show a folder. What has such a key but holds something
 * is a photo.
 */
export const isFolder = ({ key, size = 0 }: Pick<PhotoEvent, 'key' | 'size'>): boolean =>
  key.endsWith('/') && size === 0;

const recordSchema = z.object({
  eventSource: z.string(),
  eventName: z.string(),
  eventTime: z.iso.datetime(),
  s3: z.object({
    configurationId: z.string().optional(),
    bucket: z.object({ name: z.string().min(1) }),
    object: z.object({
      key: z.string().min(1),
      size: z.number().int().min(0).optional(),
      eTag: z.string().optional(),
      /** In a backfill only: S3 reports what happens just then. */
      lastModified: z.iso.datetime().optional(),
      sequencer: z
        .string()
        .regex(/^[0-9A-Fa-f]+$/)
        .optional(),
    }),
  }),
});

const notificationSchema = z.union([
  z.object({ Records: z.array(recordSchema).min(1) }),
  // S3 sends one of these when a notification is configured.
  z.object({ Event: z.literal('s3:TestEvent') }).transform(() => ({ Records: [] })),
]);

/** Somebody deleted the photo, or its days are over. */
const REMOVAL = /^(?:s3:)?(?:ObjectRemoved|LifecycleExpiration):/;
/** What S3 reports of uploads with forms. */
const BY_FORM = /^(?:s3:)?ObjectCreated:Post$/;

/**
 * Makes sequencers, which are hexadecimal and of any length, comparable as strings. S3 documents that the shorter one is
 * to be padded with zeros on the right, then both compared lexicographically: without zeros on the right they order the
 * same way.
 */
export function comparableSequencer(sequencer: string): string {
  return sequencer.toUpperCase().replace(/0+$/, '');
}

/**
 * Parses the body of a message of the upload queue.
 * @throws ZodError | SyntaxError when it is no S3 event notification
 */
export function parseNotification(body: string): PhotoEvent[] {
  return notificationSchema.parse(JSON.parse(body)).Records.map((record) => {
    const { bucket, object, configurationId = '' } = record.s3;
    // S3 encodes keys as form data: spaces as plus signs, the rest in percent notation.
    const key = decodeURIComponent(object.key.replaceAll('+', ' '));
    const etag = object.eTag?.replaceAll('"', '') ?? '';
    const version = object.sequencer ?? `${configurationId} ${etag}`;
    return {
      kind: REMOVAL.test(record.eventName) ? 'removed' : 'created',
      bucket: bucket.name,
      key,
      at: record.eventTime,
      uploadedAt: object.lastModified ?? record.eventTime,
      etag,
      ...(object.size !== undefined && { size: object.size }),
      ...(object.sequencer && { sequencer: comparableSequencer(object.sequencer) }),
      byForm: BY_FORM.test(record.eventName) && key.startsWith(API_FOLDER),
      analysis: createHash('sha256')
        .update(JSON.stringify([bucket.name, key, version]))
        .digest('hex')
        .slice(0, 32),
      notification: JSON.stringify({ Records: [record] }),
    };
  });
}
