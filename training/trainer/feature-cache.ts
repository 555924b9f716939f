import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { constants, type FileHandle, mkdir, open } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { InferenceSession } from '../../layers/onnx/runtime.ts';
import { run } from '../../layers/onnx/session.ts';
import { chipBytes } from '../../vision/chip-spec.ts';
import type { PreparedFace, PreparedSet } from '../dataset/prepared.ts';
import type { TrainingSpec } from '../spec.ts';
import { cutViews, Prefetcher } from './batches.ts';
import { Clock } from './clock.ts';
import type { Control, FeatureCache } from './outcome.ts';
import { randomFor } from './random.ts';
import { bytesOf, CENTRE, type ChipShape, drawView, type View } from './view.ts';

/** Raised whenever the same faces would have other features than before. */
const VERSION = 3;
/** Faces whose views go through the network together: with more of them it is no faster, only larger. */
const FACES = 4;
/** Bytes read at once. */
const PIECE = 1 << 26;

export interface FeatureOptions {
  readonly set: PreparedSet;
  /** In the same order for all trainings on the set. */
  readonly faces: readonly PreparedFace[];
  /** ONNX file of the frozen layers as they are served: from chips to `features`. */
  readonly network: Uint8Array;
  /** How many features there are. */
  readonly width: number;
  readonly chip: ChipShape;
  readonly spec: Pick<TrainingSpec, 'network' | 'seed' | 'views' | 'augmentation'>;
  readonly cache: FeatureCache;
  readonly control: Control;
}

/**
 * Features of all views of all faces, calculated once and kept in a file.
 * @returns faces × views × features, or nothing when it was interrupted: what was calculated is kept
 */
export async function cachedFeatures(options: FeatureOptions): Promise<Float32Array | undefined> {
  const { faces, width, spec, cache } = options;
  await mkdir(cache.directory, { recursive: true });
  const name = `features-${keyOf(options)}.bin`;
  const file = path.join(cache.directory, name);
  if (!existsSync(file)) await cache.fetch?.(name);
  const handle = await open(file, constants.O_RDWR | constants.O_CREAT);
  try {
    const faceBytes = spec.views * width * 4;
    const done = Math.floor((await handle.stat()).size / faceBytes);
    if (!(await calculate(options, handle, done, faceBytes))) return undefined;
    return await readAll(handle, (faces.length * faceBytes) / 4);
  } finally {
    await handle.close();
  }
}

/** Changes with everything that the features depend on. */
function keyOf({ set, faces, network, spec, chip }: FeatureOptions): string {
  const { views, seed, augmentation } = spec;
  const files = faces.map(({ shard, offset }) => [shard, offset]);
  const drawn = views > 2 ? { seed, augmentation } : {};
  const hash = createHash('sha256').update(network);
  hash.update(JSON.stringify([VERSION, set.contentHash, files, spec.network, chip, views, drawn]));
  return hash.digest('hex').slice(0, 16);
}

/** @returns false when it was interrupted */
async function calculate(
  options: FeatureOptions,
  handle: FileHandle,
  done: number,
  faceBytes: number,
): Promise<boolean> {
  const { set, faces, network, chip, spec, control } = options;
  const clock = new Clock(control.deadline);
  const left = faces.slice(done);
  const batches = Math.ceil(left.length / FACES);
  const size = chipBytes(chip) * spec.views;
  const prefetcher = new Prefetcher((index) => {
    const part = left.slice(index * FACES, (index + 1) * FACES);
    const viewsAt = (place: number) => part.slice(place, place + 1).flatMap((face) => viewsOf(face, spec));
    return cutViews(set, part, chip, viewsAt, new Uint8ClampedArray(part.length * size));
  }, batches);
  if (batches === 0) return true;
  const ask = await openNetwork(network, chip.side);
  for (let index = 0; index < batches; index++) {
    if (control.signal?.aborted || clock.isLate()) return false;
    const features = await ask(bytesOf(await prefetcher.take(index)));
    const bytes = new Uint8Array(features.buffer, features.byteOffset, features.byteLength);
    await writeAt(handle, bytes, (done + index * FACES) * faceBytes);
    clock.endStep();
    report(options, Math.min(faces.length, done + (index + 1) * FACES), clock);
  }
  return true;
}

/** @returns a function from chips to their features, each one after another */
async function openNetwork(
  network: Uint8Array,
  side: number,
): Promise<(chips: Uint8Array) => Promise<Float32Array>> {
  const session = await InferenceSession.create(network, {
    intraOpNumThreads: availableParallelism(),
    // Threads that wait for the others sleep, and leave their cores to the decoding of the next faces.
    extra: { session: { intra_op: { allow_spinning: '0' } } },
  });
  const size = chipBytes({ side });
  return async (chips) =>
    (await run(session, chips, [chips.length / size, side, side, 3], ['features'])).features;
}

function report({ faces, control }: FeatureOptions, step: number, { secondsPerBatch }: Clock): void {
  control.onProgress?.({
    phase: 'features',
    step,
    steps: faces.length,
    secondsPerBatch,
    examplesPerSecond: FACES / secondsPerBatch,
    estimatedEnd: new Date(Date.now() + ((faces.length - step) / FACES) * secondsPerBatch * 1000),
  });
}

/** As it is, mirrored, and at random: always the same for the same face. */
function viewsOf(
  { hash, file }: PreparedFace,
  { seed, views, augmentation }: FeatureOptions['spec'],
): View[] {
  return Array.from({ length: views }, (_, index) => {
    if (index < 2) return { ...CENTRE, flip: index === 1 };
    return drawView(randomFor(seed, 'features', hash, file, index), { ...augmentation, erasing: 0 });
  });
}

/** At its place: should another training calculate the same at the same time, both write the same. */
async function writeAt(handle: FileHandle, bytes: Uint8Array, position: number): Promise<void> {
  for (let written = 0; written < bytes.length; ) {
    written += (await handle.write(bytes, written, bytes.length - written, position + written)).bytesWritten;
  }
}

/** In pieces, as no single read is larger than 2 GiB. */
async function readAll(handle: FileHandle, length: number): Promise<Float32Array> {
  const values = new Float32Array(length);
  const bytes = new Uint8Array(values.buffer);
  for (let position = 0; position < bytes.length; ) {
    const { bytesRead } = await handle.read(
      bytes,
      position,
      Math.min(PIECE, bytes.length - position),
      position,
    );
    if (bytesRead === 0) throw new Error(`Expected ${bytes.length} bytes of features but found ${position}.`);
    position += bytesRead;
  }
  return values;
}
