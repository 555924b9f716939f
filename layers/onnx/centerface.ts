import type { InferenceSession } from 'onnxruntime-node';
import sharp from 'sharp';
import type { DetectedFace, FaceDetector, ModelInfo, Pixels } from '../../vision/engine.ts';
import { readFaces } from './heat-map.ts';
import { suppressOverlaps } from './overlap.ts';
import { run } from './session.ts';

/** The network halves its input five times. */
const MULTIPLE = 32;
/** Longest side of the first, cheap look, in pixels. */
const FIRST_SIDE = 640;
/** Boxes that overlap by more than this, as intersection over union, are one face. */
const SAME_FACE = 0.3;

/** CenterFace. */
export class CenterFace implements FaceDetector {
  readonly model: ModelInfo;
  readonly inputSide = 1280;
  readonly #session: InferenceSession;

  constructor(session: InferenceSession, model: ModelInfo) {
    this.#session = session;
    this.model = model;
  }

  async detect(image: Pixels, minimumConfidence: number): Promise<DetectedFace[]> {
    return suppressOverlaps(await this.#look(image, FIRST_SIDE, minimumConfidence), SAME_FACE);
  }

  async #look(image: Pixels, side: number, minimumConfidence: number): Promise<DetectedFace[]> {
    const scale = Math.min(1, side / Math.max(image.width, image.height));
    const width = toMultiple(image.width * scale);
    const height = toMultiple(image.height * scale);
    const { data } = await resize(image, width, height);
    const [confidence, size, offset, landmarks] = await run(
      this.#session,
      data,
      [1, height, width, 3],
      ['heat_map', 'scale', 'offset', 'landmarks'],
    );
    if (!confidence || !size || !offset || !landmarks) {
      throw new Error('Expected four outputs of CenterFace.');
    }
    const map = { width: width / 4, height: height / 4, confidence, scale: size, offset, landmarks };
    const [across, down] = [image.width / width, image.height / height];
    return readFaces(map, minimumConfidence).map(({ box, confidence, landmarks }) => ({
      confidence,
      box: { x: box.x * across, y: box.y * down, width: box.width * across, height: box.height * down },
      landmarks: landmarks.map(({ x, y }) => ({ x: x * across, y: y * down })),
    }));
  }
}

function toMultiple(length: number): number {
  return Math.max(1, Math.round(length / MULTIPLE)) * MULTIPLE;
}

async function resize({ data, width, height }: Pixels, toWidth: number, toHeight: number): Promise<Pixels> {
  if (width === toWidth && height === toHeight) {
    return { data, width, height };
  }
  const resized = await sharp(data, { raw: { width, height, channels: 3 } })
    .resize({ width: toWidth, height: toHeight, fit: 'fill', kernel: 'linear' })
    .raw()
    .toBuffer();
  return { data: resized, width: toWidth, height: toHeight };
}
