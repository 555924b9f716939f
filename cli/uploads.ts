import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { Upload as ManagedUpload } from '@aws-sdk/lib-storage';
import { sum } from 'd3-array';
import { fileTypeFromFile } from 'file-type';
import pMap from 'p-map';
import { WANTED, type Wanted } from '../attributes/wanted.ts';
import type { Photo } from '../functions/shared/item.ts';
import type { PhotoFile } from './files.ts';
import { readPhotos } from './results.ts';
import type { Target } from './target.ts';

/** Files sent side by side. */
const CONCURRENCY = 8;

/** A photo that was put into the bucket. */
export interface Upload extends PhotoFile {
  readonly key: string;
  /** Entity tag of the version that was uploaded, without quotes. */
  readonly etag: string;
  /** The key's item as it was before the upload: a result that must not be taken for this one's. */
  readonly before?: Photo;
}

export interface UploadProgress {
  readonly files: number;
  readonly totalFiles: number;
  readonly bytes: number;
  readonly totalBytes: number;
}

export interface UploadOptions {
  /** Folder in the bucket, with or without a slash at its end; default: the top. */
  readonly prefix?: string;
  /** What is wanted of the photos; default: all that is on. */
  readonly wanted?: Wanted;
  readonly onProgress?: (progress: UploadProgress) => void;
  /** Called for each file that could not be sent; without it the first such failure is thrown. */
  readonly onFailure?: (file: PhotoFile, error: unknown) => void;
}

/**
 * Puts photos into the bucket, several at a time, large ones in parts.
 * @returns one entry per file that was sent, in the files' order
 */
export async function uploadPhotos(
  target: Target,
  files: readonly PhotoFile[],
  { prefix = '', wanted, onProgress, onFailure }: UploadOptions = {},
): Promise<Upload[]> {
  const folder = prefix.replace(/^\/+|\/+$/g, '');
  const keyOf = (file: PhotoFile) => (folder ? `${folder}/${file.name}` : file.name);
  const before = await readPhotos(target, files.map(keyOf));
  const sent = new Map<string, number>();
  const sizes = await Promise.all(
    files.map(({ path }) =>
      stat(path).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  );
  const totalBytes = sum(sizes);
  let finished = 0;
  const report = () =>
    onProgress?.({ files: finished, totalFiles: files.length, bytes: sum(sent.values()), totalBytes });
  report();

  const uploads = await pMap(
    files,
    async (file, index): Promise<Upload | undefined> => {
      const key = keyOf(file);
      try {
        const etag = await upload(target, file.path, { key, wanted }, (bytes) => {
          sent.set(key, bytes);
          report();
        });
        const previous = before.get(key);
        return { ...file, key, etag, ...(previous && { before: previous }) };
      } catch (error) {
        if (!onFailure) throw error;
        onFailure(file, error);
        return undefined;
      } finally {
        sent.set(key, sizes[index] ?? 0);
        finished += 1;
        report();
      }
    },
    { concurrency: CONCURRENCY },
  );
  return uploads.filter((upload) => upload !== undefined);
}

async function upload(
  { s3, stack }: Target,
  path: string,
  { key, wanted }: { readonly key: string; readonly wanted: Wanted },
  onBytes: (bytes: number) => void,
): Promise<string> {
  const type = await fileTypeFromFile(path);
  const body = createReadStream(path);
  const managed = new ManagedUpload({
    client: s3,
    params: {
      Bucket: stack.photoBucket,
      Key: key,
      Body: body,
      ...(type && { ContentType: type.mime }),
      ...(wanted && { Metadata: { [WANTED]: wanted.join() } }),
    },
  });
  managed.on('httpUploadProgress', ({ loaded }) => onBytes(loaded ?? 0));
  const { ETag } = await managed.done().finally(() => body.destroy());
  if (!ETag) throw new Error(`Expected an ETag for "${key}" but received none.`);
  return ETag.replaceAll('"', '');
}
