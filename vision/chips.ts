import { type ChipSpec, chipBytes, chipsOf, isSameChip, type View } from './chip-spec.ts';
import type { Pixels } from './engine.ts';
import type { FaceFrame } from './frame.ts';

/** Up to this many pixels of the image per pixel of the chip, each is one bilinear sample; */
const PIXELS_PER_SAMPLE = 1.5;
/** from then on it is the mean of some pixels of its square, at most this many each way: more would look no different. */
const MOST_SAMPLES = 3;
/** Positions are whole numbers of this many bits below the point. */
const FRACTION = 16;
const ONE = 1 << FRACTION;

/**
 * Cuts a face out of an image upright: squares around the frame's centre, turned as the frame is. Beyond the image's
 * edges its outermost pixels go on.
 *
 * @param image at most 32,768 pixels wide and high
 * @param into where the chips are written one after another, from `offset` on; by default an array of their own
 * @returns that array: side × side × 3 bytes a chip, interleaved RGB
 */
export function cutChips(
  image: Pixels,
  frame: FaceFrame,
  specs: readonly ChipSpec[],
  into: Uint8Array = new Uint8Array(specs.reduce((bytes, spec) => bytes + chipBytes(spec), 0)),
  offset = 0,
): Uint8Array {
  let start = offset;
  for (const spec of specs) {
    const grid = gridOf(frame, spec);
    const square = squareOf(grid, image);
    if (square) averageSquares(image, grid, square, into, start);
    else interpolate(image, grid, into, start);
    start += chipBytes(spec);
  }
  return into;
}

/** Where a chip's pixels lie in the image: a turned grid, in pixels. */
interface Grid {
  readonly side: number;
  /** The middle of the first pixel. */
  readonly x: number;
  readonly y: number;
  /** From one column to the next. The way from one row to the next is as long, at a right angle. */
  readonly across: number;
  readonly down: number;
}

function gridOf({ centre, size, roll }: FaceFrame, { side, extent, shift = [0, 0] }: ChipSpec): Grid {
  const step = (size * extent) / side;
  const [across, down] = [Math.cos(roll) * step, Math.sin(roll) * step];
  const [column, row] = shift.map((share) => 0.5 + (share - 0.5) * side) as [number, number];
  return {
    side,
    x: centre.x + column * across - row * down,
    y: centre.y + column * down + row * across,
    across,
    down,
  };
}

/** Pixels of the image that are averaged, by how far they lie from one that stands for them all. */
interface Square {
  readonly right: readonly number[];
  readonly below: readonly number[];
}

/** The pixels that one of the chip's is the mean of; undefined where one sample is enough, or the image has no room. */
function squareOf({ across, down }: Grid, { width, height }: Pixels): Square | undefined {
  const step = Math.hypot(across, down);
  if (step <= PIXELS_PER_SAMPLE) return undefined;
  const count = Math.min(MOST_SAMPLES, Math.round(step));
  const places = Array.from({ length: count }, (_, index) => (index + 0.5) / count - 0.5);
  const grid = places.flatMap((row) => places.map((column) => [column, row] as const));
  const right = grid.map(([column, row]) => Math.round(column * across - row * down));
  const below = grid.map(([column, row]) => Math.round(column * down + row * across));
  const fits =
    Math.max(...right) - Math.min(...right) < width && Math.max(...below) - Math.min(...below) < height;
  return fits ? { right, below } : undefined;
}

/** Each pixel of the chip is the mean of several of the image. */
function averageSquares(
  { data, width, height }: Pixels,
  { side, x, y, across, down }: Grid,
  { right, below }: Square,
  into: Uint8Array,
  offset: number,
): void {
  const line = width * 3;
  const count = right.length;
  const starts = Int32Array.from(right, (columns, index) => (below[index] ?? 0) * line + columns * 3);
  const mean = (values: readonly number[]) => values.reduce((sum, value) => sum + value) / count;
  // Rounded one by one, they may lie a little off the middle.
  const [firstX, firstY] = [toFixed(x - mean(right)), toFixed(y - mean(below))];
  const [toRight, toBelow] = [toFixed(across), toFixed(down)];
  // All of a square lies in the image.
  const [leastX, leastY] = [0 - Math.min(...right) * ONE, 0 - Math.min(...below) * ONE];
  const [mostX, mostY] = [(width - 1 - Math.max(...right)) * ONE, (height - 1 - Math.max(...below)) * ONE];
  // Whole numbers: a product and a shift instead of a division.
  const share = Math.ceil((1 << 20) / count);
  const rounding = count >> 1;
  let out = offset;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++, out += 3) {
      const fromLeft = clamp(leastX, firstX + column * toRight - row * toBelow, mostX);
      const fromTop = clamp(leastY, firstY + column * toBelow + row * toRight, mostY);
      const middle = (fromTop >> FRACTION) * line + (fromLeft >> FRACTION) * 3;
      let red = rounding;
      let green = rounding;
      let blue = rounding;
      for (let sample = 0; sample < count; sample++) {
        const pixel = middle + (starts[sample] as number);
        red += data[pixel] as number;
        green += data[pixel + 1] as number;
        blue += data[pixel + 2] as number;
      }
      into[out] = Math.imul(red, share) >> 20;
      into[out + 1] = Math.imul(green, share) >> 20;
      into[out + 2] = Math.imul(blue, share) >> 20;
    }
  }
}

/** Each pixel of the chip lies between four of the image. */
function interpolate(
  { data, width, height }: Pixels,
  { side, x, y, across, down }: Grid,
  into: Uint8Array,
  offset: number,
): void {
  const line = width * 3;
  const [firstX, firstY] = [toFixed(x - 0.5), toFixed(y - 0.5)];
  const [toRight, toBelow] = [toFixed(across), toFixed(down)];
  const [mostX, mostY] = [(width - 1) * ONE, (height - 1) * ONE];
  let out = offset;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++, out += 3) {
      const fromLeft = clamp(0, firstX + column * toRight - row * toBelow, mostX);
      const fromTop = clamp(0, firstY + column * toBelow + row * toRight, mostY);
      const topLeft = (fromTop >> FRACTION) * line + (fromLeft >> FRACTION) * 3;
      const topRight = fromLeft < mostX ? topLeft + 3 : topLeft;
      const below = fromTop < mostY ? line : 0;
      // Eight bits of each fraction: the four weights add up to ONE.
      const right = (fromLeft >> 8) & 255;
      const lower = (fromTop >> 8) & 255;
      const lowerRight = right * lower;
      const upperRight = (right << 8) - lowerRight;
      const lowerLeft = (lower << 8) - lowerRight;
      const upperLeft = ONE - (right << 8) - lowerLeft;
      for (let colour = 0; colour < 3; colour++) {
        into[out + colour] =
          (upperLeft * (data[topLeft + colour] as number) +
            upperRight * (data[topRight + colour] as number) +
            lowerLeft * (data[topLeft + below + colour] as number) +
            lowerRight * (data[topRight + below + colour] as number) +
            ONE / 2) >>
          FRACTION;
      }
    }
  }
}

// Without a negative zero, which would make all that is calculated with it slower.
const toFixed = (value: number) => Math.round(value * ONE) + 0;
// Faster than with Math.max as well.
const clamp = (least: number, value: number, most: number) => (value < least ? least : Math.min(value, most));

/**
 * Chooses some of the chips that were cut of each face. Should one be missing, as when another network came into
 * service in the meantime, it is cut out of the one that shows most, as well as that allows.
 *
 * @param chips the chips `cut` of each face, one after another, face after face
 * @returns the chips `wanted` of each face in the same order; the same array where nothing was to choose
 */
export function selectChips(
  chips: Uint8Array,
  cut: readonly ChipSpec[],
  wanted: readonly ChipSpec[],
): Uint8Array {
  const isSame = cut.length === wanted.length && cut.every((spec, index) => isSameChip(spec, wanted[index]));
  if (isSame) return chips;
  const starts = startsOf(cut);
  const [size, wantedSize] = [cut, wanted].map((specs) => startsOf(specs).at(-1) ?? 0) as [number, number];
  if (size === 0 || chips.length % size !== 0) {
    throw new RangeError(
      `Expected a multiple of ${size} bytes, the chips of a face, but received ${chips.length}.`,
    );
  }
  const faces = chips.length / size;
  const selected = new Uint8Array(faces * wantedSize);
  const widest = cut.reduce(
    (most, spec, index) => (spec.extent > (cut[most]?.extent ?? 0) ? index : most),
    0,
  );
  let offset = 0;
  for (let face = 0; face < faces; face++) {
    for (const spec of wanted) {
      const index = cut.findIndex((one) => isSameChip(one, spec));
      const source = cut[index < 0 ? widest : index] ?? spec;
      const start = face * size + (starts[index < 0 ? widest : index] ?? 0);
      const data = chips.subarray(start, start + chipBytes(source));
      if (index < 0)
        cutAgain({ data, width: source.side, height: source.side }, source, spec, selected, offset);
      else selected.set(data, offset);
      offset += chipBytes(spec);
    }
  }
  return selected;
}

function cutAgain(
  chip: Pixels,
  { side, extent, shift: [right, below] = [0, 0] }: ChipSpec,
  spec: ChipSpec,
  into: Uint8Array,
  offset: number,
): void {
  const centre = { x: (0.5 - right) * side, y: (0.5 - below) * side };
  cutChips(chip, { centre, size: side / extent, roll: 0 }, [spec], into, offset);
}

/** Where the chips of a face begin, and where they end. */
function startsOf(specs: readonly ChipSpec[]): number[] {
  const starts = [0];
  for (const spec of specs) starts.push((starts.at(-1) ?? 0) + chipBytes(spec));
  return starts;
}

/** One chip alone. */
export const cutAligned = (image: Pixels, frame: FaceFrame, spec: ChipSpec): Uint8Array =>
  cutChips(image, frame, [spec]);

/**
 * What a network sees of each face.
 * @param chips what `chipsOf(side, views)` names of each face, face after face
 * @returns a chip for each view of each face; the same array where the views are the chips
 */
export function viewChips(chips: Uint8Array, side: number, views: readonly View[]): Uint8Array {
  const specs = chipsOf(side, views);
  if (specs.length === views.length) return chips;
  const bytes = chipBytes({ side });
  const sources = views.map(({ extent, shift }) =>
    specs.findIndex((spec) => isSameChip(spec, { side, extent, shift })),
  );
  const seen = new Uint8Array((chips.length / specs.length) * views.length);
  let offset = 0;
  for (let face = 0; face < chips.length; face += specs.length * bytes) {
    for (const [index, { mirrored }] of views.entries()) {
      const start = face + (sources[index] ?? 0) * bytes;
      const chip = chips.subarray(start, start + bytes);
      if (mirrored) mirror(chip, side, seen, offset);
      else seen.set(chip, offset);
      offset += bytes;
    }
  }
  return seen;
}

/** Writes a chip's mirror image. */
function mirror(chip: Uint8Array, side: number, into: Uint8Array, offset: number): void {
  const line = side * 3;
  let source = 0;
  for (let start = offset; start < offset + chip.length; start += line) {
    for (let target = start + line - 3; target >= start; target -= 3, source += 3) {
      into[target] = chip[source] as number;
      into[target + 1] = chip[source + 1] as number;
      into[target + 2] = chip[source + 2] as number;
    }
  }
}
