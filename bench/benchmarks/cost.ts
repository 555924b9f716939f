import { USUAL_NAMES } from '../../attributes/list.ts';
import { type Config, parseConfig } from '../../infra/config.ts';
import { analysePhoto, type PhotoChips } from '../../models/analysis.ts';
import { cutPhoto, loadModels } from '../builtins.ts';
import { effort, few } from '../effort.ts';
import { Functions, facesFound } from '../functions.ts';
import { type BenchPhoto, cameraPhoto, countedPhotos } from '../photos.ts';
import { PRICES, rekognitionPrice } from '../prices.ts';
import { markdownTable } from '../table.ts';

/**
 * What a million photos cost: measured CPU time, counted calls, and AWS's list prices. It errs on the dear side:
 * each message is taken to have an invocation of its own, although busy queues hand them over in batches.
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
/** Bytes that an invocation logs: the platform's start and report, and once a photo its metrics. */
const LOG_BYTES = { invocation: 1000, photo: 500 };
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

/** Dollars for a million invocations that compute for `cpu` milliseconds of this machine and make this many calls. */
function lambdaPrice(cpu: number, calls: number, memory: number, { architecture }: Config): number {
  // Below 1,769 MB a function has less than one core.
  const seconds = (cpu * SLOWER * Math.max(1, 1769 / memory) + calls * CALL) / 1000;
  const { gbSecond, millionRequests } = PRICES.lambda;
  return (memory / 1024) * seconds * gbSecond[architecture] * MILLION + millionRequests;
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
/** Bytes of an item without its faces. */
const BARE_ITEM = 600;

/**
 * Units of writing: beginning, faces, a part of each group and, where there are several, one that fails,
 * announcement; three for the index of folders, two for that of pending photos.
 */
function writes(bare: number, told: number, groups: number): number {
  const units = (bytes: number) => Math.ceil(bytes / KILOBYTE);
  const halfWay = (bare + told) / 2;
  const parts = groups === 1 ? units(told) : (groups - 1) * units(halfWay) + units(halfWay) + units(told);
  return units(BARE_ITEM) + units(bare) + parts + units(told) + 3 + 2;
}

/** A photo that passes functions which estimate so. */
interface Passage {
  readonly photo: BenchPhoto;
  readonly groups: Config['estimators'];
}

/** Dollars for a million photos, by service. */
async function prices({ photo: { jpeg }, groups }: Passage): Promise<Record<string, number>> {
  const { minimumConfidence, maximumFaces, maximumPixels } = config;
  const { faces } = await analysePhoto(await loadModels(), jpeg, {
    minimumConfidence,
    maximumFaces,
    maximumPixels,
  });
  const chips = await cutPhoto(jpeg);
  const message = await facesFound(chips);
  const byBucket = message.chips ? 0 : 1;
  const detect = await warmCpu('detect', jpeg);
  let estimates = 0;
  for (const [index, group] of groups.entries()) {
    const finishing = CALLS.finish + byBucket + (groups.length > 1 ? CALLS.last : 0);
    const calls = CALLS.estimate + byBucket + (index === 0 ? finishing : 0);
    estimates += lambdaPrice(await warmCpu(group.join('+'), chips), calls, config.estimateMemory, config);
  }
  const found = faces.map(({ told: _, ...face }) => face);
  const told = faces.map(({ told, ...face }) => ({ ...face, ...told }));
  // One for each function.
  const messages = 1 + groups.length;
  const requests = Math.ceil(Buffer.byteLength(JSON.stringify(message)) / PRICES.sqs.bytes);
  return {
    'Lambda, detect': lambdaPrice(detect, CALLS.detect + byBucket, config.detectMemory, config),
    'Lambda, estimating': estimates,
    // The photo is put and read once; so are chips that go by the bucket, by every function that estimates.
    S3:
      (MILLION / 1000) *
      ((1 + byBucket) * PRICES.s3.thousandPuts + (1 + byBucket * groups.length) * PRICES.s3.thousandGets),
    // Each message is sent, received and deleted; those with chips may count several times when they are sent and received.
    SQS: (3 + groups.length * (2 * requests + 1)) * PRICES.sqs.millionRequests,
    DynamoDB:
      writes(BARE_ITEM + itemBytes(found), BARE_ITEM + itemBytes(told), groups.length) *
      PRICES.dynamodb.millionWrites,
    EventBridge: PRICES.eventBridge.millionEvents,
    'CloudWatch Logs': ((messages * LOG_BYTES.invocation + LOG_BYTES.photo) / 1000) * PRICES.logs.gb,
    ...(config.tracing && { 'X-Ray': messages * PRICES.xray.share * PRICES.xray.millionTraces }),
  };
}

const photos = few([...(await countedPhotos()).slice(0, 2), await cameraPhoto()]);
const groupings = [config.estimators, parseConfig({ estimators: USUAL_NAMES.join('+') }).estimators];
const passages = photos.flatMap((photo) => groupings.map((groups): Passage => ({ photo, groups })));
const columns: Record<string, number>[] = [];
for (const passage of passages) columns.push(await prices(passage));
await functions.stop();
const dollars = (value = 0) => value.toFixed(2);
const totals = columns.map((column) => Object.values(column).reduce((sum, value) => sum + value, 0));
const rekognition = rekognitionPrice(MILLION);
console.log(`### Cost of a million photos

In US dollars, at list prices in us-east-1 without free tiers, on ${config.architecture}; storage of the photos and items, fixed
monthly charges (dashboard, alarms, metrics: a few dollars) and transfer are left out. CPU time is this machine's, times
${SLOWER}; a call to another service takes ${CALL} ms; no two messages share an invocation. Each photo stands there for each
grouping of the setting \`estimators\`: a function an attribute, or one for all.

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
    ['Amazon Rekognition, DetectFaces', ...totals.map(() => dollars(rekognition))],
    ['times less', ...totals.map((total) => (rekognition / total).toFixed(0))],
  ],
)}
`);
