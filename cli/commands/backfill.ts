import { randomUUID } from 'node:crypto';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { Command, Option } from 'commander';
import { isFolder } from '../../functions/shared/event.ts';
import { isFinished, type Photo } from '../../functions/shared/item.ts';
import { createNotification, type StoredPhoto } from '../../functions/shared/notification.ts';
import { type Checkpoint, readCheckpoint, removeCheckpoint, writeCheckpoint } from '../checkpoint.ts';
import { count, EXIT, printable, run, say } from '../command.ts';
import { type AttributeVersion, parseAttributeVersion, toldByOlder } from '../older-model.ts';
import { requireOnTarget } from '../own-cards.ts';
import { startProgress } from '../progress.ts';
import { BATCH, sendMessages } from '../queue.ts';
import { Pace, parseRate } from '../rate.ts';
import { readPhotos } from '../results.ts';
import { addTargetOptions, connect, type Target, type TargetOptions } from '../target.ts';

/** Whether what is known of a photo is to be found out again. */
type Outdated = ((photo: Photo) => boolean) | undefined;

interface BackfillOptions extends TargetOptions {
  readonly prefix: string;
  /** Photos per second. */
  readonly rate: number;
  readonly all?: boolean;
  readonly olderThan?: AttributeVersion;
  readonly restart?: boolean;
}

async function backfill(options: BackfillOptions): Promise<void> {
  const target = await connect(options);
  const bucket = target.stack.photoBucket;
  const place = { bucket, prefix: options.prefix, scope: scopeOf(options) };
  const { prefix } = place;
  const isOutdated = options.olderThan && (await outdatedBy(target, options.olderThan));
  if (options.restart) await removeCheckpoint(place);
  const before = await readCheckpoint(place);
  const checkpoint = before ?? {
    ...place,
    run: randomUUID(),
    startedAt: new Date().toISOString(),
    sent: 0,
    skipped: 0,
  };
  if (before)
    say(`Continuing the backfill of ${before.startedAt} after "${printable(before.lastKey ?? '')}"`);
  say(
    `Backfilling "${prefix}…" of ${target.description} at ${Number(options.rate.toPrecision(3))} photos per second`,
  );

  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  // A second Ctrl-C ends the program as usual; what is lost is at most the note of the last batch.
  process.once('SIGINT', interrupt).once('SIGTERM', interrupt);
  try {
    await send(target, checkpoint, { ...options, isOutdated }, interruption.signal);
  } catch (error) {
    if (!interruption.signal.aborted) throw error;
    say(`Interrupted after ${told(checkpoint)}. Run the same command again to continue.`);
    process.exitCode = EXIT.interrupted;
    return;
  }
  await removeCheckpoint(checkpoint);
  if (checkpoint.sent + checkpoint.skipped === 0) {
    throw new Error(
      `Expected photos in the bucket ${bucket} but none has a key that begins with "${prefix}".`,
    );
  }
  say(`Finished: ${told(checkpoint)}. The results will appear in the table ${target.stack.table}.`);
}

/** What beside photos without a result is sent; one with another scope begins by itself. */
const scopeOf = ({ all, olderThan }: BackfillOptions): string =>
  all ? 'all' : olderThan ? `${olderThan.attribute}:${olderThan.version}` : '';

async function outdatedBy(target: Target, version: AttributeVersion): Promise<Outdated> {
  await requireOnTarget(target, [version.attribute]);
  const isOlder = await toldByOlder(target, version);
  return (photo) => isFinished(photo) && isOlder(photo);
}

/** Sends one message per photo, and notes in the checkpoint how far it has come. */
async function send(
  target: Target,
  checkpoint: Checkpoint,
  {
    prefix,
    rate,
    all,
    isOutdated,
  }: Pick<BackfillOptions, 'prefix' | 'rate' | 'all'> & { isOutdated: Outdated },
  signal: AbortSignal,
): Promise<void> {
  const pace = new Pace(rate);
  const batchSize = Math.min(BATCH, Math.max(1, Math.floor(rate)));
  const progress = startProgress('Backfilling');
  try {
    for await (const photos of listPhotos(target, prefix, checkpoint.lastKey)) {
      const left = await findSettled(target, photos, all ? () => true : isOutdated);
      for (let start = 0; start < photos.length; start += batchSize) {
        const batch = photos.slice(start, start + batchSize);
        const wanted = batch.filter(({ key }) => !left.has(key));
        signal.throwIfAborted();
        if (wanted.length > 0) {
          await pace.take(wanted.length, signal);
          const bodies = wanted.map((photo) => createNotification(target.stack, photo, checkpoint.run));
          await sendMessages(target.sqs, target.stack.uploadQueue, bodies);
        }
        checkpoint.sent += wanted.length;
        checkpoint.skipped += batch.length - wanted.length;
        checkpoint.lastKey = batch.at(-1)?.key;
        await writeCheckpoint(checkpoint);
        progress.update(0, told(checkpoint));
      }
    }
  } finally {
    progress.stop();
  }
}

/** Up to a hundred photos at a time, in the order of their keys; no folder markers. */
async function* listPhotos(
  { s3, stack }: Target,
  prefix: string,
  after: string | undefined,
): AsyncGenerator<StoredPhoto[]> {
  const pages = paginateListObjectsV2(
    { client: s3 },
    {
      Bucket: stack.photoBucket,
      Prefix: prefix,
      // Keys may hold characters that XML does not.
      EncodingType: 'url',
      ...(after !== undefined && { StartAfter: after }),
    },
  );
  for await (const { Contents = [], EncodingType } of pages) {
    const photos = Contents.map(({ Key = '', Size = 0, ETag = '', LastModified = new Date() }) => ({
      key: EncodingType === 'url' ? decodeURIComponent(Key.replaceAll('+', ' ')) : Key,
      size: Size,
      etag: ETag.replaceAll('"', ''),
      lastModified: LastModified,
    })).filter((photo) => !isFolder(photo));
    for (let start = 0; start < photos.length; start += 100) yield photos.slice(start, start + 100);
  }
}

/**
 * Keys of photos that are left as they are: those whose present version has a result, or has failed for good; of outdated
 * ones only those with faces that people corrected, as a new analysis would know nothing of that.
 */
async function findSettled(
  target: Target,
  photos: readonly StoredPhoto[],
  isOutdated: Outdated,
): Promise<Set<string>> {
  const items = await readPhotos(
    target,
    photos.map(({ key }) => key),
  );
  const settled = photos.filter(({ key, etag }) => {
    const item = items.get(key);
    if (item?.etag !== etag) return false;
    if (isOutdated?.(item)) return item.faces?.some(({ label }) => label) ?? false;
    return isFinished(item) && item.failure?.code !== 'gave-up';
  });
  return new Set(settled.map(({ key }) => key));
}

const told = ({ sent, skipped }: Checkpoint) =>
  `${count(sent, 'photo')} sent, ${skipped.toLocaleString('en')} skipped because they had a result or a correction`;

const command = new Command('npm run backfill --')
  .description(
    'Analyses photos that are already in the bucket. If it is interrupted, run it again: it continues where it stopped.',
  )
  .requiredOption('--prefix <prefix>', 'only photos whose keys begin with this; "" for the whole bucket')
  .option('--rate <rate>', 'photos to send, such as 20/s, 90/min or 500/h', parseRate, 10)
  .option('--all', 'also photos that already have a result, unless somebody corrected it')
  .addOption(
    new Option(
      '--older-than <attribute:version>',
      'also photos with an attribute that an older model estimated, such as age:3, unless somebody corrected it',
    )
      .argParser(parseAttributeVersion)
      .conflicts('all'),
  )
  .option('--restart', 'start over instead of continuing');
addTargetOptions(command);
await run(command.action(backfill));
