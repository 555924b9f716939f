import { CHIP_SIDE } from './engine.ts';

/** Which square around a face a network looks at, and in how many pixels. */
export interface ChipSpec {
  /** Of the chip, in pixels. */
  readonly side: number;
  /** Side of the square that the chip shows, in sizes of the face's frame. */
  readonly extent: number;
  /** How far the square's middle lies off the frame's, across and down, in sides of the square. */
  readonly shift?: readonly [across: number, down: number] | undefined;
}

/** What a network's answers are averaged over: the middle; with its mirror image; with the corners, all mirrored. */
export type Views = 1 | 2 | 10;

/** From the middle of Levi and Hassner's 256 pixels to the corner crops of 227, in sides of a crop. */
const CORNER = 0.064;

type Shift = readonly [across: number, down: number];

/** How far the views lie off the middle, not counting mirror images: the middle itself, then the corners. */
export function shiftsOf(views: Views): readonly Shift[] {
  const corners = [-CORNER, CORNER].flatMap((down) =>
    [-CORNER, CORNER].map((across): Shift => [across, down]),
  );
  return [[0, 0], ...(views === 10 ? corners : [])];
}

/** The chips of each face that a trained network looks at, not counting mirror images. */
export const chipsOf = ({ side, extent }: ChipSpec, views: Views): readonly ChipSpec[] =>
  shiftsOf(views).map((shift) => ({ side, extent, shift }));

/** One crop per face, or two (the second mirrored), or four (two extents, each also mirrored). */
export type Crops = 1 | 2 | 4;

/** The squares that AgeGenderNet looks at: the first alone, or both. */
const AGE_GENDER_CHIPS: readonly ChipSpec[] = [
  { side: CHIP_SIDE, extent: 1.05 },
  { side: CHIP_SIDE, extent: 1.2 },
];

/** The chips of each face that leave detection; mirror images are made where they are needed. */
export const chipsFor = (crops: Crops): readonly ChipSpec[] => AGE_GENDER_CHIPS.slice(0, crops === 4 ? 2 : 1);

/** Bytes of a chip: interleaved RGB. */
export const chipBytes = ({ side }: Pick<ChipSpec, 'side'>): number => side * side * 3;

/** Chips without repetitions. */
export const distinctChips = (specs: readonly ChipSpec[]): ChipSpec[] =>
  specs.filter((spec, index) => specs.findIndex((other) => isSameChip(spec, other)) === index);

export function isSameChip(one: ChipSpec, other: ChipSpec | undefined): boolean {
  return (
    one.side === other?.side &&
    one.extent === other.extent &&
    [0, 1].every((axis) => (one.shift?.[axis] ?? 0) === (other.shift?.[axis] ?? 0))
  );
}
