import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import type { S3Client } from '@aws-sdk/client-s3';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  PutCommand,
  QueryCommand,
  UpdateCommand,
} from '@aws-sdk/lib-dynamodb';
import { createPresignedPost, type PresignedPost } from '@aws-sdk/s3-presigned-post';
import pMap from 'p-map';
import type * as z from 'zod';
import type { FaceLabel } from '../../attributes/face.ts';
import { WANTED, type Wanted } from '../../attributes/wanted.ts';
import { leaveOutPoor } from '../../vision/face.ts';
import type { ChipStore } from '../shared/chip-store.ts';
import {
  FOLDER_INDEX,
  folderOf,
  type Photo,
  photoSchema,
  type Summary,
  summarySchema,
} from '../shared/item.ts';
import { type Items, NO_SEQUENCER } from '../shared/items.ts';
import type { Labels } from '../shared/labels.ts';
import type { Photos } from '../shared/photos.ts';

export interface Upload {
  readonly contentType: string;
  readonly minimumBytes: number;
  readonly maximumBytes: number;
  readonly wanted?: Wanted;
}

const placeSchema = photoSchema.pick({ photo: true, uploadedAt: true });

export interface Listing {
  readonly photos: readonly Summary[];
  /** After which photo the next page begins; absent at the end. */
  readonly next?: Pick<Photo, 'photo' | 'uploadedAt'>;
}

export interface Page {
  readonly folder: string;
  readonly status?: Photo['status'] | undefined;
  /** Leave out what was uploaded before; ISO 8601, UTC. */
  readonly from?: string | undefined;
  /** Begin after this photo. */
  readonly after?: Pick<Photo, 'photo' | 'uploadedAt'> | undefined;
  /** Leave out photos without a face whose picture is at least as good, 0 to 100. */
  readonly minimumQuality?: number | undefined;
  readonly limit: number;
}

/** Seconds that an upload form can be used, and that a photo may be on its way after that. */
const UPLOAD_SECONDS = 15 * 60;
const GRACE_SECONDS = 5 * 60;
/** As long as the photo may wait in the queue before it is looked at. */
const QUEUE_SECONDS = 14 * 86_400;
/** A list is looked through in pages of this many photos, and this many pages at once. */
const [PAGE_SIZE, MAXIMUM_PAGES] = [1000, 10];
/**
 * Items that are read for one list, and side by side: an item of a crowd counts as 25 small ones for DynamoDB, whose
 * throughput all share.
 */
const MOST_ITEMS = 20;
const AT_ONCE = 10;

/** The photos that clients of the HTTP API keep: objects in the photo bucket with their items and labels. */
export class PhotoStore {
  readonly #dynamo: DynamoDBDocumentClient;
  readonly #table: string;
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #items: Items;
  readonly #photos: Photos;
  readonly #chips: ChipStore;
  readonly #labels: Labels;

  constructor(
    dynamo: { client: DynamoDBDocumentClient; table: string },
    s3: { client: S3Client; bucket: string },
    { items, photos, chips, labels }: { items: Items; photos: Photos; chips: ChipStore; labels: Labels },
  ) {
    this.#dynamo = dynamo.client;
    this.#table = dynamo.table;
    this.#s3 = s3.client;
    this.#bucket = s3.bucket;
    this.#items = items;
    this.#photos = photos;
    this.#chips = chips;
    this.#labels = labels;
  }

  /** Makes a form with which anyone who has it can upload one photo, and the item that says that it may come. */
  async expect(photo: string, { contentType, minimumBytes, maximumBytes, wanted }: Upload) {
    const now = new Date();
    const expires = new Date(now.getTime() + UPLOAD_SECONDS * 1000);
    const awaited: z.input<typeof photoSchema> = {
      photo,
      folder: folderOf(photo),
      status: 'awaiting-upload',
      analysis: '',
      sequencer: NO_SEQUENCER,
      etag: '',
      uploadedAt: now.toISOString(),
      startedAt: now.toISOString(),
      expiresAt: Math.floor(expires.getTime() / 1000) + QUEUE_SECONDS,
    };
    await this.#dynamo.send(new PutCommand({ TableName: this.#table, Item: awaited }));
    const upload: PresignedPost = await createPresignedPost(this.#s3, {
      Bucket: this.#bucket,
      Key: photo,
      Fields: {
        'Content-Type': contentType,
        ...(wanted && { [`x-amz-meta-${WANTED}`]: wanted.join() }),
      },
      Conditions: [['content-length-range', minimumBytes, maximumBytes]],
      Expires: UPLOAD_SECONDS,
    });
    return { upload, expires };
  }

  /** @returns undefined when there is none, or its upload never came */
  async get(photo: string): Promise<Photo | undefined> {
    const item = await this.#items.get(photo);
    if (!item || !isPast(item)) return item;
    // It came, and waits for its turn.
    const there = await this.#photos.lies({ bucket: this.#bucket, key: photo, etag: '' });
    return there ? { ...item, status: 'pending' } : undefined;
  }

  /** Newest first. A page may have fewer photos than asked for, or none, and not be the last one. */
  async list({ folder, status, from = '', after, minimumQuality, limit }: Page): Promise<Listing> {
    // DynamoDB takes no place to begin that lies beyond the end.
    if (after && after.uploadedAt < from) return { photos: [] };
    const found: Summary[] = [];
    let start: Record<string, unknown> | undefined = after && { ...after, folder };
    let pages = 0;
    do {
      pages += 1;
      const { Items = [], LastEvaluatedKey } = await this.#dynamo.send(
        new QueryCommand({
          TableName: this.#table,
          IndexName: FOLDER_INDEX,
          KeyConditionExpression: 'folder = :folder AND uploadedAt >= :from',
          ...(status && {
            FilterExpression: '#status = :status',
            ExpressionAttributeNames: { '#status': 'status' },
          }),
          ExpressionAttributeValues: {
            ':folder': folder,
            ':from': from || '0',
            ...(status && { ':status': status }),
          },
          ScanIndexForward: false,
          // Without a status most photos are what is asked for; with one, few may be.
          Limit: status ? PAGE_SIZE : Math.max(limit + 1 - found.length, 20),
          ...(start && { ExclusiveStartKey: start }),
        }),
      );
      found.push(...Items.map((item) => summarySchema.parse(item)).filter((item) => !isPast(item)));
      start = LastEvaluatedKey;
    } while (start && found.length <= limit && pages < MAXIMUM_PAGES);
    const photos = found.slice(0, minimumQuality === undefined ? limit : Math.min(limit, MOST_ITEMS));
    const next = found.length > photos.length ? photos.at(-1) : start && placeSchema.parse(start);
    return {
      photos: minimumQuality === undefined ? photos : await this.#withFaces(photos, minimumQuality),
      ...(next && { next: placeSchema.parse(next) }),
    };
  }

  /** The index knows no faces. */
  async #withFaces(photos: readonly Summary[], minimumQuality: number): Promise<Summary[]> {
    const good = await pMap(
      photos,
      async ({ photo, facesFound }) => {
        const { faces = [] } = (facesFound ? await this.#items.get(photo) : undefined) ?? {};
        return leaveOutPoor(faces, faces.length, minimumQuality).found > 0;
      },
      { concurrency: AT_ONCE },
    );
    return photos.filter((_, index) => good[index]);
  }

  /** Notes a person's correction of a face with it. @returns whether the photo is still as it was when it was read */
  async label({ photo, analysis }: Photo, face: number, label: FaceLabel | undefined): Promise<boolean> {
    try {
      await this.#dynamo.send(
        new UpdateCommand({
          TableName: this.#table,
          Key: { photo },
          UpdateExpression: label ? `SET faces[${face}].#label = :label` : `REMOVE faces[${face}].#label`,
          ConditionExpression: `analysis = :analysis AND attribute_exists(faces[${face}])`,
          ExpressionAttributeNames: { '#label': 'label' },
          ExpressionAttributeValues: { ':analysis': analysis, ...(label && { ':label': label }) },
        }),
      );
      return true;
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return false;
      throw error;
    }
  }

  /**
   * Erases a photo and all that is known of it. The photo goes first: an analysis that still runs finds neither
   * it nor its item and deletes its chips itself.
   */
  async erase(photo: string): Promise<void> {
    await this.#photos.delete({ bucket: this.#bucket, key: photo });
    const { Attributes } = await this.#dynamo.send(
      new DeleteCommand({ TableName: this.#table, Key: { photo }, ReturnValues: 'ALL_OLD' }),
    );
    const item = Attributes && photoSchema.parse(Attributes);
    await Promise.all([item?.analysis && this.#chips.delete(item.analysis), this.#labels.eraseAll(photo)]);
  }
}

/** Whether a photo that was to come should have come. */
const isPast = ({ status, uploadedAt }: Pick<Photo, 'status' | 'uploadedAt'>) =>
  status === 'awaiting-upload' &&
  Date.parse(uploadedAt) + (UPLOAD_SECONDS + GRACE_SECONDS) * 1000 < Date.now();
