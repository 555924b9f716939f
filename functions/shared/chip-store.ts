import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { PhotoChips } from '../../models/photo-chips.ts';
import { chipSpecsSchema } from './message.ts';

/** How the specifications go with the object. */
const METADATA = 'specs';

/** The chips of photos under analysis that are too many for a message: one object an analysis, deleted when it ends. */
export class ChipStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  async write(analysis: string, { specs, chips }: PhotoChips): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: analysis,
        Body: chips,
        Metadata: { [METADATA]: JSON.stringify(specs) },
      }),
    );
  }

  /** @returns undefined when they are gone */
  async read(analysis: string): Promise<PhotoChips | undefined> {
    try {
      const { Body, Metadata } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: analysis }),
      );
      if (!Body) return undefined;
      const specs = chipSpecsSchema.parse(JSON.parse(Metadata?.[METADATA] ?? 'null'));
      return { specs, chips: await Body.transformToByteArray() };
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
