import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import {
  DeleteCommand,
  type DynamoDBDocumentClient,
  GetCommand,
  QueryCommand,
  UpdateCommand,
  type UpdateCommandInput,
} from '@aws-sdk/lib-dynamodb';
import type * as z from 'zod';
import type { Part } from '../../attributes/attribute.ts';
import type { PhotoEvent } from './event.ts';
import { DUE_INDEX, DUE_PARTS, type Failure, folderOf, type Photo, photoSchema } from './item.ts';

const dueSchema = photoSchema.pick({ photo: true, dueAt: true }).required();
/** A pending photo that is to be looked after. */
export type Due = z.infer<typeof dueSchema>;

/** What detect learned of a photo. */
type Finding = 'bytes' | 'format' | 'width' | 'height' | 'detector' | 'faces' | 'facesFound';
export type Findings = { [Name in Finding]: NonNullable<Photo[Name]> } & Pick<Photo, 'wanted'>;

/** What was estimated of the faces: the parts of each face, by attribute. */
export type Told = ReadonlyMap<string, readonly Part[]>;

/** An item after a write to it; undefined when its analysis has been superseded. */
export interface Outcome {
  readonly item: Photo | undefined;
  /** Whether this very write completed it. */
  readonly completed: boolean;
}

/** The item is not in the state that the message expects, but may still reach it: try the message again. */
export class NotReadyError extends Error {
  override readonly name = 'NotReadyError';
  /** When it will be, if that is known. */
  readonly readyAt: Date | undefined;

  constructor(message: string, readyAt?: Date) {
    super(message);
    this.readyAt = readyAt;
  }
}

/** Orders before every sequencer of S3's. */
export const NO_SEQUENCER = '0';

/**
 * The photos' items. Every write is conditional on the analysis it belongs to, so that messages which
 * come twice, late or out of order change nothing.
 */
export class Items {
  readonly #client: DynamoDBDocumentClient;
  readonly #table: string;

  constructor(client: DynamoDBDocumentClient, table: string) {
    this.#client = client;
    this.#table = table;
  }

  async get(photo: string): Promise<Photo | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.#table, Key: { photo }, ConsistentRead: true }),
    );
    return Item && photoSchema.parse(Item);
  }

  /**
   * Whether an analysis of a photo was announced, or began again since: nothing is left to do for who knows of this attempt
   * at it. An item may be large, and none of the rest of it comes along.
   */
  async isOver(photo: string, analysis: string, attempt = Number.POSITIVE_INFINITY): Promise<boolean> {
    const { Item } = await this.#client.send(
      new GetCommand({
        TableName: this.#table,
        Key: { photo },
        ConsistentRead: true,
        ProjectionExpression: 'analysis, attempt, announcedAt',
      }),
    );
    const state = photoSchema
      .pick({ analysis: true, attempt: true, announcedAt: true })
      .optional()
      .parse(Item);
    if (state?.analysis !== analysis) return false;
    return state.announcedAt !== undefined || state.attempt > attempt;
  }

  /**
   * Opens the item of a photo's new version, unless a newer version has one already, or the form that it came with was
   * used before. An analysis that was given up may begin again.
   * @param known the item as it was when a backfill looked at the photo; events order by their sequencer instead
   * @returns the item of this very analysis, whatever state it is in; undefined when it has been superseded
   */
  async begin(event: PhotoEvent, expiresAt: number, known?: Photo): Promise<Photo | undefined> {
    const [newer, order] = event.sequencer
      ? [
          event.byForm
            ? '(#status = :awaiting AND sequencer < :sequencer)'
            : 'attribute_not_exists(photo) OR sequencer < :sequencer',
          event.sequencer,
        ]
      : [
          'attribute_not_exists(photo) OR (analysis = :known AND analysis <> :analysis)',
          known?.sequencer ?? NO_SEQUENCER,
        ];
    const later = event.at !== event.uploadedAt;
    const opened = await this.#update(event.key, {
      UpdateExpression: `SET #status = :pending, analysis = :analysis, sequencer = :sequencer,
          etag = :etag, uploadedAt = :uploadedAt, startedAt = :now, expiresAt = :expiresAt,
          duePart = :part, dueAt = :dueAt, tries = :none${later ? ', requestedAt = :requestedAt' : ''}
        REMOVE ${later ? '' : 'requestedAt, '}completedAt, announceBy, announcedAt, #bytes, #format, width, height,
          detector, faces, facesFound, wanted, outstanding, failure, cause
        ADD attempt :one`,
      ConditionExpression: `${newer}
        OR (analysis = :analysis AND #status = :failed AND failure.code = :gaveUp)`,
      ExpressionAttributeNames: { '#status': 'status', '#bytes': 'bytes', '#format': 'format' },
      ExpressionAttributeValues: {
        ':pending': 'pending',
        ':one': 1,
        ':none': {},
        ':failed': 'failed',
        ':gaveUp': 'gave-up',
        ':analysis': event.analysis,
        ':sequencer': order,
        ':etag': event.etag,
        ':uploadedAt': event.uploadedAt,
        ...(later && { ':requestedAt': event.at }),
        ':now': now(),
        ':expiresAt': expiresAt,
        ':part': event.analysis.slice(0, 1),
        ':dueAt': inADay(),
        ...(!event.sequencer && { ':known': known?.analysis ?? '' }),
        ...(event.sequencer && event.byForm && { ':awaiting': 'awaiting-upload' }),
      },
    });
    return opened ?? this.#own(event.key, event.analysis);
  }

  /** How often a function has tried its part of an analysis; undefined when it was given up, and is not to be tried again. */
  async tries(photo: string, analysis: string, stage: string): Promise<number | undefined> {
    const item = await this.#own(photo, analysis);
    return item?.failure?.code === 'gave-up' ? undefined : (item?.tries?.[stage] ?? 0);
  }

  /**
   * Notes one more with an item that is open.
   * @param count -1 takes one back
   * @returns how many there are with it
   */
  async addTry(photo: string, analysis: string, stage: string, count: 1 | -1): Promise<number | undefined> {
    const item = await this.#update(photo, {
      UpdateExpression: 'SET tries.#stage = if_not_exists(tries.#stage, :zero) + :count',
      ConditionExpression: 'analysis = :analysis AND #status = :pending AND attribute_exists(tries)',
      ExpressionAttributeNames: { '#status': 'status', '#stage': stage },
      ExpressionAttributeValues: {
        ':zero': 0,
        ':count': count,
        ':analysis': analysis,
        ':pending': 'pending',
      },
    });
    return item?.tries?.[stage];
  }

  /**
   * Writes what detect found, once. A photo without faces, or with nothing to estimate of them, is done with it.
   * @param outstanding what is to be estimated of the faces
   * @param announceBy until when the caller has the announcement of a finished photo to itself
   * @returns the item of this analysis, undefined when it has been superseded
   */
  async found(
    photo: string,
    analysis: string,
    findings: Findings,
    outstanding: readonly string[],
    announceBy: Date,
  ): Promise<Outcome> {
    const done = findings.faces.length === 0 || outstanding.length === 0;
    const { wanted, ...found } = findings;
    const entries = Object.entries({
      ...found,
      ...(wanted && { wanted }),
      ...(!done && { outstanding: new Set(outstanding) }),
    });
    const written = await this.#update(photo, {
      UpdateExpression: `SET ${entries.map(([name]) => `#${name} = :${name}`).join(', ')}${done ? `, ${COMPLETED} REMOVE ${PENDING}` : ''}`,
      ConditionExpression: 'analysis = :analysis AND #status = :pending AND attribute_not_exists(faces)',
      ExpressionAttributeNames: {
        '#status': 'status',
        ...Object.fromEntries(entries.map(([name]) => [`#${name}`, name])),
      },
      ExpressionAttributeValues: {
        ':analysis': analysis,
        ':pending': 'pending',
        ...Object.fromEntries(entries.map(([name, value]) => [`:${name}`, value])),
        ...(done && completedValues('done', photo, announceBy)),
      },
    });
    return { item: written ?? (await this.#own(photo, analysis)), completed: written?.status === 'done' };
  }

  /**
   * Merges what was estimated for some attributes into every face, in one conditional update that takes them out of the
   * outstanding ones; it also completes the item when nothing else is outstanding. Parts come in any order, and at the
   * same time: the update that expects others to be outstanding, or none, fails when it is mistaken, and the other one
   * is tried.
   * @param told the parts of each face, by attribute; none of one that no model is in service for any longer
   * @param alone whether nothing else is likely to be outstanding
   * @throws NotReadyError when the item has no faces yet
   */
  async merge(
    photo: string,
    analysis: string,
    told: Told,
    announceBy: Date,
    alone = false,
  ): Promise<Outcome> {
    let outcome: Outcome = { item: undefined, completed: false };
    for (const some of inUpdates(told)) {
      outcome = await this.#mergeSome(photo, analysis, some, announceBy, alone && some.size === told.size);
      if (outcome.item?.status !== 'pending') break;
    }
    return outcome;
  }

  async #mergeSome(
    photo: string,
    analysis: string,
    told: Told,
    announceBy: Date,
    alone: boolean,
  ): Promise<Outcome> {
    let left = told;
    for (;;) {
      for (const last of alone ? [true, false] : [false, true]) {
        const item = await this.#mergeExpecting(photo, analysis, left, last ? announceBy : undefined);
        if (item) return { item, completed: last };
      }
      const item = await this.#own(photo, analysis);
      if (item?.status !== 'pending') return { item, completed: false };
      const { faces, outstanding } = item;
      if (!faces || !outstanding) {
        const names = [...told.keys()].join(' and ');
        throw new NotReadyError(`Expected faces to add ${names} to, but ${photo} has none yet.`);
      }
      // Another part came in between the two updates, or the item was reset: look again.
      left = new Map([...told].filter(([name]) => outstanding.has(name)));
      if (left.size === 0) return { item, completed: false };
      for (const [name, parts] of left) {
        if (parts.length === 0 || parts.length === faces.length) continue;
        throw new Error(`Expected ${name} for ${faces.length} faces but there are ${parts.length}.`);
      }
    }
  }

  /** @param announceBy given when nothing else is expected to be outstanding */
  #mergeExpecting(
    photo: string,
    analysis: string,
    told: Told,
    announceBy: Date | undefined,
  ): Promise<Photo | undefined> {
    const names = [...told.keys()];
    const fields: string[] = [];
    const assignments: string[] = [];
    const values: Record<string, unknown> = {};
    for (const parts of told.values()) {
      for (const field of Object.keys(parts[0] ?? {})) {
        const number = fields.push(field);
        for (const [face, part] of parts.entries()) {
          assignments.push(`#f[${face}].#${number}=:${face}_${number}`);
          values[`:${face}_${number}`] = part[field];
        }
      }
    }
    const count = Math.max(...[...told.values()].map(({ length }) => length));
    if (announceBy) assignments.push(COMPLETED);
    const set = assignments.length > 0 ? `SET ${assignments.join(',')}` : '';
    return this.#update(photo, {
      UpdateExpression: `${set} ${announceBy ? `REMOVE outstanding, ${PENDING}` : 'DELETE outstanding :told'}`,
      ConditionExpression: `analysis = :analysis AND #status = :pending
        AND ${names.map((_, index) => `contains(outstanding, :told${index})`).join(' AND ')}
        AND size(outstanding) ${announceBy ? '=' : '>'} :many${count > 0 ? ' AND size(#f) = :count' : ''}`,
      ExpressionAttributeNames: {
        '#status': 'status',
        ...(count > 0 && { '#f': 'faces' }),
        ...Object.fromEntries(fields.map((field, index) => [`#${index + 1}`, field])),
      },
      ExpressionAttributeValues: {
        ...values,
        ...Object.fromEntries(names.map((name, index) => [`:told${index}`, name])),
        ':many': names.length,
        ':analysis': analysis,
        ':pending': 'pending',
        ...(count > 0 && { ':count': count }),
        ...(announceBy ? completedValues('done', photo, announceBy) : { ':told': new Set(names) }),
      },
    });
  }

  /**
   * Records why a pending analysis has no result.
   * @param cause see `GivenUp`
   * @param attempt which came to nothing, where that is known: one that began after it goes on
   */
  async fail(
    photo: string,
    analysis: string,
    failure: Failure,
    announceBy: Date,
    { cause, attempt }: { readonly cause?: string | undefined; readonly attempt?: number | undefined } = {},
  ): Promise<Outcome> {
    const failed = await this.#update(photo, {
      UpdateExpression: `SET ${COMPLETED}, failure = :failure${cause === undefined ? '' : ', cause = :cause'} REMOVE ${PENDING}`,
      ConditionExpression: `analysis = :analysis AND #status = :pending${attempt === undefined ? '' : ' AND attempt = :attempt'}`,
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: {
        ':analysis': analysis,
        ':pending': 'pending',
        ':failure': failure,
        ...(attempt !== undefined && { ':attempt': attempt }),
        ...(cause !== undefined && { ':cause': cause }),
        ...completedValues('failed', photo, announceBy),
      },
    });
    return { item: failed ?? (await this.#own(photo, analysis)), completed: failed !== undefined };
  }

  /**
   * Takes over the announcement of a finished photo from a function that did not make it in its time.
   * @returns the item with the announcement in the caller's hands; undefined when that time is not over, the
   * announcement was made, or the analysis has begun again
   */
  async takeOver(
    { photo, analysis, attempt, announceBy: theirs }: Photo,
    announceBy: Date,
  ): Promise<Photo | undefined> {
    return this.#update(photo, {
      UpdateExpression: 'SET announceBy = :announceBy',
      ConditionExpression: `${TURN} AND announceBy < :now`,
      ExpressionAttributeValues: {
        ...turnValues({ analysis, attempt, announceBy: theirs }),
        ':announceBy': announceBy.toISOString(),
        ':now': now(),
      },
    });
  }

  /** Notes that a finished photo was announced, unless the announcement is no longer the caller's to make. */
  async announced(item: Photo): Promise<void> {
    await this.#update(item.photo, {
      UpdateExpression: 'SET announcedAt = :now REMOVE announceBy',
      ConditionExpression: TURN,
      ExpressionAttributeValues: { ...turnValues(item), ':now': now() },
    });
  }

  /** The item that the end of a photo ends: none when it is known to belong to a version that came after. */
  async endedBy({ kind, key, analysis, sequencer }: PhotoEvent): Promise<Photo | undefined> {
    const item = await this.get(key);
    const ends =
      kind === 'created'
        ? item?.analysis === analysis
        : sequencer === undefined || (item && item.sequencer < sequencer);
    return ends ? item : undefined;
  }

  /** Removes an item, unless another analysis has begun since it was read. */
  async remove({ photo, analysis }: Photo): Promise<void> {
    await this.#conditional(() =>
      this.#client.send(
        new DeleteCommand({
          TableName: this.#table,
          Key: { photo },
          ConditionExpression: 'analysis = :analysis',
          ExpressionAttributeValues: { ':analysis': analysis },
        }),
      ),
    );
  }

  /** Photos that have been pending for a day since they began, or were last looked after: their keys and when they were due. */
  async overdue(limit: number): Promise<Due[]> {
    const due: Due[] = [];
    for (const part of DUE_PARTS) {
      const { Items = [] } = await this.#client.send(
        new QueryCommand({
          TableName: this.#table,
          IndexName: DUE_INDEX,
          KeyConditionExpression: 'duePart = :part AND dueAt < :now',
          ExpressionAttributeValues: { ':part': part, ':now': now() },
          Limit: limit,
        }),
      );
      due.push(...Items.map((item) => dueSchema.parse(item)));
    }
    return due.slice(0, limit);
  }

  /** Has a pending photo looked after a day later. @returns undefined when it is no longer what it was */
  async postpone({ photo, dueAt }: Due): Promise<Photo | undefined> {
    return this.#update(photo, {
      UpdateExpression: 'SET dueAt = :later',
      ConditionExpression: '#status = :pending AND dueAt = :dueAt',
      ExpressionAttributeNames: { '#status': 'status' },
      ExpressionAttributeValues: { ':pending': 'pending', ':dueAt': dueAt, ':later': inADay() },
    });
  }

  async #own(photo: string, analysis: string): Promise<Photo | undefined> {
    const item = await this.get(photo);
    return item?.analysis === analysis ? item : undefined;
  }

  async #update(
    photo: string,
    update: Omit<UpdateCommandInput, 'TableName' | 'Key' | 'ReturnValues'>,
  ): Promise<Photo | undefined> {
    const { Attributes } = await this.#conditional(() =>
      this.#client.send(
        new UpdateCommand({ TableName: this.#table, Key: { photo }, ReturnValues: 'ALL_NEW', ...update }),
      ),
    );
    return Attributes && photoSchema.parse(Attributes);
  }

  /** A condition that does not hold is an answer here, not an error. */
  async #conditional<Output>(write: () => Promise<Output>): Promise<Output | { Attributes?: never }> {
    try {
      return await write();
    } catch (error) {
      if (error instanceof ConditionalCheckFailedException) return {};
      throw error;
    }
  }
}

/**
 * Assignments that one update may have: DynamoDB takes 300 operators and 4,096 characters of an expression, of which an
 * assignment to a face's field has up to 17.
 */
const ASSIGNMENTS = 220;

/** What is merged together, as far as there is room in one update. */
function inUpdates(told: Told): Told[] {
  const updates: Map<string, readonly Part[]>[] = [];
  let room = 0;
  for (const [name, parts] of told) {
    const assignments = parts.length * Object.keys(parts[0] ?? {}).length;
    const update = updates.at(-1);
    const fits = update !== undefined && assignments <= room;
    if (fits) update.set(name, parts);
    else updates.push(new Map([[name, parts]]));
    room = (fits ? room : ASSIGNMENTS) - assignments;
  }
  return updates;
}

/** With the folder it comes into the index by folder: written there once, it costs least. */
const COMPLETED = '#status = :status, folder = :folder, completedAt = :completedAt, announceBy = :announceBy';

/**
 * Holds while the announcement of an item is the caller's to make. Only a finished item has a time until when that is
 * to be done, and whoever takes over sets a later one: it also says whose turn it is.
 */
const TURN = 'analysis = :analysis AND attempt = :attempt AND announceBy = :turn';

const turnValues = ({
  analysis,
  attempt,
  announceBy = '',
}: Pick<Photo, 'analysis' | 'attempt' | 'announceBy'>) => ({
  ':analysis': analysis,
  ':attempt': attempt,
  ':turn': announceBy,
});

/** What only pending items have. */
const PENDING = 'duePart, dueAt, tries';

/** How long an analysis may take before it is looked after, in milliseconds. */
const DUE = 86_400_000;
const inADay = () => new Date(Date.now() + DUE).toISOString();

const completedValues = (status: Photo['status'], photo: string, announceBy: Date) => ({
  ':status': status,
  ':folder': folderOf(photo),
  ':completedAt': now(),
  ':announceBy': announceBy.toISOString(),
});

const now = () => new Date().toISOString();
