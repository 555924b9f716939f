import { USUAL_NAMES } from '../../attributes/list.ts';
import { type Config, parseConfig } from '../../infra/config.ts';
import { analysePhoto } from '../../models/analysis.ts';
import type { PhotoChips } from '../../models/photo-chips.ts';
import { cutPhoto, loadModels } from '../builtins.ts';
import { effort, few } from '../effort.ts';
import { Functions, facesFound } from '../functions.ts';
import { type BenchPhoto, cameraPhoto, countedPhotos } from '../photos.ts';
import { PRICES, rekognitionPrice } from '../prices.ts';
import { markdownTable } from '../table.ts';

/**
 * What a million photos cost: measured CPU time, counted calls, and AWS's list prices; where each photo comes alone, so
 * that each message has an invocation of its own, and where enough come at once for queues to hand over full batches.
 */

const MILLION = 1e6;
/** Lambda's arm64 processors could not be measured; a core is taken to be so much slower than this machine's. */
const SLOWER = 1.5;
/** Milliseconds that a function waits for an answer of S3, DynamoDB, SQS or EventBridge, on average. */
const CALL = 10;
/**
 * Calls that wait for each other, for a photo with faces, as the tests count them. One of the functions that estimate
 * finishes the photo, and finds out first that it is the last one, where there are several. Chips that go by the bucket
 * take one more each: to write them, to read them, and to delete them.
 */
const CALLS = { detect: 4, estimate: 1, finish: 2, last: 1 };
/** Bytes that are logged of a photo: its metrics. */
const LOG_BYTES = 500;
/** Messages that a batch of warm messages is measured by, less those that warm it up. */
const [MESSAGES, WARM_UPS] = [effort(44, 2), effort(4)];

const config = parseConfig({});
const functions = await Functions.start();

/** CPU time that a warm function takes for a message, in milliseconds. */
async function warmCpu(name: string, input: Uint8Array | PhotoChips): Promise<number> {
  const [few, many] = [
    await functions.invoke(name, input, WARM_UPS),
    await functions.invoke(name, input, MESSAGES),
  ];
  return (many.cpu - few.cpu) / (MESSAGES - WARM_UPS);
}

/** Dollars for a million messages that take `cpu` milliseconds of this machine and make this many calls, in such batches. */
function lambdaPrice(cpu: number, calls: number, memory: number, batch: number): number {
  // Photos of a batch wait side by side. Below 1,769 MB a function has less than one core.
  const seconds = (cpu * SLOWER * Math.max(1, 1769 / memory) + (calls * CALL) / batch) / 1000;
  const { gbSecond, millionRequests } = PRICES.lambda;
  return (memory / 1024) * seconds * gbSecond[config.architecture] * MILLION + millionRequests / batch;
}

/** Bytes that DynamoDB counts for a value, as its documentation says: numbers take a byte for two digits. */
function itemBytes(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (typeof value === 'number') return Math.ceil(String(value).length / 2) + 1;
  if (Array.isArray(value)) return value.reduce((sum: number, each) => sum + 1 + itemBytes(each), 3);
  const entries = Object.entries(value ?? {});
  return entries.reduce((sum, [name, each]) => sum + 1 + Buffer.byteLength(name) + itemBytes(each), 3);
}

const KILOBYTE = 1024;
const NOW = new Date().toISOString();
/** An item without its faces, as it is when the photo is done. */
const BARE_ITEM = itemBytes({
  ...{ photo: 'holidays/2026/IMG_20261129_110933.jpg', folder: 'holidays/2026/', status: 'done', attempt: 1 },
  ...{ analysis: '0'.repeat(32), sequencer: '0'.repeat(18), etag: '0'.repeat(32), expiresAt: 1_800_000_000 },
  ...{ uploadedAt: NOW, startedAt: NOW, completedAt: NOW, announceBy: NOW },
  ...{ bytes: 4_000_000, format: 'JPEG', width: 4032, height: 3024, facesFound: 1, faces: [] },
  detector: { name: 'centerface', version: 'onnxmodel-1.0' },
});

/**
 * Units of writing: beginning, faces, a part of each group and, where there are several, one that fails,
 * announcement; one for the index of folders, two for that of pending photos.
 */
function writes(bare: number, told: number, groups: number): number {
  const units = (bytes: number) => Math.ceil(bytes / KILOBYTE);
  const halfWay = (bare + told) / 2;
  const parts = groups === 1 ? units(told) : (groups - 1) * units(halfWay) + units(halfWay) + units(told);
  return units(BARE_ITEM) + units(bare) + parts + units(told) + 1 + 2;
}

/** A photo that passes functions which estimate so. */
interface Passage {
  readonly photo: BenchPhoto;
  readonly groups: Config['estimators'];
}

/** What a photo's passage takes. */
interface Load {
  /** Milliseconds of CPU time of this machine: detect, and each group. */
  readonly cpu: { readonly detect: number; readonly groups: readonly number[] };
  /** Bytes of the message with the chips. */
  readonly message: number;
  /** Whether the chips go by the bucket. */
  readonly byBucket: 0 | 1;
  /** Of writing. */
  readonly units: number;
}

async function measure({ photo: { jpeg }, groups }: Passage): Promise<Load> {
  const { minimumConfidence, maximumFaces, maximumPixels } = config;
  const options = { minimumConfidence, maximumFaces, maximumPixels };
  const { faces } = await analysePhoto(await loadModels(), jpeg, options);
  const chips = await cutPhoto(jpeg);
  const message = await facesFound(chips);
  const detect = await warmCpu('detect', jpeg);
  const estimates: number[] = [];
  for (const group of groups) estimates.push(await warmCpu(group.join('+'), chips));
  const found = faces.map(({ told: _, ...face }) => face);
  const told = faces.map(({ told, ...face }) => ({ ...face, ...told }));
  return {
    cpu: { detect, groups: estimates },
    message: Buffer.byteLength(JSON.stringify(message)),
    byBucket: message.chips ? 0 : 1,
    units: writes(BARE_ITEM + itemBytes(found), BARE_ITEM + itemBytes(told), groups.length),
  };
}

/**
 * Dollars for a million photos, by service.
 * @param batch messages that an invocation gets
 */
function prices({ cpu, message, byBucket, units }: Load, batch: number): Record<string, number> {
  const { detectMemory, estimateMemory } = config;
  const groups = cpu.groups.length;
  const finishing = CALLS.finish + byBucket + (groups > 1 ? CALLS.last : 0);
  const estimating = cpu.groups.map((each, index) => {
    const calls = CALLS.estimate + byBucket + (index === 0 ? finishing : 0);
    return lambdaPrice(each, calls, estimateMemory, batch);
  });
  const requests = (bytes: number) => Math.ceil(bytes / PRICES.sqs.bytes);
  // Each message is sent, received and deleted, the latter two in batches.
  const upload = 1 + 2 / batch;
  const order = requests(message) + requests(batch * message) / batch + 1 / batch;
  return {
    'Lambda, detect': lambdaPrice(cpu.detect, CALLS.detect + byBucket, detectMemory, batch),
    'Lambda, estimating': estimating.reduce((sum, price) => sum + price),
    // The photo is put and read once; so are chips that go by the bucket, by every function that estimates.
    S3:
      (MILLION / 1000) *
      ((1 + byBucket) * PRICES.s3.thousandPuts + (1 + byBucket * groups) * PRICES.s3.thousandGets),
    SQS: (upload + groups * order) * PRICES.sqs.millionRequests,
    DynamoDB: units * PRICES.dynamodb.millionWrites,
    EventBridge: PRICES.eventBridge.millionEvents,
    'CloudWatch Logs': (LOG_BYTES / 1000) * PRICES.logs.gb,
    ...(config.tracing && { 'X-Ray': (1 + groups) * PRICES.xray.share * PRICES.xray.millionTraces }),
  };
}

const photos = few([...(await countedPhotos()).slice(0, 2), await cameraPhoto()]);
const groupings = [config.estimators, parseConfig({ estimators: USUAL_NAMES.join('+') }).estimators];
const passages = photos.flatMap((photo) => groupings.map((groups): Passage => ({ photo, groups })));
const loads: Load[] = [];
for (const passage of passages) loads.push(await measure(passage));
await functions.stop();
const dollars = (value = 0) => value.toFixed(2);
const sum = (column: Record<string, number>) => Object.values(column).reduce((all, value) => all + value, 0);
const columns = loads.map((load) => prices(load, 1));
const totals = columns.map(sum);
const inBatches = loads.map((load) => sum(prices(load, config.batchSize)));
const rekognition = rekognitionPrice(MILLION);
console.log(`### Cost of a million photos

In US dollars, at list prices in us-east-1 without free tiers, on ${config.architecture}; storage of the photos and items, fixed
monthly charges (dashboard, alarms, metrics: a few dollars) and transfer are left out. CPU time is this machine's, times
${SLOWER}; a call to another service takes ${CALL} ms. Each photo stands there for each grouping of the setting
\`estimators\`: a function an attribute, or one for all. It is taken to come alone; when many come at once, and queues hand
over batches of ${config.batchSize}, it is cheaper.

${markdownTable(
  [
    '',
    ...passages.map(
      ({ photo, groups }) => `${photo.name}, ${groups.map((group) => group.join('+')).join(' / ')}`,
    ),
  ],
  [
    ...Object.keys(columns[0] ?? {}).map((service) => [
      service,
      ...columns.map((column) => dollars(column[service])),
    ]),
    ['**all**', ...totals.map((total) => `**${dollars(total)}**`)],
    [`**all, in batches of ${config.batchSize}**`, ...inBatches.map((total) => `**${dollars(total)}**`)],
    ['Amazon Rekognition, DetectFaces', ...totals.map(() => dollars(rekognition))],
    ['times less', ...totals.map((total) => (rekognition / total).toFixed(0))],
  ],
)}
`);
