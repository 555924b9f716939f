import { type Command, Option } from 'commander';
import { sum } from 'd3-array';
import { factsOfNames } from '../attributes/facts.ts';
import { ownWords } from '../attributes/own/words.ts';
import { isWanted, QUALITY, type Wanted } from '../attributes/wanted.ts';
import type { Fact } from '../attributes/words.ts';
import type { Photo } from '../functions/shared/item.ts';
import { leaveOutPoor } from '../vision/face.ts';
import { complain, count, messageOf, numberFrom, say } from './command.ts';
import { formatCsv, formatCsvHeader } from './csv.ts';
import { ownCards } from './own-cards.ts';
import { startProgress } from './progress.ts';
import { type Awaited, findPhoto, waitForResults } from './results.ts';
import { formatTable } from './table.ts';
import type { Target } from './target.ts';

export interface ReportOptions {
  readonly json?: boolean;
  readonly csv?: boolean;
  readonly wait: boolean;
  /** Faces of a lower score are left out, 0 to 100. */
  readonly minimumQuality: number;
  /** What is wanted of the faces; default: all that is on. */
  readonly attributes?: Wanted;
  /** Seconds without a result. */
  readonly timeout: number;
}

const RESULTS = `
The table of results shows for each face the detector's confidence, its box (x,y width×height in pixels of the
upright photo), its age with an 80 % interval, its gender with the confidence in it, its score (from 100 for the
youngest to 20 for the oldest), its picture quality, and the seconds from upload to result. In scripts,
"npm run --silent" keeps npm's own output out of --json and --csv.

Exits with 0 if every photo was analysed, with 1 if a photo failed, or with 2 if the command itself failed.`;

/** A photo without the faces of lower quality, as if they had not been found. */
function withQuality(photo: Photo, minimum: number): Photo {
  if (!photo.faces) return photo;
  const { faces, found } = leaveOutPoor(photo.faces, photo.facesFound ?? photo.faces.length, minimum);
  return { ...photo, faces, facesFound: found };
}

/** Gives a command the options that say how results are waited for and shown. */
export function addReportOptions(command: Command): Command {
  return command
    .addOption(new Option('--json', 'print the items as JSON lines').conflicts('csv'))
    .option('--csv', 'print CSV, one line per face')
    .option(
      '--timeout <seconds>',
      'stop waiting after this many seconds without a new result',
      numberFrom(1, 1_000_000),
      300,
    )
    .option(
      '--minimum-quality <score>',
      'leave out faces whose picture quality is lower than this, 0 to 100',
      numberFrom(0, 100),
      0,
    )
    .option('--no-wait', 'do not wait for the results')
    .addHelpText('after', RESULTS);
}

export interface Report {
  readonly photos: Photo[];
  /** How many photos failed, or had no result in time. */
  readonly failures: number;
}

/** Why there is no result, by what became of the photo. */
const MISSING = {
  there: 'No result yet, though one may still come: wait longer with --timeout, or check the logs.',
  overwritten: 'It was overwritten by another upload before it was analysed.',
  gone: 'It was deleted before it was analysed.',
} as const;

/** Waits for results and prints them on standard output: as they come, or as a table when all are there. */
export async function reportResults(
  target: Target,
  awaited: readonly Awaited[],
  { json, csv, timeout, minimumQuality, attributes }: ReportOptions,
): Promise<Report> {
  const started = performance.now();
  const streams = json || csv;
  // Lines on a terminal that come while a bar stands there would break it.
  const progress = streams && process.stdout.isTTY ? undefined : startProgress('Analysing', awaited.length);
  const came: Photo[] = [];
  // All that may be told while the results come.
  const facts = csv ? await factsToldBy(target, attributes) : [];
  if (csv) process.stdout.write(formatCsvHeader(facts));
  const results = await waitForResults(target, awaited, {
    timeoutSeconds: timeout,
    onResult: (result) => {
      const photo = withQuality(result, minimumQuality);
      came.push(photo);
      progress?.update(came.length, `${came.length} of ${count(awaited.length, 'photo')}`);
      if (streams) process.stdout.write(json ? `${JSON.stringify(photo)}\n` : formatCsv(photo, facts));
    },
  })
    .finally(() => progress?.stop())
    .catch((cause: NodeJS.ErrnoException) => {
      if (!streams && came.length > 0) process.stdout.write(`${formatTable(came)}\n`);
      if (!isOfConnection(cause)) throw cause;
      throw new Error(
        `Expected ${count(awaited.length - came.length, 'more result')} but ${target.description} does not answer (${messageOf(cause)}). What was uploaded is kept, and analysed when it runs again.`,
        { cause },
      );
    });
  const photos = results.map((photo) => withQuality(photo, minimumQuality));
  if (!streams && photos.length > 0) process.stdout.write(`${formatTable(photos)}\n`);

  const answered = new Set(photos.map(({ photo }) => photo));
  const missing = awaited.filter(({ key }) => !answered.has(key));
  for (const one of missing) complain(`${one.key}: ${MISSING[await findPhoto(target, one)]}`);
  const failed = photos.filter(({ status }) => status === 'failed');
  if (streams)
    for (const { photo, failure } of failed) complain(`${photo}: ${failure?.message ?? 'It failed.'}`);
  say(summarise(photos, failed.length, missing.length, (performance.now() - started) / 1000));
  return { photos, failures: failed.length + missing.length };
}

/** Whether an error is the system's own of a connection, by its code: ECONNREFUSED. */
const isOfConnection = ({ code = '' }: NodeJS.ErrnoException): boolean => /^E[A-Z]+$/.test(code);

function summarise(photos: readonly Photo[], failed: number, missing: number, seconds: number): string {
  const faces = sum(photos, ({ faces }) => faces?.length ?? 0);
  const parts = [
    `${count(photos.length - failed, 'photo')} analysed, ${count(faces, 'face')}`,
    ...(failed > 0 ? [`${failed} failed`] : []),
    ...(missing > 0 ? [`${missing} without a result`] : []),
  ];
  return `${parts.join(', ')}, in ${seconds.toFixed(1)} s`;
}

/** Of what is wanted of the attributes that the stack estimates, and of those of one's own that are in service. */
async function factsToldBy(target: Target, wanted: Wanted): Promise<readonly Fact[]> {
  const own = (await ownCards(target)).filter(({ task }) => isWanted(task, wanted));
  const listed = [...target.stack.attributes, QUALITY].filter((name) => isWanted(name, wanted));
  return [
    ...factsOfNames(listed),
    ...own.flatMap(({ task, definition }) => ownWords(task, definition.kind).facts),
  ];
}
