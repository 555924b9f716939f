import { USUAL_NAMES } from '../../attributes/list.ts';
import { type Config, parseConfig } from '../../infra/config.ts';
import { analysePhoto } from '../../models/analysis.ts';
import { FACE_BYTES, loadModels } from '../builtins.ts';
import { effort, few } from '../effort.ts';
import { Functions } from '../functions.ts';
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
/** Milliseconds that a function waits for an answer of S3, DynamoDB, SNS or EventBridge, on average. */
const CALL = 10;
/** Calls that wait for each other, for a photo with faces. One of the functions that estimate finishes the photo. */
const CALLS = { detect: 5, estimate: 2, finish: 4 };
/** Bytes that an invocation logs: the platform's start and report, and once a photo its metrics. */
const LOG_BYTES = { invocation: 1000, photo: 500 };
/** Messages that a batch of warm messages is measured by, less those that warm it up. */
const [MESSAGES, WARM_UPS] = [effort(44, 2), effort(4)];

const config = parseConfig({});
const functions = await Functions.start();

/** CPU time that a warm function takes for a message, in milliseconds. */
async function warmCpu(name: string, object: Uint8Array): Promise<number> {
  const [few, many] = [
    await functions.invoke(name, object, WARM_UPS),
    await functions.invoke(name, object, MESSAGES),
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
  const chips = new Uint8Array(faces.length * FACE_BYTES);
  const detect = await warmCpu('detect', jpeg);
  let estimates = 0;
  for (const [index, group] of groups.entries()) {
    const calls = CALLS.estimate + (index === 0 ? CALLS.finish : 0);
    estimates += lambdaPrice(await warmCpu(group.join('+'), chips), calls, config.estimateMemory, config);
  }
  const found = faces.map(({ told: _, ...face }) => face);
  const told = faces.map(({ told, ...face }) => ({ ...face, ...told }));
  // One for each function: it is sent, received and deleted.
  const messages = 1 + groups.length;
  return {
    'Lambda, detect': lambdaPrice(detect, CALLS.detect, config.detectMemory, config),
    'Lambda, estimating': estimates,
    // The photo and its chips are put once each; detect gets the photo, every other function the chips.
    S3: (MILLION / 1000) * (2 * PRICES.s3.thousandPuts + messages * PRICES.s3.thousandGets),
    SQS: 3 * messages * PRICES.sqs.millionRequests,
    SNS: PRICES.sns.millionPublishes,
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
