import type { BoundingBox, Pixels } from './engine.ts';

/** JPEG and its like compress squares of this side, one apart from the other, in pixels of the photo. */
const BLOCK = 8;
/** Lines of the face that are looked at, each way: more tell no more. */
const LINES = 24;
/** Keeps the grain of flat faces from passing for blocks: added to the differences that those at the blocks' borders exceed. */
const LEAST_DIFFERENCE = 1;

/**
 * How much blocks of compression show in a face: by what share neighbouring pixels differ more where two blocks meet than
 * elsewhere (after Wang, Sheikh and Bovik, "No-reference perceptual quality assessment of JPEG compressed images",
 * ICIP 2002), in green, which most of luma is. 0 where no blocks show, or none can: in a photo that was decoded to an odd
 * share of its size.
 *
 * @param box of the face, in pixels of the image
 * @param scale from pixels of the image to those of the photo
 */
export function blockinessOf(image: Pixels, box: BoundingBox, scale: number): number {
  const period = BLOCK / scale;
  if (!Number.isInteger(period) || period < 2) return 0;
  const { data, width, height } = image;
  const [left, right] = [Math.max(1, Math.floor(box.x)), Math.min(width, Math.ceil(box.x + box.width))];
  const [top, bottom] = [Math.max(1, Math.floor(box.y)), Math.min(height, Math.ceil(box.y + box.height))];
  const line = 3 * width;
  const across = excess(
    data,
    { from: left, to: right, step: 3 },
    { from: top, to: bottom, step: line },
    period,
    width,
  );
  const down = excess(
    data,
    { from: top, to: bottom, step: line },
    { from: left, to: right, step: 3 },
    period,
    height,
  );
  return Math.max(0, (across + down) / 2);
}

/** Pixels from one to another, and how many bytes there are from each to the next. */
interface Run {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/**
 * @param along where differences are taken from one pixel to the next
 * @param lines that this is done in
 * @param length of a whole line: turned photos may have their first block at its end
 */
function excess(data: Uint8Array, along: Run, lines: Run, period: number, length: number): number {
  const sums = new Float64Array(period);
  const counts = new Float64Array(period);
  const every = Math.max(1, Math.floor((lines.to - lines.from) / LINES));
  for (let line = lines.from; line < lines.to; line += every) {
    let at = line * lines.step + along.from * along.step + 1;
    let phase = along.from % period;
    for (let place = along.from; place < along.to; place++) {
      sums[phase] =
        (sums[phase] as number) + Math.abs((data[at] as number) - (data[at - along.step] as number));
      counts[phase] = (counts[phase] as number) + 1;
      at += along.step;
      phase = phase + 1 === period ? 0 : phase + 1;
    }
  }
  const mean = (phases: readonly number[]) => {
    const [sum, count] = [sums, counts].map((all) =>
      phases.reduce((total, phase) => total + (all[phase] ?? 0), 0),
    );
    return count ? (sum ?? 0) / count : Number.NaN;
  };
  const excesses = [0, length % period].map((border) => {
    const others = mean([...sums.keys()].filter((phase) => phase !== border));
    return (mean([border]) - others) / (others + LEAST_DIFFERENCE);
  });
  return Math.max(...excesses.filter(Number.isFinite), 0);
}
