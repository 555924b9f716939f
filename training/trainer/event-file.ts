import { type FileHandle, mkdir, open } from 'node:fs/promises';
import path from 'node:path';
import { Crc32c } from '@aws-crypto/crc32c';
import protobuf from 'protobufjs';

/** The part of TensorFlow's event.proto and summary.proto that is written here. */
const { root } = protobuf.parse(`
  syntax = "proto3";
  message Event {
    double wall_time = 1;
    int64 step = 2;
    string file_version = 3;
    Summary summary = 5;
    SessionLog session_log = 7;
  }
  message SessionLog { int32 status = 1; }
  message Summary { repeated Value value = 1; }
  message Value { string tag = 1; float simple_value = 2; Image image = 4; Histogram histo = 5; }
  message Image { int32 height = 1; int32 width = 2; int32 colorspace = 3; bytes encoded_image_string = 4; }
  message Histogram {
    double min = 1;
    double max = 2;
    double num = 3;
    double sum = 4;
    double sum_squares = 5;
    repeated double bucket_limit = 6;
    repeated double bucket = 7;
  }
`);
const Event = root.lookupType('Event');

const SESSION_START = 1;
const RGB = 3;
/** As many as TensorFlow's own histograms have. */
const BUCKETS = 30;

/** A value of a summary. */
export type Summary =
  | { readonly tag: string; readonly simpleValue: number }
  | { readonly tag: string; readonly image: ReturnType<typeof imageSummary> }
  | { readonly tag: string; readonly histo: ReturnType<typeof histogram> };

/** What TensorBoard shows of a training. A file holds what one process wrote. */
export class EventFile {
  readonly #handle: FileHandle;

  private constructor(handle: FileHandle) {
    this.#handle = handle;
  }

  /** @param step from which on TensorBoard is to forget what earlier files say: the training goes on from there */
  static async create(directory: string, step: number): Promise<EventFile> {
    await mkdir(directory, { recursive: true });
    // TensorBoard reads the files of a folder in the order of their names.
    const name = `events.out.tfevents.${Math.floor(Date.now() / 1000)}.facedrop.${process.pid}.${step}`;
    const file = new EventFile(await open(path.join(directory, name), 'a'));
    await file.#append({ step: 0, fileVersion: 'brain.Event:2' });
    await file.#append({ step, sessionLog: { status: SESSION_START } });
    return file;
  }

  async write(step: number, value: readonly Summary[]): Promise<void> {
    await this.#append({ step, summary: { value } });
  }

  close(): Promise<void> {
    return this.#handle.close();
  }

  async #append(event: object): Promise<void> {
    const message = Event.fromObject({ wallTime: Date.now() / 1000, ...event });
    await this.#handle.appendFile(record(Event.encode(message).finish()));
  }
}

export function imageSummary(png: Uint8Array, width: number, height: number) {
  return { height, width, colorspace: RGB, encodedImageString: png };
}

/** How values spread, in buckets of equal width. */
export function histogram(values: Float32Array) {
  let [min, max, sum, sumSquares] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, 0];
  for (const value of values) {
    min = Math.min(min, value);
    max = Math.max(max, value);
    sum += value;
    sumSquares += value * value;
  }
  const width = (max - min || 1) / BUCKETS;
  const bucket: number[] = Array.from({ length: BUCKETS }, () => 0);
  for (const value of values) {
    const index = Math.min(BUCKETS - 1, Math.floor((value - min) / width));
    bucket[index] = (bucket[index] ?? 0) + 1;
  }
  const bucketLimit = bucket.map((_, index) => min + (index + 1) * width);
  return { min, max, num: values.length, sum, sumSquares, bucketLimit, bucket };
}

/** A TFRecord: length, its checksum, the data, and its checksum. */
function record(data: Uint8Array): Buffer {
  const framed = Buffer.alloc(12 + data.length + 4);
  framed.writeBigUInt64LE(BigInt(data.length), 0);
  framed.writeUInt32LE(maskedChecksum(framed.subarray(0, 8)), 8);
  framed.set(data, 12);
  framed.writeUInt32LE(maskedChecksum(data), 12 + data.length);
  return framed;
}

/** CRC-32C, turned and shifted as the TFRecord format has it. */
export function maskedChecksum(data: Uint8Array): number {
  const crc = new Crc32c().update(data).digest();
  return (((crc >>> 15) | (crc << 17)) + 0xa282ead8) >>> 0;
}
