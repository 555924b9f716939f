import { extent } from 'd3-array';
import { HOG_LENGTH, LBP_LENGTH } from '../../../networks/classical/descriptors.ts';
import type { Expert, LbpHogSvr } from '../../../networks/classical/lbp-hog-svr.ts';
import { correlate, predictLeftOut } from './correlation.ts';
import { beside, meanOf, multiply, pickColumns, pickRows, type Rows, rowOf, without } from './rows.ts';
import { principalSubspace } from './subspace.ts';
import { predict, regress } from './support-vectors.ts';

/** Faces that show the directions of most variance, and that a regression learns from: its time grows with their square. */
const SAMPLE = 4000;
/** Directions of most variance that are kept of each descriptor. */
const SUBSPACE = 400;
/** Coordinates of a face, when both descriptors are correlated with the label … */
const LABEL_SIZE = 12;
/** … and when they are with each other. */
const EACH_OTHER_SIZE = 60;
/** Ridges to choose from, by how well left-out faces are predicted. */
const RIDGES = [0.03, 0.1, 0.3, 1, 3];
const REGRESSION = { gamma: 1, cost: 1, tolerance: 0.25 };
/** Brackets of the second stage, and faces that each needs. */
const BRACKETS = 4;
const FEWEST = 100;
/** Most Gaussians that stand for a label. */
const MOST_BUMPS = 24;
/** Numbers whose meaning is learned, and the least faces that show one. */
const MEANINGS = 64;
const NEAREST = 60;

export interface Labelled {
  /** Descriptors, a row for each face. */
  readonly descriptors: Rows;
  /** What is to be estimated of each. */
  readonly numbers: readonly number[];
  /** The probabilities that stand for each in the output. */
  readonly targets: Rows;
}

export interface FitOptions {
  /** What the descriptors are correlated with: both with the label, or with each other. */
  readonly fusion: 'label' | 'each-other';
  /** Whether a rough answer chooses who gives the exact one. */
  readonly stages: 1 | 2;
  readonly seed: number;
}

/** Descriptors in few directions. */
interface Condensed {
  /** Descriptors × directions of each. */
  readonly bases: readonly Rows[];
  readonly mean: Float32Array;
  /** Faces × all directions. */
  readonly rows: Rows;
}

/** Learns to estimate a number from descriptors. */
export async function fit(
  { descriptors, numbers, targets }: Labelled,
  { fusion, stages, seed }: FitOptions,
): Promise<LbpHogSvr> {
  const condensed = await condense(descriptors, seed);
  const all = numbers.map((_, index) => index);
  const fuse = fusion === 'label' ? fuseWithLabel(condensed, numbers) : await fuseWithEachOther(condensed);
  const learn = async (members: readonly number[]) => {
    const { directions, rows } = await fuse(members);
    const chosen = spread(members.length, SAMPLE);
    const wanted = chosen.map((place) => numbers[members[place] ?? 0] ?? 0);
    const regression = regress(pickRows(rows, chosen), wanted, REGRESSION);
    return { expert: { directions, regression }, estimates: predict(regression, rows) };
  };
  const rough = await learn(all);
  const middles = stages === 2 ? chooseMiddles(rough.estimates) : [];
  const experts: Expert[] = [];
  const estimates = middles.length > 0 ? all.map(() => 0) : rough.estimates;
  for (const bracket of middles.keys()) {
    const nearness = rough.estimates.map((number) => nearnessOf(number, middles, bracket));
    const members = all.filter((index) => (nearness[index] ?? 0) > 0);
    const { expert, estimates: own } = await learn(members);
    experts.push(expert);
    for (const [place, index] of members.entries()) {
      estimates[index] = (estimates[index] ?? 0) + (nearness[index] ?? 0) * (own[place] ?? 0);
    }
  }
  const meaning = meaningOf(estimates, targets);
  return { mean: condensed.mean, rough: rough.expert, brackets: { middles, experts }, meaning };
}

/** Both descriptors in few directions, each with the same total variance. */
async function condense(descriptors: Rows, seed: number): Promise<Condensed> {
  const mean = meanOf(descriptors);
  const parts = [
    [0, LBP_LENGTH],
    [LBP_LENGTH, LBP_LENGTH + HOG_LENGTH],
  ] as const;
  const bases: Rows[] = [];
  const condensed: Rows[] = [];
  for (const [from, to] of parts) {
    const centred = without(pickColumns(descriptors, from, to), mean.subarray(from, to));
    const size = Math.min(SUBSPACE, Math.ceil(descriptors.rows / 2));
    const basis = await principalSubspace(pickRows(centred, spread(centred.rows, SAMPLE)), size, seed);
    const rows = await multiply(centred, basis);
    const scale = Math.sqrt(rows.rows / rows.data.reduce((sum, value) => sum + value * value, 0));
    bases.push(scaled(basis, scale));
    condensed.push(scaled(rows, scale));
  }
  return { bases, mean, rows: beside(condensed) };
}

interface Coordinates {
  /** Descriptors × coordinates. */
  readonly directions: Rows;
  /** Faces × coordinates, as new faces would have them. */
  readonly rows: Rows;
}

/** Finds coordinates of some of the faces. */
type Fusion = (members: readonly number[]) => Promise<Coordinates>;

/**
 * Canonical correlation analysis of what describes faces with their labels (Guo and Mu, "Joint Estimation of Age, Gender
 * and Ethnicity: CCA vs. PLS", 2013). Faces have the coordinates here that they get where all others were learned from, as
 * new faces will.
 */
const fuseWithLabel =
  ({ bases, rows }: Condensed, numbers: readonly number[]): Fusion =>
  async (members) => {
    const own = pickRows(rows, members);
    const mean = meanOf(own);
    const inputs = without(own, mean);
    const labels = bumpsOf(members.map((index) => numbers[index] ?? 0));
    const targets = without(labels, meanOf(labels));
    const [least, ...others] = await Promise.all(RIDGES.map((ridge) => leaveOut(inputs, targets, ridge)));
    if (!least) throw new Error('Expected ridges to choose from but there are none.');
    const { ridge, predictions } = others.reduce(
      (one, other) => (other.error < one.error ? other : one),
      least,
    );
    const { first, second } = await correlate(inputs, targets, { size: LABEL_SIZE, ridge: [ridge, 0.01] });
    const offset = await multiply({ data: mean, rows: 1, columns: mean.length }, first);
    const left = await multiply(predictions, second);
    return {
      directions: await unfold(bases, first),
      rows: without(
        left,
        offset.data.map((value) => -value),
      ),
    };
  };

async function leaveOut(inputs: Rows, targets: Rows, ridge: number) {
  const predictions = await predictLeftOut(inputs, targets, ridge);
  const error = predictions.data.reduce(
    (sum, value, index) => sum + (value - (targets.data[index] ?? 0)) ** 2,
    0,
  );
  return { ridge, predictions, error };
}

/** As the tutorial has it: canonical correlation analysis of the two descriptors with each other, whatever the labels. */
async function fuseWithEachOther({ bases, rows }: Condensed): Promise<Fusion> {
  const [lbp, hog] = bases;
  if (!lbp || !hog) throw new Error('Expected two descriptors to correlate.');
  const views = [pickColumns(rows, 0, lbp.columns), pickColumns(rows, lbp.columns, rows.columns)] as const;
  const options = { size: EACH_OTHER_SIZE, ridge: [0.1, 0.1] } as const;
  const { first, second } = await correlate(...views, options);
  const both = blocks(first, second);
  const directions = await unfold(bases, both);
  const coordinates = await multiply(rows, both);
  return async (members) => ({ directions, rows: pickRows(coordinates, members) });
}

/** Two matrices as the blocks of one on its diagonal. */
function blocks(one: Rows, other: Rows): Rows {
  const [rows, columns] = [one.rows + other.rows, one.columns + other.columns];
  const data = new Float32Array(rows * columns);
  for (let row = 0; row < one.rows; row++) data.set(rowOf(one, row), row * columns);
  for (let row = 0; row < other.rows; row++) {
    data.set(rowOf(other, row), (one.rows + row) * columns + one.columns);
  }
  return { data, rows, columns };
}

/** From directions among the condensed to directions among the descriptors. */
async function unfold(bases: readonly Rows[], directions: Rows): Promise<Rows> {
  let row = 0;
  const parts: Rows[] = [];
  for (const basis of bases) {
    const own = pickRows(
      directions,
      Array.from({ length: basis.columns }, (_, index) => row + index),
    );
    row += basis.columns;
    parts.push(await multiply(basis, own));
  }
  const rows = parts.reduce((sum, part) => sum + part.rows, 0);
  const data = new Float32Array(rows * directions.columns);
  let place = 0;
  for (const part of parts) {
    data.set(part.data, place);
    place += part.data.length;
  }
  return { data, rows, columns: directions.columns };
}

/** Numbers as how near each is to several, so that what is linear in these can bend: Gaussians that overlap. */
function bumpsOf(numbers: readonly number[]): Rows {
  const deviation = deviationOf(numbers);
  const [least = 0, most = 0] = extent(numbers);
  const columns = Math.max(2, Math.min(MOST_BUMPS, Math.ceil((most - least) / (deviation / 4)) + 1));
  const middles = Array.from(
    { length: columns },
    (_, bump) => least + ((most - least) * bump) / (columns - 1),
  );
  const data = numbers.flatMap((number) =>
    middles.map((middle) => Math.exp(-(((number - middle) / (0.3 * deviation)) ** 2) / 2)),
  );
  return { data: Float32Array.from(data), rows: numbers.length, columns };
}

/** Between them lie as many faces; none where there are too few for a second stage. */
function chooseMiddles(estimates: readonly number[]): number[] {
  if (estimates.length < FEWEST * BRACKETS) return [];
  const sorted = [...estimates].sort((one, other) => one - other);
  const middles = Array.from(
    { length: BRACKETS },
    (_, bracket) => sorted[Math.floor(((bracket + 0.5) / BRACKETS) * sorted.length)] ?? 0,
  );
  return new Set(middles).size === BRACKETS ? middles : [];
}

/** How much a bracket counts for a number, as the network has it: 1 at its middle, 0 from its neighbours' on. */
function nearnessOf(number: number, middles: readonly number[], bracket: number): number {
  const within = Math.min(middles.at(-1) ?? 0, Math.max(middles[0] ?? 0, number));
  const middle = middles[bracket] ?? 0;
  const neighbour = middles[within < middle ? bracket - 1 : bracket + 1];
  if (neighbour === undefined) return 1;
  return Math.max(0, 1 - Math.abs((within - middle) / (neighbour - middle)));
}

/**
 * What estimated numbers mean: the probabilities of the labels of faces with about the same estimate (Nadaraya and Watson's
 * regression).
 */
function meaningOf(estimates: readonly number[], targets: Rows): LbpHogSvr['meaning'] {
  const sorted = [...estimates].sort((one, other) => one - other);
  const at = (share: number) => sorted[Math.floor(share * (sorted.length - 1))] ?? 0;
  const [least, most] = [at(0.005), at(0.995)];
  const span = most - least || 1;
  const numbers = Array.from({ length: MEANINGS }, (_, place) => least + (span * place) / (MEANINGS - 1));
  const data = numbers.flatMap((number) => {
    for (let width = span / 40; ; width *= 1.5) {
      const weights = estimates.map((other) => Math.exp(-(((other - number) / width) ** 2) / 2));
      const total = weights.reduce((sum, weight) => sum + weight, 0);
      if (total < Math.min(NEAREST, estimates.length / 4)) continue;
      const probabilities = new Array<number>(targets.columns).fill(0);
      for (const [row, weight] of weights.entries()) {
        if (weight < 1e-6) continue;
        for (const [unit, target] of rowOf(targets, row).entries()) {
          probabilities[unit] = (probabilities[unit] ?? 0) + (weight * target) / total;
        }
      }
      return probabilities;
    }
  });
  return {
    numbers,
    probabilities: { data: Float32Array.from(data), rows: MEANINGS, columns: targets.columns },
  };
}

/** Indices of at most `most` of `count`, evenly spread. */
function spread(count: number, most: number): number[] {
  const size = Math.min(count, most);
  return Array.from({ length: size }, (_, place) => Math.floor((place * count) / size));
}

const scaled = (rows: Rows, factor: number): Rows => ({
  ...rows,
  data: rows.data.map((value) => value * factor),
});

function deviationOf(numbers: readonly number[]): number {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  return Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length) || 1;
}
