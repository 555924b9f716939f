import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import { CORRECTIONS } from '../../../training/dataset/corrections.ts';
import type { PreparedPlace } from '../../../training/dataset/download.ts';
import { S3Folder } from '../../../training/dataset/s3-folder.ts';
import { FOLDER } from './folders.ts';

/** Where data sets lie. */
export interface DataSetsOptions {
  readonly client: S3Client;
  /** The training bucket. */
  readonly bucket: string;
  /** The bucket with people's corrections. */
  readonly labelBucket: string;
}

/** The labelled photos that trainings learn from. */
export class DataSets {
  readonly #options: DataSetsOptions;

  constructor(options: DataSetsOptions) {
    this.#options = options;
  }

  async exists(name: string): Promise<boolean> {
    const { bucket, prefix } = this.#locate(name);
    const { KeyCount = 0 } = await this.#options.client.send(
      new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, MaxKeys: 1 }),
    );
    return KeyCount > 0;
  }

  folder(name: string): S3Folder {
    const { bucket, prefix } = this.#locate(name);
    return new S3Folder(this.#options.client, bucket, prefix);
  }

  /** Where the faces of a data set are kept once they are cut out, for as long as its content stays the same. */
  preparedPlace(name: string, contentHash: string): PreparedPlace {
    return { bucket: this.#options.bucket, prefix: `${FOLDER.prepared}${name}/${contentHash}/` };
  }

  #locate(name: string): PreparedPlace {
    const { bucket, labelBucket } = this.#options;
    return name === CORRECTIONS
      ? { bucket: labelBucket, prefix: '' }
      : { bucket, prefix: `${FOLDER.datasets}${name}/` };
  }
}
