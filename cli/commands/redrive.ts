import { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
import pMap from 'p-map';
import { isFolder } from '../../functions/shared/event.ts';
import type { Photo } from '../../functions/shared/item.ts';
import { count, EXIT, printable, run, say } from '../command.ts';
import { collectDeadLetters, type DeadLetter, release, resend } from '../dead-letters.ts';
import { addReportOptions, type ReportOptions, reportResults } from '../report.ts';
import { type Awaited, findPhoto, readPhotos } from '../results.ts';
import { addTargetOptions, connect, type Target, type TargetOptions } from '../target.ts';

interface RedriveOptions extends TargetOptions, ReportOptions {
  readonly dryRun?: boolean;
}

/** Photos asked for side by side. */
const ASKED = 8;

async function redrive({ dryRun = false, ...options }: RedriveOptions): Promise<void> {
  const target = await connect(options);
  const found = (letters: number) => say(`${count(letters, 'dead letter')} on ${target.description}`);
  if (dryRun) return found(await list(target, options));

  let redriven = 0;
  const awaited = new Map<string, Awaited>();
  for await (const letters of collectDeadLetters(target)) {
    const photos = await photosOf(target, letters);
    try {
      await resend(target, letters);
    } catch (error) {
      await release(target, letters);
      throw error;
    }
    redriven += letters.length;
    if (!options.wait) continue;
    for (const one of await expectResults(target, letters, photos)) awaited.set(one.key, one);
  }
  found(redriven);
  if (!options.wait || redriven === 0) return;
  const { failures } = await reportResults(target, [...awaited.values()], options);
  process.exitCode = failures > 0 ? EXIT.failed : EXIT.done;
}

const photosOf = (target: Target, letters: readonly DeadLetter[]) =>
  readPhotos(
    target,
    letters.flatMap(({ events }) => events.map(({ key }) => key)),
  );

/** The photos that will have a result: not those that were deleted or overwritten since. */
async function expectResults(
  target: Target,
  letters: readonly DeadLetter[],
  photos: ReadonlyMap<string, Photo>,
): Promise<Awaited[]> {
  const created = letters
    .flatMap(({ events }) => events)
    .filter((event) => event.kind === 'created' && !isFolder(event));
  const expected = await pMap(
    // Several functions may have failed at one photo.
    new Map(created.map((event) => [event.key, event])).values(),
    async ({ key, etag, analysis }): Promise<Awaited | undefined> => {
      const state = await findPhoto(target, { key, etag });
      if (state !== 'there') {
        say(`${printable(key)} has been ${state === 'gone' ? 'deleted' : 'overwritten'} since`);
        return undefined;
      }
      const before = photos.get(key);
      // Only an analysis that was given up begins again; any other result stands.
      const begun = before?.analysis === analysis && before.failure?.code === 'gave-up';
      return { key, etag, ...(begun && { before }) };
    },
    { concurrency: ASKED },
  );
  return expected.filter((one) => one !== undefined);
}

/** Prints the letters, and leaves them where they are. @returns how many there are */
async function list(target: Target, { json, csv }: ReportOptions): Promise<number> {
  const held: Pick<DeadLetter, 'queue' | 'receipt'>[] = [];
  const stages = [...target.stack.estimators.map(({ name }) => name), 'detect'];
  if (target.stack.webhookDeadLetters !== undefined) stages.push('webhook');
  const width = Math.max(...stages.map(({ length }) => length));
  try {
    for await (const letters of collectDeadLetters(target)) {
      const rows = rowsOf(letters, await photosOf(target, letters));
      if (csv) {
        const columns = ['stage', 'photo', 'reason'];
        process.stdout.write(stringify(rows, { header: held.length === 0, columns, escape_formulas: true }));
      } else {
        for (const row of rows) process.stdout.write(`${json ? JSON.stringify(row) : lineOf(row, width)}\n`);
      }
      held.push(...letters.map(({ queue, receipt }) => ({ queue, receipt })));
    }
  } finally {
    await release(target, held);
  }
  return held.length;
}

interface Row {
  readonly stage: string;
  readonly photo: string;
  readonly reason: string;
}

const rowsOf = (letters: readonly DeadLetter[], photos: ReadonlyMap<string, Photo>): Row[] =>
  letters.flatMap(({ stage, events, body, announcement }): Row[] =>
    announcement
      ? [{ stage, ...announcement }]
      : events.length > 0
        ? events.map(({ key }) => ({ stage, photo: key, reason: reasonOf(photos.get(key)) }))
        : [{ stage, photo: '', reason: `not a message of this project: ${body.slice(0, 200)}` }],
  );

const reasonOf = ({ failure, cause }: Partial<Photo> = {}): string =>
  [failure?.message, cause].filter((text) => text !== undefined).join(' ');

const lineOf = ({ stage, photo, reason }: Row, width: number): string =>
  printable([stage.padEnd(width), photo, reason].filter((text) => text !== '').join('  '));

const command = new Command('npm run redrive --')
  .description(
    'Sends the messages in the dead-letter queues again (those of the webhook to the event bus), waits for the ' +
      'results and prints them.',
  )
  .option('--dry-run', 'only list the messages, with the reasons why they were given up');
addReportOptions(command);
addTargetOptions(command);
await run(command.action(redrive));
