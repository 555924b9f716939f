import { Command } from 'commander';
import { stringify } from 'csv-stringify/sync';
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

async function redrive(options: RedriveOptions): Promise<void> {
  const target = await connect(options);
  const letters = await collectDeadLetters(target);
  say(`${count(letters.length, 'dead letter')} on ${target.description}`);
  const photos = await readPhotos(
    target,
    letters.flatMap(({ events }) => events.map(({ key }) => key)),
  );
  if (options.dryRun) {
    await release(target, letters);
    process.stdout.write(list(letters, photos, options));
    return;
  }

  try {
    await resend(target, letters);
  } catch (error) {
    await release(target, letters);
    throw error;
  }
  if (!options.wait || letters.length === 0) return;
  const awaited = await expectResults(target, letters, photos);
  const { failures } = await reportResults(target, awaited, options);
  process.exitCode = failures > 0 ? EXIT.failed : EXIT.done;
}

/** The photos that will have a result: not those that were deleted or overwritten since. */
async function expectResults(
  target: Target,
  letters: readonly DeadLetter[],
  photos: ReadonlyMap<string, Photo>,
): Promise<Awaited[]> {
  const awaited = new Map<string, Awaited>();
  for (const event of letters.flatMap(({ events }) => events)) {
    const { kind, key, etag, analysis } = event;
    if (kind === 'removed' || isFolder(event)) continue;
    const state = await findPhoto(target, { key, etag });
    if (state !== 'there') {
      say(`${printable(key)} has been ${state === 'gone' ? 'deleted' : 'overwritten'} since`);
      continue;
    }
    const before = photos.get(key);
    // Only an analysis that was given up begins again; any other result stands.
    const begun = before?.analysis === analysis && before.failure?.code === 'gave-up';
    awaited.set(key, { key, etag, ...(begun && { before }) });
  }
  return [...awaited.values()];
}

function list(
  letters: readonly DeadLetter[],
  photos: ReadonlyMap<string, Photo>,
  { json, csv }: RedriveOptions,
): string {
  const rows = letters.flatMap(({ stage, events, body, announcement }) =>
    announcement
      ? [{ stage, ...announcement }]
      : events.length > 0
        ? events.map(({ key }) => ({ stage, photo: key, reason: photos.get(key)?.failure?.message ?? '' }))
        : [{ stage, photo: '', reason: `not a message of this project: ${body.slice(0, 200)}` }],
  );
  if (csv)
    return stringify(rows, { header: true, columns: ['stage', 'photo', 'reason'], escape_formulas: true });
  const width = Math.max(...rows.map(({ stage }) => stage.length));
  const lines = rows.map((row) =>
    json
      ? JSON.stringify(row)
      : printable([row.stage.padEnd(width), row.photo, row.reason].filter((text) => text !== '').join('  ')),
  );
  return lines.map((line) => `${line}\n`).join('');
}

const command = new Command('npm run redrive --')
  .description(
    'Sends the messages of the dead-letter queues again, those of the webhook to the event bus; waits for the ' +
      'results and prints them.',
  )
  .option('--dry-run', 'only list the messages, with the reasons why they were given up');
addReportOptions(command);
addTargetOptions(command);
await run(command.action(redrive));
