/** An object in the photo bucket. */
export interface StoredPhoto {
  readonly key: string;
  /** Bytes. */
  readonly size: number;
  /** Without quotes. */
  readonly etag: string;
  readonly lastModified: Date;
}

/**
 * The body of a message that asks the pipeline to look at a photo that already lies in the bucket: an S3
 * event notification, but from a source of its own and without a sequencer, as it stands for no event.
 * @param run names the backfill: a photo is analysed once per run, however often the message comes
 */
export function createNotification(
  stack: { readonly region: string; readonly photoBucket: string },
  { key, size, etag, lastModified }: StoredPhoto,
  run: string,
): string {
  return JSON.stringify({
    Records: [
      {
        eventVersion: '2.1',
        eventSource: 'facedrop:backfill',
        awsRegion: stack.region,
        eventTime: new Date().toISOString(),
        eventName: 'ObjectCreated:Backfill',
        s3: {
          s3SchemaVersion: '1.0',
          configurationId: run,
          bucket: { name: stack.photoBucket, arn: `arn:aws:s3:::${stack.photoBucket}` },
          object: { key: encodeKey(key), size, eTag: etag, lastModified: lastModified.toISOString() },
        },
      },
    ],
  });
}

/** As S3 does it in its events: like form data, except for the slashes. */
function encodeKey(key: string): string {
  return encodeURIComponent(key).replaceAll('%20', '+').replaceAll('%2F', '/');
}
