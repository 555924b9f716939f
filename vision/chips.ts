import { clip } from './bounding-box.ts';
import { type ChipSpec, chipBytes, chipsOf, isSameChip, type View } from './chip-spec.ts';
import type { Pixels } from './engine.ts';
import type { FaceFrame } from './frame.ts';
import { shrink } from './shrinking.ts';

/** From this many pixels of the image per pixel of the chip on, each is the mean of four samples. */
const PIXELS_PER_SAMPLE = 1.6;
/** Positions are whole numbers of this many bits below the point. */
const FRACTION = 16;
const ONE = 1 << FRACTION;

/**
 * Cuts a face out of an image upright: squares around the frame's centre, turned as the frame is. A face that is
 * large for the chips is first made smaller by a whole number; then each pixel is one bilinear sample or the mean of
 * four. Beyond the image's edges its outermost pixels go on.
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
  const finest = Math.min(...specs.map(({ side, extent }) => (frame.size * extent) / side));
  const smaller = shrinkAround(image, frame, specs, Math.max(1, Math.round(finest)));
  let start = offset;
  for (const spec of specs) {
    sampleChip(smaller.image, smaller.frame, spec, into, start);
    start += chipBytes(spec);
  }
  return into;
}

/** Makes the part of an image that the chips show smaller by a whole number. */
function shrinkAround(
  image: Pixels,
  frame: FaceFrame,
  specs: readonly ChipSpec[],
  factor: number,
): { image: Pixels; frame: FaceFrame } {
  if (factor === 1) return { image, frame };
  // Half of what the squares take, turned, across and down.
  const turned = (Math.abs(Math.cos(frame.roll)) + Math.abs(Math.sin(frame.roll))) / 2;
  const reach =
    frame.size *
    Math.max(...specs.map(({ extent, shift = [0, 0] }) => extent * (turned + Math.hypot(...shift))));
  const part = clip(
    {
      x: Math.floor(frame.centre.x - reach),
      y: Math.floor(frame.centre.y - reach),
      // One pixel of the smaller image more than it takes.
      width: Math.ceil(2 * reach) + factor,
      height: Math.ceil(2 * reach) + factor,
    },
    image,
  );
  // Only whole pixels of the smaller image; there must be at least one.
  if (part.width < factor || part.height < factor) return { image, frame };
  const centre = { x: (frame.centre.x - part.x) / factor, y: (frame.centre.y - part.y) / factor };
  return { image: shrink(image, part, factor), frame: { ...frame, centre, size: frame.size / factor } };
}

function sampleChip(image: Pixels, frame: FaceFrame, spec: ChipSpec, into: Uint8Array, offset: number): void {
  const { side, extent, shift } = spec;
  const { data, width, height } = image;
  const step = (frame.size * extent) / side;
  const across = Math.round(Math.cos(frame.roll) * step * ONE);
  const down = Math.round(Math.sin(frame.roll) * step * ONE);
  const starts = samplePositions(frame, side, step, shift);
  // Sums are in 256ths, of one sample or of four.
  const [bits, half] = starts.length > 2 ? [10, 512] : [8, 128];
  const [maximumX, maximumY] = [(width - 1) * ONE, (height - 1) * ONE];
  const line = width * 3;
  let out = offset;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++, out += 3) {
      let [red, green, blue] = [0, 0, 0];
      for (let sample = 0; sample < starts.length; sample += 2) {
        let x = (starts[sample] as number) + column * across - row * down;
        let y = (starts[sample + 1] as number) + column * down + row * across;
        x = Math.min(Math.max(0, x), maximumX);
        y = Math.min(Math.max(0, y), maximumY);
        const topLeft = (y >> FRACTION) * line + (x >> FRACTION) * 3;
        const topRight = x < maximumX ? topLeft + 3 : topLeft;
        const below = y < maximumY ? line : 0;
        // Eight bits of each fraction: the four weights add up to 2 ** 16.
        const [right, lower] = [(x >> 8) & 255, (y >> 8) & 255];
        const lowerRight = right * lower;
        const upperRight = (right << 8) - lowerRight;
        const lowerLeft = (lower << 8) - lowerRight;
        const upperLeft = ONE - (right << 8) - lowerLeft;
        red +=
          (upperLeft * (data[topLeft] as number) +
            upperRight * (data[topRight] as number) +
            lowerLeft * (data[topLeft + below] as number) +
            lowerRight * (data[topRight + below] as number)) >>
          8;
        green +=
          (upperLeft * (data[topLeft + 1] as number) +
            upperRight * (data[topRight + 1] as number) +
            lowerLeft * (data[topLeft + below + 1] as number) +
            lowerRight * (data[topRight + below + 1] as number)) >>
          8;
        blue +=
          (upperLeft * (data[topLeft + 2] as number) +
            upperRight * (data[topRight + 2] as number) +
            lowerLeft * (data[topLeft + below + 2] as number) +
            lowerRight * (data[topRight + below + 2] as number)) >>
          8;
      }
      into[out] = (red + half) >> bits;
      into[out + 1] = (green + half) >> bits;
      into[out + 2] = (blue + half) >> bits;
    }
  }
}

/** Where the samples of the chip's first pixel lie: x and y in turn, in whole numbers. */
function samplePositions(
  { centre, roll }: FaceFrame,
  side: number,
  step: number,
  [right, below]: readonly [number, number] = [0, 0],
): number[] {
  const count = step > PIXELS_PER_SAMPLE ? 2 : 1;
  const [across, down] = [Math.cos(roll) * step, Math.sin(roll) * step];
  const positions: number[] = [];
  for (let sample = 0; sample < count * count; sample++) {
    const u = ((sample % count) + 0.5) / count + (right - 0.5) * side;
    const v = (Math.floor(sample / count) + 0.5) / count + (below - 0.5) * side;
    positions.push(Math.round((centre.x + u * across - v * down - 0.5) * ONE));
    positions.push(Math.round((centre.y + u * down + v * across - 0.5) * ONE));
  }
  return positions;
}

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
