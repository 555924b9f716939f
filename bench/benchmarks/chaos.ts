import { setTimeout as sleep } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import pMap from 'p-map';
import sharp from 'sharp';
import { readPhotos } from '../../cli/results.ts';
import type { Photo } from '../../functions/shared/item.ts';
import type { LocalStack } from '../../local/stack.ts';
import { queuesOf } from '../../test/estimators.ts';
import { divertNotifications } from '../../test/pipeline/diversions.ts';
import { Pipeline, resultOf } from '../../test/pipeline/pipeline.ts';
import { randomFor } from '../../training/trainer/random.ts';
import { effort, few } from '../effort.ts';
import { Killer } from '../killer.ts';
import { samplePhotos } from '../photos.ts';
import { inventPlay, type Play } from '../plays.ts';
import { onStack } from '../stack.ts';
import { markdownTable } from '../table.ts';

/**
 * Photos that are put, overwritten, deleted and reported twice, first left alone and then while function processes are
 * killed every few seconds. In the end nothing may be lost or pending or wrong, though nobody looks after it. Linux
 * only, whose /proc says which processes there are.
 */

const PHOTOS = effort(2000, 6);
const UPLOADS = 16;
/** Milliseconds from one kill to the next, and how many there are at most. */
const EVERY = effort(4000, 1000);
const KILLS = effort(Number.POSITIVE_INFINITY, 2);
/** Seconds that a function may take: as by default, or so short that what is killed comes back soon. */
const TIMEOUT = effort(60, 15);
/** As many times as long as without kills it may take with them. */
const SLOWER = 3;
/** Longest side of the photos, in pixels: what is measured is what surrounds their analysis. */
const SIDE = 400;
/** Milliseconds until whatever is left is taken to be left for ever. */
const PATIENCE = 40 * 60_000;
/** Between two looks at the queues, and how many in a row must find nothing. */
const [LOOK, LOOKS] = [1000, 3];
/** Milliseconds around an announcement in which its function must have been killed for it to be repeated. */
const MOMENT = 3000;

interface Content {
  readonly name: string;
  readonly bytes: Buffer;
}

/** What became of the photos of one run. */
interface Outcome {
  /** From the first upload to the last announcement, in seconds. */
  readonly seconds: number;
  readonly kills: number;
  readonly kept: number;
  readonly lost: readonly string[];
  readonly pending: readonly string[];
  readonly gaveUp: readonly string[];
  readonly wrong: readonly string[];
  readonly unannounced: readonly string[];
  /** Announcements that were made a second time, as their function was killed before it could note them. */
  readonly repeated: number;
  /** Those that no kill explains. */
  readonly unexplained: readonly string[];
  readonly chips: number;
  readonly deadLetters: number;
}

async function contents(): Promise<Content[]> {
  const photos = await Promise.all(
    few(await samplePhotos()).map(async ({ name, jpeg }) => ({
      name,
      bytes: await sharp(jpeg).resize({ width: SIDE, height: SIDE, fit: 'inside' }).jpeg().toBuffer(),
    })),
  );
  const damaged = photos.slice(0, 1).map(({ name, bytes }) => ({
    name: `half of ${name}`,
    bytes: bytes.subarray(0, bytes.length / 2),
  }));
  return [...photos, ...damaged];
}

async function perform(pipeline: Pipeline, { key, acts }: Play<Content>): Promise<void> {
  for (const { act, pause } of acts) {
    await sleep(pause);
    await (act === 'delete' ? pipeline.delete(key) : pipeline.put(key, act.put.bytes));
  }
}

/** Waits until no message is left to work on. @returns whether that came */
async function settled(pipeline: Pipeline): Promise<boolean> {
  const deadline = Date.now() + PATIENCE;
  for (let quiet = 0; quiet < LOOKS; ) {
    if (Date.now() > deadline) return false;
    await sleep(LOOK);
    const counts = await Promise.all(queuesOf(pipeline.target.stack).map((queue) => pipeline.count(queue)));
    quiet = counts.every((count) => count === 0) ? quiet + 1 : 0;
  }
  return true;
}

/** The announcements of a photo's attempts that were made more than once: when the first of each was. */
function repetitions(pipeline: Pipeline, key: string): number[] {
  const first = new Map<string, number>();
  return pipeline.announcements.about(key).flatMap(({ time, detail: { analysis, attempt } }) => {
    const name = `${analysis}-${attempt}`;
    const before = first.get(name);
    if (before !== undefined) return [before];
    first.set(name, Date.parse(time));
    return [];
  });
}

async function run(
  pipeline: Pipeline,
  plays: readonly Play<Content>[],
  expected: ReadonlyMap<Content, Partial<Photo>>,
  startKiller?: () => Killer,
): Promise<Outcome> {
  const start = Date.now();
  const killer = startKiller?.();
  try {
    await pMap(plays, (play) => perform(pipeline, play), { concurrency: UPLOADS });
    await settled(pipeline);
  } finally {
    await killer?.stop();
  }
  const kills = killer?.kills ?? [];
  const items = await readAll(pipeline, plays);
  const kept = plays.filter(({ last }) => last);
  const left = plays.filter(({ key, last }) => !last && items.has(key));
  const of = (filter: (item: Photo, play: Play<Content>) => boolean) =>
    kept
      .filter((play) => {
        const item = items.get(play.key);
        return item !== undefined && filter(item, play);
      })
      .map(({ key }) => key);
  const hasGivenUp = ({ failure }: Photo) => failure?.code === 'gave-up';
  const ends = [...items.values()].flatMap(({ announcedAt }) =>
    announcedAt ? [Date.parse(announcedAt)] : [],
  );
  const repeated = plays.flatMap(({ key }) => repetitions(pipeline, key).map((time) => ({ key, time })));
  return {
    seconds: (Math.max(...ends) - start) / 1000,
    kills: kills.length,
    kept: kept.length,
    lost: kept.filter(({ key }) => !items.has(key)).map(({ key }) => key),
    pending: of(({ status }) => status === 'pending'),
    gaveUp: of(hasGivenUp),
    wrong: [
      ...left.map(({ key }) => key),
      ...of(
        (item, { last }) =>
          item.status !== 'pending' &&
          !hasGivenUp(item) &&
          !isDeepStrictEqual(resultOf(item), last && expected.get(last)),
      ),
    ],
    unannounced: of(
      ({ announcedAt, analysis, attempt }, { key }) =>
        announcedAt === undefined ||
        !pipeline.announcements
          .about(key)
          .some(({ detail }) => detail.analysis === analysis && detail.attempt === attempt),
    ),
    repeated: repeated.length,
    unexplained: repeated
      .filter(({ time }) => !kills.some((kill) => Math.abs(kill - time) <= MOMENT))
      .map(({ key }) => key),
    chips: (await pipeline.chips()).length,
    deadLetters: await pipeline.deadLetters(),
  };
}

const readAll = (pipeline: Pipeline, plays: readonly Play<Content>[]): Promise<Map<string, Photo>> =>
  readPhotos(
    pipeline.target,
    plays.map(({ key }) => key),
  );

async function measure(local: LocalStack): Promise<void> {
  const pipeline = await Pipeline.deploy('chaos', { timeout: TIMEOUT }, local);
  try {
    const photos = await contents();
    const expected = new Map<Content, Partial<Photo>>();
    for (const photo of photos) {
      expected.set(photo, resultOf(await pipeline.drop(`expected/${photo.name}`, photo.bytes)));
    }
    const playsIn = (folder: string) =>
      Array.from({ length: PHOTOS }, (_, index) =>
        inventPlay(`${folder}/${index}.jpg`, photos, randomFor('chaos', index)),
      );
    const [calm, chaotic] = [playsIn('calm'), playsIn('chaos')];
    const repeated = new Set([...calm, ...chaotic].filter((play) => play.repeated).map(({ key }) => key));
    await divertNotifications(pipeline, async (photo, notification) => {
      for (let time = repeated.has(photo) ? 0 : 1; time < 2; time++) {
        await pipeline.send(pipeline.target.stack.uploadQueue, notification);
      }
    });
    const without = await run(pipeline, calm, expected);
    const withKills = await run(
      pipeline,
      chaotic,
      expected,
      () =>
        new Killer({
          endpoint: local.endpoint,
          stackName: pipeline.target.stack.stackName,
          every: EVERY,
          most: KILLS,
          random: randomFor('kills'),
        }),
    );
    print(without, withKills);
  } finally {
    await pipeline.close();
  }
}

function print(without: Outcome, withKills: Outcome): void {
  const ratio = withKills.seconds / without.seconds;
  const row = (title: string, value: (outcome: Outcome) => number | string) => [
    title,
    value(without),
    value(withKills),
  ];
  console.log(`### Photos while functions are killed

${PHOTOS} photos, some of them overwritten, deleted, or reported twice by S3; then the same while one of the functions'
processes is killed every ${EVERY / 1000} seconds until all is done. With kills it takes ${ratio.toFixed(1)} times as long (goal: at most ${SLOWER}).

${markdownTable(
  ['', 'left alone', 'with kills'],
  [
    row('seconds', ({ seconds }) => seconds.toFixed(0)),
    row('kills', ({ kills }) => kills),
    row('photos that stay', ({ kept }) => kept),
    row('lost', ({ lost }) => lost.length),
    row('pending in the end', ({ pending }) => pending.length),
    row('given up', ({ gaveUp }) => gaveUp.length),
    row('with another result than alone', ({ wrong }) => wrong.length),
    row('not announced', ({ unannounced }) => unannounced.length),
    row('announcements repeated after a kill', ({ repeated, unexplained }) => repeated - unexplained.length),
    row('announcements repeated without one', ({ unexplained }) => unexplained.length),
    row('chips left behind', ({ chips }) => chips),
    row('dead letters', ({ deadLetters }) => deadLetters),
  ],
)}
`);
  const bad = [without, withKills].flatMap((outcome) => {
    const { lost, pending, wrong, unannounced, unexplained, gaveUp, chips, deadLetters } = outcome;
    const keys = Object.entries({ lost, pending, wrong, unannounced, unexplained });
    return [
      ...keys.flatMap(([name, photos]) => photos.map((key) => `${name}: ${key}`)),
      ...(chips > 0 ? [`${chips} chips left behind`] : []),
      // Photos that were killed on every try are given up as they should be.
      ...(deadLetters > 0 && gaveUp.length === 0 ? [`${deadLetters} dead letters of no photo`] : []),
    ];
  });
  if (bad.length === 0) return;
  console.log(`${bad.join('\n')}\n`);
  process.exitCode = 1;
}

await onStack(measure);
