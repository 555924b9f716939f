import { parseConfig } from '../infra/config.ts';
import { measureSteps, type StepTimes } from './inference.ts';
import { countedPhotos } from './photos.ts';
import { markdownTable } from './table.ts';

/** What a million photos cost, from measured CPU time and list prices. */

const MILLION = 1_000_000;

/**
 * AWS list prices in US dollars, region us-east-1, without free tiers, entered by hand from AWS's price pages
 * as of November 2026: check them before you rely on the sums.
 */
const PRICES = {
  lambdaArmGigabyteSecond: 0.0000133334,
  lambdaX86GigabyteSecond: 0.0000166667,
  lambdaRequest: 0.2 / MILLION,
  s3Put: 5 / MILLION,
  s3Get: 0.4 / MILLION,
  sqsRequest: 0.4 / MILLION,
  snsPublish: 0.5 / MILLION,
  dynamoWriteUnit: 0.625 / MILLION,
  eventBridgeEvent: 1 / MILLION,
  logsGigabyte: 0.5,
  /** Rekognition DetectFaces, image group 2, the first million a month. */
  rekognitionImage: 0.001,
} as const;

/** What a photo with faces brings about, counted in the code; each message on its own, though batches save most of that. */
const PER_PHOTO = {
  invocations: 3,
  /** The upload itself, and the chips. */
  s3Puts: 2,
  /** The photo, and the chips twice. */
  s3Gets: 3,
  /** Three messages sent, received and deleted. */
  sqsRequests: 9,
  snsPublishes: 1,
  /** Opening the item, faces, two merges and the note of the announcement, at 1 KB a unit for an item of 2 KB. */
  writeUnits: 9,
  events: 1,
  logKilobytes: 3,
} as const;

/** Milliseconds that a function waits for other services, beside its CPU time: an assumption, a few calls of some milliseconds. */
const WAITING = 40;

export function lambdaCost(cpu: StepTimes, gigabyteSecond: number): number {
  const { detectMemory, ageMemory, genderMemory } = parseConfig({});
  const seconds = (milliseconds: number) => (milliseconds + WAITING) / 1000;
  const gigabyteSeconds =
    (detectMemory / 1024) * seconds(cpu.decode + cpu.detect + cpu.chips) +
    ((ageMemory + genderMemory) / 1024) * seconds(cpu.estimate);
  return gigabyteSeconds * gigabyteSecond + PER_PHOTO.invocations * PRICES.lambdaRequest;
}

export const servicesCost = (): number =>
  PER_PHOTO.s3Puts * PRICES.s3Put +
  PER_PHOTO.s3Gets * PRICES.s3Get +
  PER_PHOTO.sqsRequests * PRICES.sqsRequest +
  PER_PHOTO.snsPublishes * PRICES.snsPublish +
  PER_PHOTO.writeUnits * PRICES.dynamoWriteUnit +
  PER_PHOTO.events * PRICES.eventBridgeEvent +
  (PER_PHOTO.logKilobytes / 1024 ** 2) * PRICES.logsGigabyte;

export async function describeCost(): Promise<string> {
  const rows: string[][] = [];
  const dollars = (perPhoto: number) => (perPhoto * MILLION).toFixed(2);
  for (const photo of await countedPhotos()) {
    const steps = await measureSteps(photo);
    const [arm, x86] = [PRICES.lambdaArmGigabyteSecond, PRICES.lambdaX86GigabyteSecond].map((price) =>
      lambdaCost(steps, price),
    );
    const services = servicesCost();
    rows.push([
      photo.name,
      dollars(arm ?? 0),
      dollars(x86 ?? 0),
      dollars(services),
      dollars((arm ?? 0) + services),
      dollars(PRICES.rekognitionImage),
    ]);
  }
  return `### Cost of a million photos

US dollars at the list prices in \`bench/cost.ts\` (us-east-1, no free tier), from the CPU time measured here plus ${WAITING} ms
of waiting in each function (an assumption). arm64 is reckoned with this machine's CPU time.

${markdownTable(['photo', 'Lambda, arm64', 'Lambda, x86_64', 'S3, SQS, SNS, DynamoDB, events, logs', 'together, arm64', 'Rekognition DetectFaces'], rows)}
`;
}

if (import.meta.main) console.log(await describeCost());
