import sharp from 'sharp';
import type { DetectedFace, FaceDetector, ModelInfo, Pixels } from '../../vision/engine.ts';
import { suppressOverlaps } from './boxes.ts';
import { type HeatMap, readFaces, STRIDE } from './heat-map.ts';
import { closerLooks, combineLooks, firstLook, hintConfidence, type Look } from './looks.ts';
import type { InferenceSession } from './runtime.ts';
import { run } from './session.ts';

/** The network halves its input five times. */
const MULTIPLE = 32;
/** Boxes that overlap by more than this, as intersection over union, are of one face. */
const SAME_FACE = 0.4;
/** Lower faces, in pixels of the image, are too small to say anything about. */
const MINIMUM_HEIGHT = 10;

/** CenterFace: a coarse look at the image and, where that is not enough, closer ones. */
export class CenterFace implements FaceDetector {
  readonly model: ModelInfo;
  readonly #session: InferenceSession;

  constructor(session: InferenceSession, model: ModelInfo) {
    this.#session = session;
    this.model = model;
  }

  async detect(image: Pixels, minimumConfidence: number): Promise<DetectedFace[]> {
    const first = firstLook(image);
    const coarse = await this.#look(image, first, hintConfidence(minimumConfidence));
    const closer = [];
    for (const look of closerLooks(image, first, coarse, minimumConfidence)) {
      closer.push({ look, faces: await this.#look(image, look, minimumConfidence) });
    }
    const faces = combineLooks(image, first, coarse, closer);
    const confident = faces.filter(({ confidence }) => confidence >= minimumConfidence);
    return suppressOverlaps(confident, SAME_FACE);
  }

  /** @returns all peaks of the heat map, in pixels of the image */
  async #look(image: Pixels, look: Look, minimumConfidence: number): Promise<DetectedFace[]> {
    const { region } = look;
    const view = await cutOut(image, look);
    const faces = readFaces(await this.#run(view.pixels), minimumConfidence);
    const across = region.width / view.width;
    const down = region.height / view.height;
    const toImage = ({ x, y }: { x: number; y: number }) => ({
      x: region.x + x * across,
      y: region.y + y * down,
    });
    const inImage = faces.map(({ box, confidence, landmarks }) => ({
      box: { ...toImage(box), width: box.width * across, height: box.height * down },
      confidence,
      landmarks: landmarks.map(toImage),
    }));
    return inImage.filter(({ box }) => box.height >= MINIMUM_HEIGHT);
  }

  async #run({ data, width, height }: Pixels): Promise<HeatMap> {
    const outputs = ['heat_map', 'scale', 'offset', 'landmarks'] as const;
    const { heat_map: confidence, ...rest } = await run(this.#session, data, [1, height, width, 3], outputs);
    return { width: width / STRIDE, height: height / STRIDE, confidence, ...rest };
  }
}

/** What the network sees: a part of the image, scaled, with black to the right and below up to a multiple of 32. */
async function cutOut(
  { data, width, height }: Pixels,
  { region, scale }: Look,
): Promise<{ pixels: Pixels; width: number; height: number }> {
  const scaled = {
    width: Math.max(1, Math.round(region.width * scale)),
    height: Math.max(1, Math.round(region.height * scale)),
  };
  const right = -scaled.width & (MULTIPLE - 1);
  const bottom = -scaled.height & (MULTIPLE - 1);
  const isWhole = region.width === width && region.height === height;
  if (isWhole && scale === 1 && right + bottom === 0) return { ...scaled, pixels: { data, width, height } };
  const pixels = await sharp(data, { raw: { width, height, channels: 3 } })
    .extract({ left: region.x, top: region.y, width: region.width, height: region.height })
    .resize({ ...scaled, fit: 'fill', kernel: 'linear' })
    .extend({ right, bottom, background: '#000' })
    .raw()
    .toBuffer();
  return { ...scaled, pixels: { data: pixels, width: scaled.width + right, height: scaled.height + bottom } };
}
