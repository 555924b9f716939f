import { intersection, scaleBox } from './bounding-box.ts';
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
/** A bright line on a dark one, and dark text on a bright label, to be seen on any photo. */
export const COLORS = { line: '#ffd60a', shade: '#111' };

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** What is drawn of a face. */
export interface Drawn {
  readonly box: BoundingBox;
  /** Set beside its box, on one line or, where that is too long, each on a line of its own; none: the box alone. */
  readonly words: readonly string[];
}

interface PlannedLabel<Text> {
  readonly box: BoundingBox;
  readonly text: Text;
  /** Between the label's edge and the text, in pixels. */
  readonly margin: number;
}

/** Where boxes and labels go, in pixels of the photo once it has been resized to this size. */
interface AnnotationPlan<Text> extends Size {
  readonly boxes: readonly BoundingBox[];
  /** Widths of the bright line around a face, and of the dark one below it. */
  readonly line: number;
  readonly shade: number;
  readonly labels: readonly PlannedLabel<Text>[];
}

/** Sets lines of text in letters of a size, in pixels. */
type SetText<Text extends Size> = (lines: readonly string[], size: number) => Text | Promise<Text>;

/**
 * Plans a box around each face and its words beside it, whatever draws them: sharp in functions and commands, a canvas
 * on the page. Where there are several faces, each has its number before its words.
 * @param photo size of the upright photo, whose pixels the boxes of `faces` are in
 * @param maximumSide larger photos are scaled down to it
 */
export async function planAnnotation<Text extends Size>(
  faces: readonly Drawn[],
  photo: Size,
  setText: SetText<Text>,
  maximumSide = Number.POSITIVE_INFINITY,
): Promise<AnnotationPlan<Text>> {
  const factor = Math.min(enlargement(photo, faces), maximumSide / Math.max(photo.width, photo.height));
  const size = {
    width: Math.max(1, Math.round(photo.width * factor)),
    height: Math.max(1, Math.round(photo.height * factor)),
  };
  const boxes = faces.map(({ box }) => scaleBox(box, factor));
  const taken = [...boxes];
  const labels: PlannedLabel<Text>[] = [];
  for (const [index, box] of boxes.entries()) {
    const words = faces[index]?.words ?? [];
    const [first, ...others] = words;
    if (first === undefined) continue;
    const numbered = faces.length > 1 ? [`#${index + 1}  ${first}`, ...others] : words;
    const label = await planLabel(numbered, box, taken, size, setText);
    if (label.box.width > size.width || label.box.height > size.height) continue;
    taken.push(label.box);
    labels.push(label);
  }
  const line = Math.max(2, Math.round(extent(size) * LINE));
  return { ...size, boxes, line, shade: line * 1.7, labels };
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

/** The largest label that hides nothing: on one line, on several, on several no wider than the face. */
async function planLabel<Text extends Size>(
  words: readonly string[],
  face: BoundingBox,
  taken: readonly BoundingBox[],
  photo: Size,
  setText: SetText<Text>,
) {
  const largest = Math.max(SMALLEST_TEXT, extent(photo) * TEXT.largest);
  const plan = async (lines: readonly string[], size: number) => {
    const text = await setText(lines, size);
    const margin = Math.ceil(size / 5);
    const outer = { width: text.width + 2 * margin, height: text.height + 2 * margin };
    return { text, margin, ...placeLabel(outer, face, taken, photo) };
  };

  const oneLine = await plan([words.join('  ')], largest);
  if (oneLine.box.width <= face.width && oneLine.hidden < 1) return oneLine;
  const lines = await plan(words, largest);
  const fitting = (largest * face.width) / lines.box.width;
  const readable = Math.max(fitting, SMALLEST_TEXT, extent(photo) * TEXT.smallest);
  const shown = readable < largest ? await plan(words, readable) : lines;
  return shown.hidden < 1 ? shown : plan(words, Math.min(largest, Math.max(fitting, SMALLEST_TEXT)));
}

/** The first of the places around a face that hides least of faces and other labels, in square pixels. */
function placeLabel(
  { width, height }: Size,
  face: BoundingBox,
  others: readonly BoundingBox[],
  photo: Size,
): { box: BoundingBox; hidden: number } {
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
  const options = places.map((box) => ({
    box,
    hidden: others.reduce((area, other) => area + intersection(box, other), 0),
  }));
  return options.reduce((best, option) => (option.hidden < best.hidden - 1 ? option : best));
}
