import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';

/** The chips of photos under analysis: one object an analysis, deleted when the analysis is complete. */
export class Crops {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** @returns the key to read them with */
  async write(analysis: string, chips: Uint8Array): Promise<string> {
    await this.#client.send(new PutObjectCommand({ Bucket: this.#bucket, Key: analysis, Body: chips }));
    return analysis;
  }

  /** @returns undefined when they are gone */
  async read(key: string): Promise<Uint8Array | undefined> {
    try {
      const { Body } = await this.#client.send(new GetObjectCommand({ Bucket: this.#bucket, Key: key }));
      return await Body?.transformToByteArray();
    } catch (error) {
      if (error instanceof NoSuchKey) return undefined;
      throw error;
    }
  }

  /** Deleting what is not there is no error. */
  async delete(analysis: string): Promise<void> {
    await this.#client.send(new DeleteObjectCommand({ Bucket: this.#bucket, Key: analysis }));
  }
}
