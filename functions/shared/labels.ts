import {
  DeleteObjectsCommand,
  PutObjectCommand,
  paginateListObjectsV2,
  type S3Client,
} from '@aws-sdk/client-s3';
import { CORRECTION_SIDE, type KeptCorrection } from '../../attributes/correction.ts';
import type { Face, FaceLabel } from '../../attributes/face.ts';
import { clip, widen } from '../../vision/bounding-box.ts';
import type { BoundingBox } from '../../vision/engine.ts';
import { PhotoFile } from '../../vision/photo.ts';
import { API_FOLDER } from './item.ts';

/** How much of the head a labelled crop shows: the face's box, widened on every side by this share of its size. */
const MARGIN = 0.4;

export interface LabelledFace {
  /** Key of the photo in the bucket. */
  readonly photo: string;
  /** Index into the photo's faces. */
  readonly face: number;
  readonly label: FaceLabel;
  /** What the networks said. */
  readonly estimate: Face;
}

/** People's corrections, kept to train on: beside each crop a JSON file that says what it shows. */
export class Labels {
  readonly #client: S3Client;
  readonly #bucket: string;

  constructor(client: S3Client, bucket: string) {
    this.#client = client;
    this.#bucket = bucket;
  }

  /** @param bytes the photo */
  async keep(bytes: Uint8Array, { photo, face, label, estimate }: LabelledFace): Promise<void> {
    const { image, box } = await cut(bytes, estimate.box);
    const prefix = prefixOf(photo);
    const correction: KeptCorrection = { label, crop: box, estimate };
    await Promise.all([
      this.#put(`${prefix}${face}.jpg`, 'image/jpeg', image),
      this.#put(`${prefix}${face}.json`, 'application/json', JSON.stringify(correction)),
    ]);
  }

  async erase(photo: string, face: number): Promise<void> {
    const prefix = prefixOf(photo);
    await this.#delete([`${prefix}${face}.jpg`, `${prefix}${face}.json`]);
  }

  /** Erases all labels of a photo that is gone; photos that were dropped into the bucket have none. */
  async eraseAll(photo: string): Promise<void> {
    if (!photo.startsWith(API_FOLDER)) return;
    const pages = paginateListObjectsV2(
      { client: this.#client },
      { Bucket: this.#bucket, Prefix: prefixOf(photo) },
    );
    for await (const { Contents = [] } of pages) {
      if (Contents.length > 0) await this.#delete(Contents.flatMap(({ Key }) => Key ?? []));
    }
  }

  async #put(key: string, type: string, body: Uint8Array | string): Promise<void> {
    await this.#client.send(
      new PutObjectCommand({ Bucket: this.#bucket, Key: key, Body: body, ContentType: type }),
    );
  }

  async #delete(keys: readonly string[]): Promise<void> {
    const { Errors = [] } = await this.#client.send(
      new DeleteObjectsCommand({
        Bucket: this.#bucket,
        Delete: { Objects: keys.map((Key) => ({ Key })), Quiet: true },
      }),
    );
    if (Errors[0]) throw new Error(`Expected labels to be deleted but ${Errors[0].Message}`);
  }
}

/** `api/<owner>/<id>` keeps its labels under `<owner>/<id>/`. */
const prefixOf = (photo: string) => `${photo.slice(API_FOLDER.length)}/`;

/** Cuts a face out of the upright photo, without the photo's metadata. */
async function cut(bytes: Uint8Array, face: BoundingBox): Promise<{ image: Uint8Array; box: BoundingBox }> {
  const photo = await PhotoFile.open(bytes);
  const box = clip(widen(face, MARGIN), photo);
  const [left, top] = [Math.floor(box.x), Math.floor(box.y)];
  const whole = {
    x: left,
    y: top,
    width: Math.max(1, Math.floor(box.x + box.width) - left),
    height: Math.max(1, Math.floor(box.y + box.height) - top),
  };
  const image = await photo.decode((upright) =>
    upright
      .extract({ left, top, width: whole.width, height: whole.height })
      .resize({ width: CORRECTION_SIDE, height: CORRECTION_SIDE, fit: 'inside', withoutEnlargement: true })
      .jpeg({ quality: 95 })
      .toBuffer(),
  );
  return { image, box: whole };
}
