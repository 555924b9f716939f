import type { Tensor3D } from '@tensorflow/tfjs-core';
import { clip } from '../../vision/bounding-box.ts';
import type { BoundingBox, DetectedFace, Pixels, Point } from '../../vision/engine.ts';
import type { FaceApi } from './face-api.ts';

/** The network sees a square of this side, in pixels. */
const INPUT_SIDE = 512;
/** More than a photo holds, so that the least confidence alone decides; face-api's default is 100. */
const MAXIMUM_RESULTS = 1000;

/** A face of the 68 landmarks of the iBUG 300-W scheme. Left and right are as seen in the image. */
const LEFT_EYE = { from: 36, to: 42 };
const RIGHT_EYE = { from: 42, to: 48 };
const NOSE_TIP = { from: 30, to: 31 };
const LEFT_MOUTH_CORNER = { from: 48, to: 49 };
const RIGHT_MOUTH_CORNER = { from: 54, to: 55 };

interface Find {
  readonly box: BoundingBox;
  readonly confidence: number;
}

/**
 * Finds faces with face-api's SSD on MobileNetV1 (Liu et al., "SSD: Single Shot MultiBox Detector", 2016),
 * and their landmarks with its FaceLandmark68Net. The detector misses faces that fill the image, so an image
 * without a find is looked at again from further away.
 * @returns faces at or above `minimumConfidence`, most confident first
 */
export async function detectFaces(
  loaded: FaceApi,
  image: Pixels,
  minimumConfidence: number,
): Promise<DetectedFace[]> {
  const tensor = loaded.tf.tensor3d(image.data, [image.height, image.width, 3], 'int32');
  try {
    let finds = await findFaces(loaded, tensor, minimumConfidence);
    if (finds.length === 0) finds = await findFacesFromAfar(loaded, tensor, minimumConfidence);
    return await locateLandmarks(loaded, tensor, finds);
  } finally {
    tensor.dispose();
  }
}

async function findFaces({ faceApi }: FaceApi, image: Tensor3D, minConfidence: number): Promise<Find[]> {
  const found = await faceApi.nets.ssdMobilenetv1.locateFaces(image, {
    minConfidence,
    maxResults: MAXIMUM_RESULTS,
  });
  return found.map(({ box: { x, y, width, height }, score }) => ({
    box: { x, y, width, height },
    confidence: score,
  }));
}

/** Looks at a black image, thrice as wide and as high, with the image in its middle. */
async function findFacesFromAfar(loaded: FaceApi, image: Tensor3D, minConfidence: number): Promise<Find[]> {
  const { tf } = loaded;
  const [height, width] = image.shape;
  // No larger than the network sees it: padding a large photo would take much memory.
  const scale = Math.min(1, INPUT_SIDE / 3 / Math.max(height, width));
  const rows = Math.max(1, Math.round(height * scale));
  const columns = Math.max(1, Math.round(width * scale));
  const distant = tf.tidy(() =>
    tf.pad3d(tf.image.resizeBilinear(image, [rows, columns]), [
      [rows, rows],
      [columns, columns],
      [0, 0],
    ]),
  );
  try {
    const finds = await findFaces(loaded, distant, minConfidence);
    return finds.map(({ box, confidence }) => ({
      box: {
        x: ((box.x - columns) * width) / columns,
        y: ((box.y - rows) * height) / rows,
        width: (box.width * width) / columns,
        height: (box.height * height) / rows,
      },
      confidence,
    }));
  } finally {
    distant.dispose();
  }
}

/** Finds without a whole pixel in the image are left out. */
async function locateLandmarks(
  { faceApi, tf }: FaceApi,
  image: Tensor3D,
  finds: readonly Find[],
): Promise<DetectedFace[]> {
  const [height, width] = image.shape;
  const visible = finds
    .map((find) => ({ find, part: wholePixels(clip(find.box, { width, height })) }))
    .filter(({ part }) => part.width > 0 && part.height > 0);
  if (visible.length === 0) return [];
  const crops = tf.tidy(() =>
    visible.map(({ part }) => tf.slice3d(image, [part.y, part.x, 0], [part.height, part.width, 3])),
  );
  try {
    const located = [await faceApi.nets.faceLandmark68Net.detectLandmarks(crops)].flat();
    return visible.map(({ find, part }, index) => {
      const points = fivePoints(located[index]?.positions ?? []);
      return { ...find, landmarks: points.map(({ x, y }) => ({ x: x + part.x, y: y + part.y })) };
    });
  } finally {
    tf.dispose(crops);
  }
}

function wholePixels({ x, y, width, height }: BoundingBox): BoundingBox {
  return { x: Math.floor(x), y: Math.floor(y), width: Math.floor(width), height: Math.floor(height) };
}

/** Eyes as the middle of their outlines. */
function fivePoints(landmarks: readonly Point[]): Point[] {
  return [LEFT_EYE, RIGHT_EYE, NOSE_TIP, LEFT_MOUTH_CORNER, RIGHT_MOUTH_CORNER].map(({ from, to }) => {
    const points = landmarks.slice(from, to);
    const mean = (values: number[]) => values.reduce((sum, value) => sum + value, 0) / values.length;
    return { x: mean(points.map(({ x }) => x)), y: mean(points.map(({ y }) => y)) };
  });
}
