import { mkdir, realpath } from 'node:fs/promises';
import { dirname, extname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import sharp, { type OverlayOptions } from 'sharp';
import type { Photo } from '../functions/shared/item.ts';
import type { BoundingBox } from '../vision/engine.ts';
import type { Face } from '../vision/face.ts';
import { formatAge, formatGender } from './table.ts';

/** Smaller photos are enlarged to this many pixels on their longest side: they have no room for text. */
const MINIMUM_SIDE = 640;
/** Sizes as parts of the longest side, so that they look alike on photos of any size. */
const LINE = 1 / 360;
const TEXT = { largest: 1 / 40, smallest: 1 / 72 };
const COLOR = '#ffd60a';
const SHADE = '#111';

/** Comes with the project, as a machine without a screen may have no font at all. */
const FONT = {
  name: 'PT Sans Narrow Bold',
  file: fileURLToPath(
    import.meta.resolve('@expo-google-fonts/pt-sans-narrow/700Bold/PTSansNarrow_700Bold.ttf'),
  ),
};

interface Size {
  readonly width: number;
  readonly height: number;
}

/**
 * Writes a copy of a photo, upright, with a box around each face and its age and gender beside it:
 * "34 (28–41) F 97 %". The copy has the photo's own format; of an animation it has the first frame.
 * @param source the photo's file
 * @param destination see `annotatedPath`; folders on the way are made
 * @throws Error when `destination` is the photo itself
 */
export async function annotatePhoto(source: string, photo: Photo, destination: string): Promise<void> {
  if (await isSameFile(source, destination)) {
    throw new Error(`Expected a copy but "${destination}" is the photo itself. Choose another folder.`);
  }
  const { autoOrient, format, compression } = await sharp(source).metadata();
  const enlargement = Math.max(1, Math.ceil(MINIMUM_SIDE / Math.max(autoOrient.width, autoOrient.height)));
  const size = { width: autoOrient.width * enlargement, height: autoOrient.height * enlargement };
  const faces = (photo.faces ?? []).map((face) => ({ ...face, box: scale(face.box, enlargement) }));

  await mkdir(dirname(destination), { recursive: true });
  await sharp(source, { failOn: 'error' })
    .autoOrient()
    .resize({ ...size, fit: 'fill' })
    .toColourspace('srgb')
    .composite(await drawFaces(faces, size))
    .toFormat(format === 'heif' && compression === 'av1' ? 'avif' : format, { quality: 92 })
    .toFile(destination);
}

/** Where a photo's annotated copy goes: "holiday/beach.jpg" to "<folder>/holiday/beach-faces.jpg". */
export function annotatedPath(folder: string, name: string): string {
  const extension = extname(name);
  return join(folder, `${name.slice(0, name.length - extension.length)}-faces${extension}`);
}

async function isSameFile(a: string, b: string): Promise<boolean> {
  const [first, second] = await Promise.all([a, b].map((path) => realpath(path).catch(() => resolve(path))));
  return first === second;
}

async function drawFaces(faces: readonly Face[], photo: Size): Promise<OverlayOptions[]> {
  const longest = Math.max(photo.width, photo.height);
  const line = Math.max(2, Math.round(longest * LINE));
  const shapes = faces.map(({ box }) => frame(box, line));
  const taken: BoundingBox[] = [];
  const texts: OverlayOptions[] = [];

  for (const { box, age, gender } of faces) {
    if (!age || !gender) continue;
    const text = await drawText([formatAge(age), formatGender(gender)], box.width, longest);
    const margin = Math.round(text.height / 8) + line;
    const size = { width: text.width + 2 * margin, height: text.height + 2 * margin };
    const label = placeLabel(size, box, [...taken, ...faces.map((face) => face.box)], photo);
    taken.push(label);
    shapes.push(
      `<rect x="${label.x}" y="${label.y}" width="${size.width}" height="${size.height}" rx="${line}" fill="${COLOR}" stroke="${SHADE}" stroke-width="${line / 3}"/>`,
    );
    texts.push({ input: text.image, left: Math.round(label.x) + margin, top: Math.round(label.y) + margin });
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${photo.width}" height="${photo.height}">${shapes.join('')}</svg>`;
  return [{ input: Buffer.from(svg) }, ...texts];
}

/** A bright line on a dark one, to be seen on any photo. */
function frame({ x, y, width, height }: BoundingBox, line: number): string {
  const rect = (color: string, thickness: number) =>
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${line}" fill="none" stroke="${color}" stroke-width="${thickness}"/>`;
  return rect(SHADE, line * 1.7) + rect(COLOR, line);
}

/** On one line where the face is wide enough for it, else on two, and no wider than the face if it can be read. */
async function drawText(words: readonly string[], width: number, longest: number) {
  const largest = Math.max(12, longest * TEXT.largest);
  const oneLine = await renderText(words.join('  '), largest);
  if (oneLine.width <= width) return oneLine;
  const twoLines = await renderText(words.join('\n'), largest);
  if (twoLines.width <= width) return twoLines;
  return renderText(
    words.join('\n'),
    Math.max(12, longest * TEXT.smallest, (largest * width) / twoLines.width),
  );
}

async function renderText(text: string, size: number) {
  const { data, info } = await sharp({
    text: {
      text: `<span foreground="${SHADE}">${text}</span>`,
      font: `${FONT.name} ${Math.round(size)}`,
      fontfile: FONT.file,
      rgba: true,
      dpi: 72,
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { image: data, width: info.width, height: info.height };
}

/** Of the places around a face, the first that hides the least of other faces and labels. */
function placeLabel(
  { width, height }: Size,
  face: BoundingBox,
  others: readonly BoundingBox[],
  photo: Size,
): BoundingBox {
  const right = face.x + face.width;
  const bottom = face.y + face.height;
  const centre = face.x + (face.width - width) / 2;
  const places = [
    [centre, face.y - height],
    [centre, bottom],
    [right, face.y],
    [face.x - width, face.y],
    [right, bottom - height],
    [face.x - width, bottom - height],
    [right, face.y - height],
    [face.x - width, face.y - height],
    [right, bottom],
    [face.x - width, bottom],
  ].map(([x = 0, y = 0]) => ({
    x: Math.min(Math.max(x, 0), Math.max(photo.width - width, 0)),
    y: Math.min(Math.max(y, 0), Math.max(photo.height - height, 0)),
    width,
    height,
  }));
  const hidden = (place: BoundingBox) => others.reduce((area, other) => area + overlap(place, other), 0);
  return places.reduce((best, place) => (hidden(place) < hidden(best) - 1 ? place : best));
}

function overlap(a: BoundingBox, b: BoundingBox): number {
  const width = Math.min(a.x + a.width, b.x + b.width) - Math.max(a.x, b.x);
  const height = Math.min(a.y + a.height, b.y + b.height) - Math.max(a.y, b.y);
  return Math.max(width, 0) * Math.max(height, 0);
}

const scale = (box: BoundingBox, factor: number): BoundingBox => ({
  x: box.x * factor,
  y: box.y * factor,
  width: box.width * factor,
  height: box.height * factor,
});
