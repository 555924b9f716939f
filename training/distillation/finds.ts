import { createHash } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { parse } from 'csv-parse/sync';
import sharp from 'sharp';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { buildModels } from '../../models/build/build.ts';
import { area, clip, intersectionOverUnion, scaleBox } from '../../vision/bounding-box.ts';
import { cutAligned } from '../../vision/chips.ts';
import { detectFaces } from '../../vision/detection.ts';
import type { BoundingBox, Pixels } from '../../vision/engine.ts';
import { type FaceFrame, frameOf } from '../../vision/frame.ts';
import { decodePhoto } from '../../vision/photo.ts';
import { FACE_EXTENT, FACE_SIDE } from '../dataset/prepared.ts';

/**
 * `node training/distillation/finds.ts OUT PHOTOS BOXES.csv [PHOTOS_WITHOUT_FACES LIST.csv]`
 *
 * What the detector finds in photos all of whose faces are marked (columns file, x, y, w, h in pixels): right finds,
 * wrong ones, and squares beside all faces. Teaches what is no face. LIST.csv has the columns file and category; the
 * photos of the categories noface and noface_animal hold no face. Writes OUT/finds.jpegs and OUT/finds.json.
 */

/** Far lower than in service, for more wrong finds to learn from. */
const CONFIDENCE = 0.12;
/** A find that overlaps no marked face by more than this is wrong; one that overlaps by SURELY is right. */
const [AT_MOST, SURELY] = [0.1, 0.45];
/** Squares beside the faces, a photo. */
const BESIDE = 4;
const LOWEST = 14;

interface Find {
  readonly file: string;
  readonly kind: 'face' | 'wrong' | 'beside';
  readonly confidence: number;
  readonly size: number;
  readonly split: 'train' | 'test';
  readonly offset: number;
  readonly length: number;
}

const [out = '', photos = '', boxes = '', others, list] = process.argv.slice(2);
const rows = parse(await readFile(boxes, 'utf8'), { columns: true }) as Record<string, string>[];
const marked = Map.groupBy(rows, ({ file }) => file ?? '');
const detector = await createOnnxEngine(await buildModels()).loadDetector();
const finds: Find[] = [];
const jpegs: Buffer[] = [];
let offset = 0;

for (const [file, faces] of marked) {
  const known = faces.map(({ x, y, w, h }) => ({
    x: Number(x),
    y: Number(y),
    width: Number(w),
    height: Number(h),
  }));
  await look(path.join(photos, file), known, BESIDE);
}
if (others && list) {
  for (const { file = '', category } of parse(await readFile(list, 'utf8'), { columns: true }) as Record<
    string,
    string
  >[]) {
    if (category === 'noface' || category === 'noface_animal')
      await look(path.join(others, file), [], 2 * BESIDE);
  }
}
await mkdir(out, { recursive: true });
await writeFile(path.join(out, 'finds.jpegs'), Buffer.concat(jpegs));
await writeFile(path.join(out, 'finds.json'), JSON.stringify(finds));
console.log(
  Object.entries(Object.groupBy(finds, ({ kind }) => kind))
    .map(([kind, all]) => `${kind} ${all?.length}`)
    .join(', '),
);

async function look(file: string, faces: readonly BoundingBox[], beside: number): Promise<void> {
  const bytes = await readFile(file);
  const photo = await decodePhoto(bytes, 100_000_000).catch(() => undefined);
  if (!photo) return;
  const { pixels } = photo;
  const scale = pixels.width / photo.width;
  const known = faces.map((face) => scaleBox(face, scale));
  const digest = createHash('sha256').update(bytes).digest();
  const split = (digest[0] ?? 0) % 4 === 0 ? 'test' : 'train';
  const add = async (kind: Find['kind'], frame: FaceFrame, confidence: number) => {
    const jpeg = await cut(pixels, frame);
    finds.push({
      file: path.basename(file),
      kind,
      confidence,
      size: frame.size,
      split,
      offset,
      length: jpeg.length,
    });
    jpegs.push(jpeg);
    offset += jpeg.length;
  };
  for (const face of await detectFaces(pixels, detector, CONFIDENCE)) {
    const box = clip(face.box, pixels);
    if (area(box) === 0) continue;
    const overlap = Math.max(0, ...known.map((one) => intersectionOverUnion(one, box)));
    // A part of a marked face, or several of them, is neither.
    const touches = known.some((one) => covers(one, box));
    if (overlap >= SURELY && face.confidence >= 0.35) await add('face', frameOf(face), face.confidence);
    else if (overlap <= AT_MOST && !touches) await add('wrong', frameOf(face), face.confidence);
  }
  for (let tried = 0, found = 0; tried < 40 && found < beside; tried++) {
    const unit = (index: number) => ((digest.readUInt16BE(index) * (tried + 1) * 40503) % 65536) / 65536;
    const size = LOWEST + unit(2) ** 2 * 0.35 * Math.min(pixels.width, pixels.height);
    const centre = { x: unit(4) * pixels.width, y: unit(6) * pixels.height };
    const box = { x: centre.x - size / 2, y: centre.y - size / 2, width: size, height: size };
    if (known.some((one) => covers(one, box) || covers(box, one))) continue;
    found++;
    await add('beside', { centre, size, roll: 0 }, 0);
  }
}

/** Whether boxes overlap by a seventh of the smaller one. */
function covers(one: BoundingBox, other: BoundingBox): boolean {
  const width = Math.min(one.x + one.width, other.x + other.width) - Math.max(one.x, other.x);
  const height = Math.min(one.y + one.height, other.y + other.height) - Math.max(one.y, other.y);
  return width > 0 && height > 0 && width * height > Math.min(area(one), area(other)) / 7;
}

function cut(pixels: Pixels, frame: FaceFrame): Promise<Buffer> {
  const chip = cutAligned(pixels, frame, { side: FACE_SIDE, extent: FACE_EXTENT });
  return sharp(chip, { raw: { width: FACE_SIDE, height: FACE_SIDE, channels: 3 } })
    .jpeg({ quality: 95, chromaSubsampling: '4:4:4' })
    .toBuffer();
}
