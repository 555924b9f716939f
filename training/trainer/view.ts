import { FACE_SIDE } from '../dataset/prepared.ts';
import type { Augmentation } from '../spec.ts';
import type { Random } from './random.ts';

/** How a prepared face is looked at. */
export interface View {
  /** Where the middle of the view lies off the middle of the face, in sides of the view. */
  readonly shift: readonly [x: number, y: number];
  /** Side of the view, in usual sides. */
  readonly scale: number;
  /** In radians. */
  readonly turn: number;
  readonly flip: boolean;
  /** Added to each colour, from −1 to 1, where 1 is from black to white. */
  readonly brightness: number;
  /** Factors. */
  readonly contrast: number;
  readonly saturation: number;
  /** A rectangle painted over, in shares of the side, and its colour, 0 to 255. */
  readonly erased?: {
    readonly left: number;
    readonly top: number;
    readonly width: number;
    readonly height: number;
    readonly colour: readonly [number, number, number];
  };
}

/** What a network sees of a prepared face. */
export interface ChipShape {
  /** In pixels. */
  readonly side: number;
  /** Side of what it shows, as a share of the prepared face's side. */
  readonly share: number;
}

/** Chips as networks learn from them, and as they are served. */
export type ChipValues = Float32Array | Uint8ClampedArray;

/** As networks take them. */
export const bytesOf = ({ buffer, byteOffset, length }: Uint8ClampedArray): Uint8Array =>
  new Uint8Array(buffer, byteOffset, length);

/** The middle of the face, as it is. */
export const CENTRE: View = {
  shift: [0, 0],
  scale: 1,
  turn: 0,
  flip: false,
  brightness: 0,
  contrast: 1,
  saturation: 1,
};

/** A random view. What it draws does not depend on which parts of the augmentation are on. */
export function drawView(random: Random, { shift, scale, turn, flip, colour, erasing }: Augmentation): View {
  const within = (limit: number) => (2 * random() - 1) * limit;
  const view = {
    shift: [within(shift), within(shift)],
    scale: 1 + within(scale),
    turn: within((turn * Math.PI) / 180),
    flip: random() < 0.5 && flip,
    brightness: within(colour),
    contrast: 1 + within(colour),
    saturation: 1 + within(colour),
  } as const;
  const erase = random() < erasing;
  // Zhong et al.: 2 to 33 % of the area, from 0.3 to 3.3 times as high as wide.
  const area = 0.02 + 0.31 * random();
  const aspect = 0.3 * 11 ** random();
  const [width, height] = [Math.min(1, Math.sqrt(area / aspect)), Math.min(1, Math.sqrt(area * aspect))];
  const [left, top] = [random() * (1 - width), random() * (1 - height)];
  const shade = () => 255 * random();
  const erased = { left, top, width, height, colour: [shade(), shade(), shade()] as const };
  return erase ? { ...view, erased } : view;
}

/**
 * Cuts a view out of a prepared face, bilinearly; beyond the face its edge goes on.
 * @param face `FACE_SIDE` × `FACE_SIDE` × 3 bytes RGB
 * @param into receives side × side × 3 values from 0 to 255 at `offset`, rounded where they are bytes
 */
export function cutView(
  face: Uint8Array,
  view: View,
  { side, share }: ChipShape,
  into: ChipValues,
  offset: number,
): void {
  const span = FACE_SIDE * share * view.scale;
  const step = span / side;
  // Several samples a pixel where the view is shrunk, so that no pixel of the face is skipped.
  const samples = Math.max(1, Math.round(step));
  const [cosine, sine] = [Math.cos(view.turn), Math.sin(view.turn)];
  const mirror = view.flip ? -1 : 1;
  // From one sample to the next along a row (x) and down a column (y), in pixels of the face.
  const [xx, xy] = [(mirror * cosine * step) / samples, (mirror * sine * step) / samples];
  const [yx, yy] = [(-sine * step) / samples, (cosine * step) / samples];
  const middle = FACE_SIDE / 2 - 0.5;
  const reach = (side * samples - 1) / 2;
  const startX = middle + view.shift[0] * span - reach * (xx + yx);
  const startY = middle + view.shift[1] * span - reach * (xy + yy);
  const colour = colourOf(view, samples * samples);
  let target = offset;
  for (let row = 0; row < side; row++) {
    for (let column = 0; column < side; column++) {
      let red = 0;
      let green = 0;
      let blue = 0;
      for (let below = row * samples; below < (row + 1) * samples; below++) {
        for (let beside = column * samples; beside < (column + 1) * samples; beside++) {
          const x = within(startX + beside * xx + below * yx);
          const y = within(startY + beside * xy + below * yy);
          const left = x | 0;
          const top = y | 0;
          const upper = (top * FACE_SIDE + left) * 3;
          const lower = top < LAST ? upper + FACE_SIDE * 3 : upper;
          const next = left < LAST ? 3 : 0;
          const dx = x - left;
          const dy = y - top;
          red += mix(face, upper, lower, next, dx, dy);
          green += mix(face, upper + 1, lower + 1, next, dx, dy);
          blue += mix(face, upper + 2, lower + 2, next, dx, dy);
        }
      }
      const grey = colour.grey * (0.299 * red + 0.587 * green + 0.114 * blue) + colour.base;
      into[target] = byte(grey + colour.own * red);
      into[target + 1] = byte(grey + colour.own * green);
      into[target + 2] = byte(grey + colour.own * blue);
      target += 3;
    }
  }
  if (view.erased) paint(view.erased, side, into, offset);
}

/** Index of the last pixel of a row or column. */
const LAST = FACE_SIDE - 1;
const within = (place: number): number => Math.min(LAST, Math.max(0, place));
const byte = (value: number): number => Math.min(255, Math.max(0, value));

/** Between four pixels: those at `upper` and `lower`, and the ones beside them. */
function mix(face: Uint8Array, upper: number, lower: number, next: number, dx: number, dy: number): number {
  const a = face[upper] as number;
  const c = face[lower] as number;
  const above = a + dx * ((face[upper + next] as number) - a);
  const beneath = c + dx * ((face[lower + next] as number) - c);
  return above + dy * (beneath - above);
}

/** Contrast about the middle grey, saturation about the pixel's own: own × colour + grey × its grey + base. */
function colourOf({ brightness, contrast, saturation }: View, samples: number) {
  return {
    own: (contrast * saturation) / samples,
    grey: (contrast * (1 - saturation)) / samples,
    base: 127.5 * (1 - contrast) + 255 * brightness,
  };
}

function paint(
  { left, top, width, height, colour }: NonNullable<View['erased']>,
  side: number,
  into: ChipValues,
  offset: number,
): void {
  const [firstRow, endRow] = [Math.round(top * side), Math.round((top + height) * side)];
  const [first, end] = [Math.round(left * side), Math.round((left + width) * side)];
  for (let row = firstRow; row < endRow; row++) {
    for (let column = first; column < end; column++) into.set(colour, offset + (row * side + column) * 3);
  }
}
