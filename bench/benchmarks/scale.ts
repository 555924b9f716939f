import { parseConfig } from '../../infra/config.ts';
import { estimateFaces } from '../../models/analysis.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import { chips, loadModels } from '../builtins.ts';
import { alternate } from '../cpu.ts';
import { effort } from '../effort.ts';
import { type BenchPhoto, cameraPhoto, countedPhotos } from '../photos.ts';
import { markdownTable } from '../table.ts';

/**
 * How many photos a day each limit lets through, and so which comes next. A calculation: CPU times are measured, what
 * else a photo asks for is counted, and quotas are those of AWS's documentation (us-east-1, November 2026, entered by
 * hand: check them). Nothing of it was measured on AWS.
 */

/** Photos a day. */
const LOADS = [1e5, 1e6, 1e7];
/** Seconds of a day; how many times more photos come at the peak than on average. */
const [DAY, PEAK] = [86_400, 4];
/** As in the calculation of costs: how much slower Lambda's processors are, and seconds that a call of a service takes. */
const [SLOWER, CALL] = [1.5, 0.01];
const CALLS = { detect: 4, estimate: 3 };
const TURNS = effort(15);

/** What a photo asks for, beside CPU time. */
const DEMAND = {
  /** Units of 1 KB written to the table, indexes left out: begun, found, a part twice and one that fails, announced. */
  tableWrites: 6,
  /** To the index of folders: when it is done. Uploads with forms of the HTTP API take four: awaited, begun, found and done. */
  folderWrites: 1,
  /** Of the index of pending photos: in and out. */
  dueWrites: 2,
  /** To the HTTP API by who uploads and polls: a form, and three questions. */
  requests: 4,
};

/** Something that AWS or a setting limits. */
interface Limit {
  readonly name: string;
  /** Photos a second that it lets through. */
  readonly photos: number;
  /** What to set or to ask AWS for. */
  readonly advice: string;
}

const config = parseConfig({});

/** Seconds that a warm function of the pipeline takes for a photo. */
async function measure({ jpeg }: BenchPhoto): Promise<{ detect: number; estimate: number }> {
  const { minimumConfidence, maximumFaces, maximumPixels } = config;
  const { detector, estimators } = await loadModels();
  const find = async () =>
    findFaces(await decodePhoto(jpeg, maximumPixels), detector, { minimumConfidence, maximumFaces, chips });
  const { chips: cut } = await find();
  const { detect, estimate } = await alternate(
    {
      detect: find,
      // A copy each time: estimators look only once at the same chips.
      estimate: () => estimateFaces(estimators, { specs: chips, chips: cut.slice() }),
    },
    { turns: TURNS },
  );
  const seconds = (cpu: number, calls: number) => (cpu / 1000) * SLOWER + calls * CALL;
  return { detect: seconds(detect, CALLS.detect), estimate: seconds(estimate, CALLS.estimate) };
}

function limitsOf({ detect, estimate }: { detect: number; estimate: number }): Limit[] {
  const { maximumConcurrency, apiRate, estimators } = config;
  const functions = estimators.length;
  return [
    {
      name: `detect: ${maximumConcurrency} at a time`,
      photos: maximumConcurrency / detect,
      advice: 'raise `maximumConcurrency`',
    },
    {
      name: `a function that estimates: ${maximumConcurrency} at a time`,
      photos: maximumConcurrency / estimate,
      advice: 'raise `maximumConcurrency`',
    },
    {
      name: 'Lambda: 1,000 executions at a time, of all functions',
      photos: 1000 / (detect + functions * estimate),
      advice: 'ask for "Concurrent executions"',
    },
    {
      name: 'SQS and Lambda: `maximumConcurrency` can be 1,000',
      photos: 1000 / Math.max(detect, estimate),
      advice: 'a second stack, or smaller photos',
    },
    {
      name: 'HTTP API: `apiRate`, only for what is uploaded and asked for there',
      photos: apiRate / DEMAND.requests,
      advice: 'raise `apiRate`; announcements instead of polling',
    },
    {
      name: 'HTTP API: 10,000 requests a second of an account',
      photos: 10_000 / DEMAND.requests,
      advice: 'ask for "Throttle rate"; announcements instead of polling',
    },
    {
      name: 'DynamoDB: 1,000 writes a second to one API key',
      photos: 1000 / DEMAND.requests,
      advice: 'a key for each client',
    },
    {
      name: 'DynamoDB: 1,000 writes a second to the index of one folder',
      photos: 1000 / DEMAND.folderWrites,
      advice: 'spread photos over folders, such as one an hour',
    },
    {
      name: 'DynamoDB: 16,000 writes a second to the index of pending photos',
      photos: 16_000 / DEMAND.dueWrites,
      advice: 'nothing: more parts of the index',
    },
    {
      name: 'DynamoDB: 4,000 writes a second to a new table',
      photos: 4000 / DEMAND.tableWrites,
      advice: 'warm throughput, before the peak',
    },
    {
      name: 'DynamoDB: 40,000 writes a second to a table',
      photos: 40_000 / DEMAND.tableWrites,
      advice: 'ask for "Table-level write throughput"',
    },
    {
      name: 'EventBridge: 10,000 events a second',
      photos: 10_000,
      advice: 'ask for "PutEvents throttle limit"',
    },
    {
      name: 'EventBridge: 600 events a second, in small regions',
      photos: 600,
      advice: 'ask for "PutEvents throttle limit"',
    },
    {
      name: 'EventBridge: 300 a second to a webhook',
      photos: 300,
      advice: 'ask for "Rate of invocations per API destination"; a queue instead',
    },
    {
      name: 'S3: 3,500 uploads a second to one prefix',
      photos: 3500,
      advice: 'spread photos over folders',
    },
  ];
}

const daily = (photos: number) => (photos * DAY) / PEAK;
const millions = (photos: number) =>
  `${(photos / 1e6).toLocaleString('en', { maximumSignificantDigits: 2 })} million`;
const percent = (share: number) =>
  `${share.toLocaleString('en', { style: 'percent', maximumSignificantDigits: 2 })}`;

function describe({ name }: BenchPhoto, seconds: { detect: number; estimate: number }): string {
  const limits = limitsOf(seconds).sort((one, other) => one.photos - other.photos);
  const needed = LOADS.map((load) => {
    const peak = (load / DAY) * PEAK;
    const concurrency = peak * Math.max(seconds.detect, seconds.estimate);
    const executions = peak * (seconds.detect + config.estimators.length * seconds.estimate);
    return [
      `${load.toLocaleString('en')} a day`,
      peak.toFixed(0),
      Math.ceil(concurrency),
      Math.ceil(executions),
      (peak * DEMAND.tableWrites).toFixed(0),
      (peak * DEMAND.folderWrites).toFixed(0),
    ];
  });
  return `#### ${name}

Detect takes ${(seconds.detect * 1000).toFixed(0)} ms of a processor of Lambda's, a function that estimates ${(seconds.estimate * 1000).toFixed(0)} ms.

${markdownTable(
  [
    'photos',
    'a second at the peak',
    'detect at a time',
    'executions at a time',
    'table writes a second',
    'index writes a second, in one folder',
  ],
  needed,
)}

${markdownTable(
  [
    'limit, by default',
    'photos a day',
    ...LOADS.map((load) => `used at ${load.toLocaleString('en')}`),
    'then',
  ],
  limits.map(({ name: limit, photos, advice }) => [
    limit,
    millions(daily(photos)),
    ...LOADS.map((load) => percent(load / daily(photos))),
    advice,
  ]),
)}
`;
}

const [portrait] = await countedPhotos();
const photos = [...(portrait ? [portrait] : []), await cameraPhoto()];
console.log(`### The next limit

At the peak ${PEAK} times as many photos come as on average. CPU times are this machine's, times ${SLOWER}; a call to another
service takes ${CALL * 1000} ms. Quotas are the documented defaults of us-east-1 unless it says otherwise. The first limit that is
used by more than 100 % is what gives way.
`);
for (const photo of photos) console.log(describe(photo, await measure(photo)));
