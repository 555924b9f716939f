import { GetObjectCommand, NoSuchKey, paginateListObjectsV2, type S3Client } from '@aws-sdk/client-s3';
import { byName, type Folder, type FolderEntry, isHidden, MissingFileError } from './folder.ts';

/** The objects of a bucket whose keys begin with a prefix. */
export class S3Folder implements Folder {
  readonly description: string;
  readonly name: string;
  readonly #client: S3Client;
  readonly #bucket: string;
  readonly #prefix: string;

  /** @param prefix with or without a slash at its end; '' for the whole bucket */
  constructor(client: S3Client, bucket: string, prefix: string) {
    this.#client = client;
    this.#bucket = bucket;
    this.#prefix = prefix === '' || prefix.endsWith('/') ? prefix : `${prefix}/`;
    this.description = `s3://${bucket}/${this.#prefix}`;
    this.name = this.#prefix.split('/').at(-2) ?? bucket;
  }

  async list(): Promise<FolderEntry[]> {
    const entries: FolderEntry[] = [];
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: this.#prefix },
    );
    for await (const { Contents = [] } of pages) {
      for (const { Key = '', Size = 0, ETag = '' } of Contents) {
        const name = Key.slice(this.#prefix.length);
        // Consoles make "folders": empty objects whose keys end in a slash.
        if (name === '' || name.endsWith('/') || isHidden(name)) continue;
        entries.push({ name, size: Size, tag: ETag.replaceAll('"', '') });
      }
    }
    return entries.sort(byName);
  }

  async read(name: string): Promise<Uint8Array> {
    try {
      const { Body } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: this.#prefix + name }),
      );
      return (await Body?.transformToByteArray()) ?? new Uint8Array();
    } catch (error) {
      if (error instanceof NoSuchKey) throw new MissingFileError(name, this, { cause: error });
      throw error;
    }
  }
}
