/**
 * AWS's list prices in US dollars, without free tiers and discounts, for us-east-1. They were entered by hand in
 * November 2026, and nothing keeps them up to date: check them on the pages named before relying on the sums.
 */
export const PRICES = {
  /** aws.amazon.com/lambda/pricing: a GB-second, by architecture, and a million requests. */
  lambda: { gbSecond: { arm64: 0.0000133334, x86_64: 0.0000166667 }, millionRequests: 0.2 },
  /** aws.amazon.com/s3/pricing, S3 Standard: a thousand PUT, POST or LIST, and a thousand GET. DELETE is free. */
  s3: { thousandPuts: 0.005, thousandGets: 0.0004 },
  /** aws.amazon.com/sqs/pricing, standard queues: a million requests of up to 64 KB. */
  sqs: { millionRequests: 0.4, bytes: 64 * 1024 },
  /** aws.amazon.com/dynamodb/pricing/on-demand: a million writes of up to 1 KB. */
  dynamodb: { millionWrites: 0.625 },
  /** aws.amazon.com/eventbridge/pricing: a million events of one's own of up to 64 KB. */
  eventBridge: { millionEvents: 1 },
  /** aws.amazon.com/cloudwatch/pricing: a GB of logs. */
  logs: { gb: 0.5 },
  /** aws.amazon.com/xray/pricing: a million traces. By default X-Ray takes one in twenty. */
  xray: { millionTraces: 5, share: 0.05 },
  /** aws.amazon.com/rekognition/pricing, image APIs of group 2 (DetectFaces): thousand images, by images a month. */
  rekognition: [
    { upTo: 1e6, thousandImages: 1 },
    { upTo: 5e6, thousandImages: 0.8 },
    { upTo: 35e6, thousandImages: 0.6 },
    { upTo: Number.POSITIVE_INFINITY, thousandImages: 0.4 },
  ],
} as const;

/** What Rekognition's DetectFaces costs for this many images in a month. */
export function rekognitionPrice(images: number): number {
  let [price, counted] = [0, 0];
  for (const { upTo, thousandImages } of PRICES.rekognition) {
    const inTier = Math.max(0, Math.min(images, upTo) - counted);
    price += (inTier / 1000) * thousandImages;
    counted += inTier;
  }
  return price;
}
