import { type Config, parseConfig } from '../../infra/config.ts';
import { analysePhoto } from '../../models/analysis.ts';
import { FACE_BYTES, loadModels } from '../builtins.ts';
import { effort, few } from '../effort.ts';
import { type FunctionName, Functions } from '../functions.ts';
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
/** Calls that wait for each other, for a photo with faces. Of age and gender one finishes the photo. */
const CALLS = { detect: 5, estimate: 2, finish: 4 };
/** Bytes that an invocation logs: the platform's start and report, and once a photo its metrics. */
const LOG_BYTES = { invocation: 1000, photo: 500 };
/** Messages that a batch of warm messages is measured by, less those that warm it up. */
const [MESSAGES, WARM_UPS] = [effort(44, 2), effort(4)];

const config = parseConfig({});
const functions = await Functions.start();

/** CPU time that a warm function takes for a message, in milliseconds. */
async function warmCpu(name: FunctionName, object: Uint8Array): Promise<number> {
  const [few, many] = [
    await functions.invoke(name, object, WARM_UPS),
    await functions.invoke(name, object, MESSAGES),
  ];
  return (many.cpu - few.cpu) / (MESSAGES - WARM_UPS);
}

/** Dollars for a million invocations that compute for `cpu` milliseconds of this machine and make so many calls. */
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

/** Units of writing: beginning, faces, age, gender and one of the two in vain, announcement; three for the index. */
function writes(withoutAges: number, withAges: number): number {
  const units = (bytes: number) => Math.ceil(bytes / KILOBYTE);
  const halfWay = (withoutAges + withAges) / 2;
  return units(BARE_ITEM) + units(withoutAges) + units(halfWay) * 2 + units(withAges) * 2 + 3;
}

/** Dollars for a million photos, by service. */
async function prices({ jpeg }: BenchPhoto): Promise<Record<string, number>> {
  const { minimumConfidence, maximumFaces, maximumPixels } = config;
  const { faces } = await analysePhoto(await loadModels(), jpeg, {
    minimumConfidence,
    maximumFaces,
    maximumPixels,
  });
  const chips = new Uint8Array(faces.length * FACE_BYTES);
  const detect = await warmCpu('detect', jpeg);
  const estimate = await warmCpu('age', chips);
  const found = faces.map(({ box, confidence, landmarks }) => ({ box, confidence, landmarks }));
  return {
    'Lambda, detect': lambdaPrice(detect, CALLS.detect, config.detectMemory, config),
    'Lambda, age': lambdaPrice(estimate, CALLS.estimate, config.estimateMemory, config),
    'Lambda, gender': lambdaPrice(estimate, CALLS.estimate + CALLS.finish, config.estimateMemory, config),
    // The photo and its chips are put once each; detect gets the photo, age and gender the chips.
    S3: (MILLION / 1000) * (2 * PRICES.s3.thousandPuts + 3 * PRICES.s3.thousandGets),
    // Each of three messages is sent, received and deleted.
    SQS: 9 * PRICES.sqs.millionRequests,
    SNS: PRICES.sns.millionPublishes,
    DynamoDB:
      writes(BARE_ITEM + itemBytes(found), BARE_ITEM + itemBytes(faces)) * PRICES.dynamodb.millionWrites,
    EventBridge: PRICES.eventBridge.millionEvents,
    'CloudWatch Logs': ((3 * LOG_BYTES.invocation + LOG_BYTES.photo) / 1000) * PRICES.logs.gb,
    ...(config.tracing && { 'X-Ray': 3 * PRICES.xray.share * PRICES.xray.millionTraces }),
  };
}

const photos = few([...(await countedPhotos()).slice(0, 2), await cameraPhoto()]);
const columns: Record<string, number>[] = [];
for (const photo of photos) columns.push(await prices(photo));
await functions.stop();
const dollars = (value = 0) => value.toFixed(2);
const totals = columns.map((column) => Object.values(column).reduce((sum, value) => sum + value, 0));
const rekognition = rekognitionPrice(MILLION);
console.log(`### Cost of a million photos

In US dollars, at list prices in us-east-1 without free tiers, on ${config.architecture}; storage of the photos and items, fixed
monthly charges (dashboard, alarms, metrics: a few dollars) and transfer are left out. CPU time is this machine's, times
${SLOWER}; a call to another service takes ${CALL} ms; no two messages share an invocation.

${markdownTable(
  ['', ...photos.map(({ name, width, height }) => `${name}, ${width} × ${height}`)],
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
