import sharp, { type OverlayOptions } from 'sharp';
import { html } from '../support/markup.ts';
import { intersection } from './bounding-box.ts';
import type { BoundingBox } from './engine.ts';

/**
 * Small photos, and photos of crowds, are enlarged to have room for text: to these lengths of the longest
 * side, the shortest side and most of the faces, in pixels, though no side beyond the last one.
 */
const ROOM = { side: 480, shortest: 96, face: 52, most: 4096 };
/** Sizes as parts of a photo's size (see `extent`), so that they look alike on photos of any size. */
const LINE = 1 / 360;
const TEXT = { largest: 1 / 40, smallest: 1 / 72 };
/** In pixels: smaller text cannot be read. */
const SMALLEST_TEXT = 12;
const COLOR = '#ffd60a';
const SHADE = '#111';

/** The font family that texts are set in, for which a file is to be given: a machine may have no font at all. */
const FONT = 'PT Sans Narrow Bold';

interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is drawn of a face. */
export interface Drawn {
  readonly box: BoundingBox;
  /** Set beside its box, on one line or, where that is too long, each on a line of its own; none: the box alone. */
  readonly words: readonly string[];
}

/** What is drawn on a photo once it has been resized to this size, in pixels. */
export interface Annotation extends Size {
  readonly overlays: OverlayOptions[];
}

/**
 * Draws a box around each face and its words beside it: "34 (28–41) F 97 %".
 * @param photo size of the upright photo, whose pixels the boxes of `faces` are in
 * @param font file of the font PT Sans Narrow Bold
 * @param maximumSide larger photos are scaled down to it
 */
export async function annotate(
  faces: readonly Drawn[],
  photo: Size,
  font: string,
  maximumSide = Number.POSITIVE_INFINITY,
): Promise<Annotation> {
  const factor = Math.min(enlargement(photo, faces), maximumSide / Math.max(photo.width, photo.height));
  const size = {
    width: Math.max(1, Math.round(photo.width * factor)),
    height: Math.max(1, Math.round(photo.height * factor)),
  };
  const scaled = faces.map((face) => ({ ...face, box: scale(face.box, factor) }));
  return { ...size, overlays: await drawFaces(scaled, size, font) };
}

/** A whole number, so that every pixel of the photo is still there. */
function enlargement({ width, height }: Size, faces: readonly Drawn[]): number {
  const longest = Math.max(width, height);
  const widths = faces.map(({ box }) => box.width).sort((a, b) => a - b);
  const small = widths[Math.floor(widths.length / 5)] ?? ROOM.face;
  const wanted = Math.max(
    ROOM.side / longest,
    ROOM.shortest / Math.min(width, height),
    faces.length > 1 ? ROOM.face / small : 1,
  );
  return Math.max(1, Math.min(Math.ceil(wanted), Math.floor(ROOM.most / longest)));
}

/** The longest side; of a panorama, that of its middle. In pixels. */
const extent = ({ width, height }: Size) => Math.min(Math.max(width, height), 2 * Math.min(width, height));

async function drawFaces(faces: readonly Drawn[], photo: Size, font: string): Promise<OverlayOptions[]> {
  const line = Math.max(2, Math.round(extent(photo) * LINE));
  const shapes = faces.map(({ box }) => frame(box, line));
  const taken = faces.map(({ box }) => box);
  const texts: OverlayOptions[] = [];
  for (const { box, words } of faces) {
    if (words.length === 0) continue;
    const { label, text, margin } = await drawLabel(words, box, taken, photo, font);
    if (label.width > photo.width || label.height > photo.height) continue;
    taken.push(label);
    shapes.push(
      `<rect x="${label.x}" y="${label.y}" width="${label.width}" height="${label.height}" rx="${margin / 2}" fill="${COLOR}" stroke="${SHADE}"/>`,
    );
    texts.push({ input: text.image, left: Math.round(label.x) + margin, top: Math.round(label.y) + margin });
  }
  const svg = `<svg xmlns="http://www.w3.org/2000/svg" width="${photo.width}" height="${photo.height}">${shapes.join('')}</svg>`;
  return [{ input: Buffer.from(svg) }, ...texts];
}

/** The largest label that hides nothing: on one line, on several, on several no wider than the face. */
async function drawLabel(
  words: readonly string[],
  face: BoundingBox,
  taken: readonly BoundingBox[],
  photo: Size,
  font: string,
) {
  const largest = Math.max(SMALLEST_TEXT, extent(photo) * TEXT.largest);
  const draw = async (separator: string, size: number) => {
    const text = await renderText(words.join(separator), size, font);
    const margin = Math.ceil(size / 5);
    const outer = { width: text.width + 2 * margin, height: text.height + 2 * margin };
    return { text, margin, ...placeLabel(outer, face, taken, photo) };
  };

  const oneLine = await draw('  ', largest);
  if (oneLine.label.width <= face.width && oneLine.hidden < 1) return oneLine;
  const lines = await draw('\n', largest);
  const fitting = (largest * face.width) / lines.label.width;
  const readable = Math.max(fitting, SMALLEST_TEXT, extent(photo) * TEXT.smallest);
  const shown = readable < largest ? await draw('\n', readable) : lines;
  return shown.hidden < 1 ? shown : draw('\n', Math.min(largest, Math.max(fitting, SMALLEST_TEXT)));
}

/** A bright line on a dark one, to be seen on any photo. */
function frame({ x, y, width, height }: BoundingBox, line: number): string {
  const rect = (color: string, thickness: number) =>
    `<rect x="${x}" y="${y}" width="${width}" height="${height}" rx="${line}" fill="none" stroke="${color}" stroke-width="${thickness}"/>`;
  return rect(SHADE, line * 1.7) + rect(COLOR, line);
}

async function renderText(text: string, size: number, font: string) {
  const { data, info } = await sharp({
    text: {
      text: html`<span foreground="${SHADE}">${text}</span>`.toString(),
      font: `${FONT} ${Math.round(size)}`,
      fontfile: font,
      rgba: true,
      dpi: 72,
    },
  })
    .png()
    .toBuffer({ resolveWithObject: true });
  return { image: data, width: info.width, height: info.height };
}

/** Of the places around a face, the first that hides the least of faces and other labels, in square pixels. */
function placeLabel(
  { width, height }: Size,
  face: BoundingBox,
  others: readonly BoundingBox[],
  photo: Size,
): { label: BoundingBox; hidden: number } {
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
  const options = places.map((label) => ({
    label,
    hidden: others.reduce((area, other) => area + intersection(label, other), 0),
  }));
  return options.reduce((best, option) => (option.hidden < best.hidden - 1 ? option : best));
}

const scale = (box: BoundingBox, factor: number): BoundingBox => ({
  x: box.x * factor,
  y: box.y * factor,
  width: box.width * factor,
  height: box.height * factor,
});
