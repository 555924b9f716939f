import { createHash } from 'node:crypto';
import pLimit from 'p-limit';
import pMap from 'p-map';
import sharp from 'sharp';
import { area, clip, intersectionOverUnion, scaleBox } from '../../vision/bounding-box.ts';
import { cutAligned } from '../../vision/chips.ts';
import { detectFaces } from '../../vision/detection.ts';
import type { BoundingBox, DetectedFace, FaceDetector, Pixels } from '../../vision/engine.ts';
import { type FaceFrame, frameOf } from '../../vision/frame.ts';
import { type DecodedPhoto, decodePhoto, PhotoError } from '../../vision/photo.ts';
import { measureQuality } from '../../vision/quality.ts';
import type { Batch } from './batch.ts';
import { type DoubtfulBox, doubtBox, SAME_FACE } from './box-check.ts';
import { type Folder, MissingFileError } from './folder.ts';
import type { LabelledPhoto } from './label.ts';
import {
  FACE_EXTENT,
  FACE_SIDE,
  PREPARATION,
  type Rejection,
  type Shard,
  type ShardFace,
} from './prepared.ts';
import { splitOf } from './split.ts';

/** Photos read side by side, while one is looked at. */
const AHEAD = 4;
/** Photos with more pixels are not decoded. */
const MAXIMUM_PIXELS = 100_000_000;
/** Lower than in service: that there is a face is known here, and it is asked for once more where none was found. */
const CONFIDENCES = [0.35, 0.15] as const;
/**
 * A face's frame in shares of the longer side of the box that the detector draws around it: its size, and how far its
 * centre lies below the box's. Medians over 300 photos.
 */
const FRAME_IN_BOX = { size: 0.83, below: 0.075 };
const QUALITY = 95;

/** A shard, ready to be written. */
export interface PreparedShard {
  readonly shard: Shard;
  /** The faces' JPEGs, one after another. */
  readonly jpegs: Uint8Array;
}

/**
 * Finds, aligns and cuts the labelled faces of a batch. A photo that can't be used becomes a rejection and
 * never fails the batch; what is no fault of the photo, such as a store that doesn't answer, is thrown.
 */
export async function prepareBatch(
  folder: Folder,
  batch: Batch,
  detector: FaceDetector,
): Promise<PreparedShard> {
  const files = [...Map.groupBy(batch.photos, ({ file }) => file)];
  // Several decoded photos at a time would only take memory.
  const alone = pLimit(1);
  const results = await pMap(
    files,
    async ([file, labels]): Promise<PhotoFaces> => {
      try {
        const bytes = await folder.read(file);
        return await alone(() => cutFaces(bytes, labels, detector));
      } catch (error) {
        const reason = rejectionOf(error);
        if (!reason) throw error;
        return { faces: [], rejections: [{ file, ...reason }] };
      }
    },
    { concurrency: AHEAD },
  );
  const faces: ShardFace[] = [];
  let offset = 0;
  for (const { jpeg, ...face } of results.flatMap((result) => result.faces)) {
    faces.push({ ...face, offset, length: jpeg.length });
    offset += jpeg.length;
  }
  const rejections = results.flatMap((result) => result.rejections);
  return {
    shard: { preparation: PREPARATION, batch: batch.hash, faces, rejections },
    jpegs: Buffer.concat(results.flatMap((result) => result.faces.map(({ jpeg }) => jpeg))),
  };
}

type CutFace = Omit<ShardFace, 'offset' | 'length'> & { readonly jpeg: Uint8Array };

interface PhotoFaces {
  readonly faces: CutFace[];
  readonly rejections: Rejection[];
}

/**
 * @param labels of one photo: one, or several with a box each
 * @throws PhotoError when it can't be decoded
 */
async function cutFaces(
  bytes: Uint8Array,
  labels: readonly LabelledPhoto[],
  detector: FaceDetector,
): Promise<PhotoFaces> {
  const photo = await decodePhoto(bytes, MAXIMUM_PIXELS);
  const hash = createHash('sha256').update(bytes).digest('hex');
  const found = await findFaces(photo.pixels, detector);
  const scale = photo.width / photo.pixels.width;
  const boxes = labels.map(({ box }) => box && scaleBox(box, 1 / scale));
  const finds = assign(found, boxes);
  const faces: CutFace[] = [];
  const rejections: Rejection[] = [];
  for (const [index, label] of labels.entries()) {
    const chosen = chooseFace(photo, found, label, { find: finds[index], labels });
    if ('reason' in chosen) {
      rejections.push({ file: label.file, ...chosen });
    } else {
      const { frame, quality } = chosen;
      const jpeg = await cutFace(photo.pixels, frame);
      const facts = { hash, split: splitOf({ ...label, hash }), facesFound: found.length };
      faces.push({ ...label, ...facts, ...(quality !== undefined && { quality }), jpeg });
    }
  }
  return { faces, rejections };
}

const NO_FACE = { reason: 'no-face', message: 'Expected a face but found none.' } as const;
const BOX_OUTSIDE = {
  reason: 'box-outside',
  message: 'Expected a box within the photo but most of it lies outside.',
} as const;

function rejectionOf(error: unknown): Omit<Rejection, 'file'> | undefined {
  if (error instanceof PhotoError) return { reason: 'unreadable', message: error.message };
  if (error instanceof MissingFileError) return { reason: 'missing', message: error.message };
  return undefined;
}

async function findFaces(pixels: Pixels, detector: FaceDetector): Promise<DetectedFace[]> {
  for (const confidence of CONFIDENCES) {
    const faces = await detectFaces(pixels, detector, confidence);
    if (faces.length > 0) return faces;
  }
  return [];
}

interface ChosenFace {
  readonly frame: FaceFrame;
  /** Score of its picture; absent where it is no face that was found. */
  readonly quality?: number;
}

/**
 * Which of the found faces each box is about: those that overlap most belong together, and no face belongs to two boxes.
 * @returns for each box its face; undefined where none is left
 */
function assign(
  found: readonly DetectedFace[],
  boxes: readonly (BoundingBox | undefined)[],
): (DetectedFace | undefined)[] {
  const pairs = boxes.flatMap((box, index) =>
    found.flatMap((face) => {
      const overlap = box ? intersectionOverUnion(face.box, box) : 0;
      return overlap < SAME_FACE ? [] : [{ index, face, overlap }];
    }),
  );
  const assigned = new Map<number, DetectedFace>();
  const taken = new Set<DetectedFace>();
  for (const { index, face } of pairs.toSorted((one, other) => other.overlap - one.overlap)) {
    if (assigned.has(index) || taken.has(face)) continue;
    assigned.set(index, face);
    taken.add(face);
  }
  return boxes.map((_, index) => assigned.get(index));
}

/**
 * The face that a label is about: the one in its box, else the largest one.
 * @param find the face in its box
 * @param labels of the photo
 */
function chooseFace(
  { pixels, width, height }: DecodedPhoto,
  found: readonly DetectedFace[],
  { box, checked }: LabelledPhoto,
  { find, labels }: { readonly find: DetectedFace | undefined; readonly labels: readonly LabelledPhoto[] },
): ChosenFace | typeof NO_FACE | typeof BOX_OUTSIDE | DoubtfulBox {
  const scale = width / pixels.width;
  const choose = (face: DetectedFace): ChosenFace => ({
    frame: frameOf(face),
    quality: measureQuality(pixels, face, scale).score,
  });
  if (!box) {
    const [largest] = found.toSorted((one, other) => area(other.box) - area(one.box));
    return largest ? choose(largest) : NO_FACE;
  }
  const wanted = scaleBox(box, 1 / scale);
  if (2 * area(clip(wanted, pixels)) < area(wanted)) return BOX_OUTSIDE;
  if (find) return choose(find);
  if (!checked) {
    const others = labels.flatMap((other) => (other.box && other.box !== box ? other.box : []));
    const free = found
      .map((face) => scaleBox(face.box, scale))
      .filter((face) => others.every((other) => intersectionOverUnion(face, other) < SAME_FACE));
    const doubt = doubtBox(box, { width, height }, free);
    if (doubt) return doubt;
  }
  return { frame: frameOfBox(wanted) };
}

/** The frame of a face that the detector does not see: upright, and as large as its box says. */
function frameOfBox({ x, y, width, height }: BoundingBox): FaceFrame {
  const side = Math.max(width, height);
  return {
    centre: { x: x + width / 2, y: y + height / 2 + FRAME_IN_BOX.below * side },
    size: FRAME_IN_BOX.size * side,
    roll: 0,
  };
}

function cutFace(pixels: Pixels, frame: FaceFrame): Promise<Buffer> {
  const chip = cutAligned(pixels, frame, { side: FACE_SIDE, extent: FACE_EXTENT });
  return sharp(chip, { raw: { width: FACE_SIDE, height: FACE_SIDE, channels: 3 } })
    .jpeg({ quality: QUALITY, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
