/** Which square around a face a network looks at, and in how many pixels. */
export interface ChipSpec {
  /** Side of the chip, in pixels. */
  readonly side: number;
  /** Side of the square that the chip shows, in sizes of the face's frame. */
  readonly extent: number;
  /** How far the square's middle lies off the frame's, across and down, in sides of the square. */
  readonly shift?: readonly [across: number, down: number] | undefined;
}

/** Where a network looks; what it says is averaged over its views. */
export interface View extends Omit<ChipSpec, 'side'> {
  /** At the chip's mirror image. */
  readonly mirrored?: boolean | undefined;
}

/** The usual views: the middle; with its mirror image; with the corners, all mirrored as well. */
export type ViewCount = 1 | 2 | 10;

/** From the middle of Levi and Hassner's 256 pixels to the corner crops of 227, in sides of a crop. */
const CORNER = 0.064;

/** @param extent of the square, in sizes of the face's frame */
export function usualViews(extent: number, count: ViewCount): View[] {
  const corners = [-CORNER, CORNER].flatMap((down) =>
    [-CORNER, CORNER].map((across): View => ({ extent, shift: [across, down] })),
  );
  const views: View[] = [{ extent }, ...(count === 10 ? corners : [])];
  return count === 1 ? views : views.flatMap((view) => [view, { ...view, mirrored: true }]);
}

/** The chips of each face that views are taken of; mirror images are made where they are needed. */
export const chipsOf = (side: number, views: readonly View[]): ChipSpec[] =>
  distinctChips(views.map(({ extent, shift }) => ({ side, extent, ...(shift && { shift }) })));

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
