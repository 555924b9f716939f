import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import * as z from 'zod';
import type { PhotoChips } from '../../models/analysis.ts';

/** How the specifications go with the object. */
const METADATA = 'specs';
const specsSchema = z
  .array(
    z.object({
      side: z.int().min(1),
      extent: z.number().positive(),
      shift: z.tuple([z.number(), z.number()]).optional(),
    }),
  )
  .min(1);

/** The chips of photos under analysis: one object an analysis, deleted when the analysis is complete. */
export class ChipStore {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** @returns the key to read them with */
  async write(analysis: string, { specs, chips }: PhotoChips): Promise<string> {
    await this.#client.send(
      new PutObjectCommand({
        Bucket: this.#bucket,
        Key: analysis,
        Body: chips,
        Metadata: { [METADATA]: JSON.stringify(specs) },
      }),
    );
    return analysis;
  }

  /** @returns undefined when they are gone */
  async read(key: string): Promise<PhotoChips | undefined> {
    try {
      const { Body, Metadata } = await this.#client.send(
        new GetObjectCommand({ Bucket: this.#bucket, Key: key }),
      );
      if (!Body) return undefined;
      const specs = specsSchema.parse(JSON.parse(Metadata?.[METADATA] ?? 'null'));
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
