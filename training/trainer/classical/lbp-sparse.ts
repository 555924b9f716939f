import { CholeskyDecomposition, Matrix } from 'ml-matrix';
import type { LbpSparse, RegionModel } from '../../../networks/classical/lbp-sparse.ts';
import { REGION_LENGTHS } from '../../../networks/classical/regions.ts';
import { beside, meanOf, multiply, pickColumns, pickRows, type Rows, rowOf, without } from './rows.ts';
import { toMatrix, toRows } from './small.ts';
import { addRidge, principalSubspace } from './subspace.ts';

/** Coordinates of a region. */
const SIZE = 64;
/** Faces that show a region's directions of most variance. */
const SAMPLE = 4000;
/** Ridges to choose from, by how well left-out faces are recognised. */
const RIDGES = [0.03, 0.1, 0.3, 1];

export interface Sorted {
  /** What describes the regions, one after another: a row for each face. */
  readonly descriptors: Rows;
  /** Index of each face's class. */
  readonly classes: readonly number[];
  /** How many classes there are. */
  readonly count: number;
  /** Which part each face belongs to: they are left out in turn. Faces of a person are in the same one. */
  readonly parts: readonly number[];
}

export interface SparseOptions {
  readonly seed: number;
}

/** Learns to recognise classes by how well their faces rebuild each region of another one. */
export async function fit(sorted: Sorted, { seed }: SparseOptions): Promise<LbpSparse> {
  const learned: RegionModel[] = [];
  const sums = new Float64Array(sorted.classes.length * sorted.count);
  let from = 0;
  for (const length of REGION_LENGTHS) {
    const own = pickColumns(sorted.descriptors, from, from + length);
    from += length;
    const { model, leftOut } = await learnRegion(own, sorted, seed);
    learned.push(model);
    for (const [index, residual] of leftOut.entries()) {
      sums[index] = (sums[index] ?? 0) + model.weight * residual;
    }
  }
  return { regions: learned, ...calibrate(sums, sorted) };
}

interface Condensed {
  readonly mean: Float32Array;
  readonly directions: Rows;
  /** Faces × coordinates: of length 1, and one more coordinate. */
  readonly rows: Rows;
}

/**
 * Describes faces in a region's directions of most variance. One more coordinate is 1 for all: without it, faces could
 * rebuild another one that is their opposite.
 */
async function condense(descriptors: Rows, seed: number): Promise<Condensed> {
  const mean = meanOf(descriptors);
  const centred = without(descriptors, mean);
  const size = Math.min(SIZE, Math.ceil(descriptors.rows / 2));
  const chosen = Array.from({ length: Math.min(SAMPLE, centred.rows) }, (_, place) =>
    Math.floor((place * centred.rows) / Math.min(SAMPLE, centred.rows)),
  );
  const directions = await principalSubspace(pickRows(centred, chosen), size, seed);
  return { mean, directions, rows: unitRows(await multiply(centred, directions)) };
}

async function learnRegion(descriptors: Rows, { classes, count, parts }: Sorted, seed: number) {
  const { mean, directions, rows } = await condense(descriptors, seed);
  const membersOf = (part: number) => classes.flatMap((_, index) => (parts[index] === part ? [index] : []));
  const scattersOf = (isMember: (index: number) => boolean) =>
    Promise.all(
      Array.from({ length: count }, (_, each) => {
        const members = classes.flatMap((own, index) => (own === each && isMember(index) ? [index] : []));
        return scatterOf(pickRows(rows, members));
      }),
    );
  const leftOut = RIDGES.map((ridge) => ({ ridge, residuals: new Float32Array(classes.length * count) }));
  for (const part of new Set(parts)) {
    const members = membersOf(part);
    const others = await scattersOf((index) => parts[index] !== part);
    for (const { ridge, residuals } of leftOut) {
      const values = await residualsOf(pickRows(rows, members), await remaindersOf(others, ridge), count);
      for (const [place, index] of members.entries()) residuals.set(rowOf(values, place), index * count);
    }
  }
  const tried = leftOut.map((each) => ({ ...each, recall: meanRecall(each.residuals, classes, count) }));
  const best = tried.reduce((one, other) => (other.recall > one.recall ? other : one));
  const remainders = await remaindersOf(await scattersOf(() => true), best.ridge);
  const weight = Math.max(0, best.recall - 1 / count) ** 2;
  return { model: { mean, directions, remainders, weight }, leftOut: best.residuals };
}

/** X_cᵀX_c, averaged over a class's faces: a class with many faces contributes no more than another one. */
async function scatterOf(rows: Rows): Promise<Rows> {
  if (rows.rows === 0) return { ...rows, data: new Float32Array(rows.columns ** 2), rows: rows.columns };
  const products = await multiply(rows, rows, { transposed: true });
  return { ...products, data: products.data.map((value) => value / rows.rows) };
}

/**
 * Collaborative representation (Zhang, Yang and Feng, "Sparse Representation or Collaborative Representation: Which Helps Face
 * Recognition?", 2011): the faces of all classes together rebuild another one, by ridge regression; a class leaves what
 * its own faces did not contribute. With faces as rows, class c contributes x (S + λI)⁻¹ S_c, where S_c = X_cᵀX_c and S is the
 * sum of all S_c: no face need be kept.
 * @param scatters S_c of each class
 * @returns I − (S + λI)⁻¹ S_c of each class, side by side
 */
async function remaindersOf(scatters: readonly Rows[], ridge: number): Promise<Rows> {
  const all = scatters.map(toMatrix).reduce((one, other) => Matrix.add(one, other));
  const inverse = new CholeskyDecomposition(addRidge(all, ridge)).solve(Matrix.eye(all.rows));
  const { data, rows, columns } = await multiply(toRows(inverse), beside(scatters));
  const remainders = data.map((value, index) => {
    const [row, column] = [Math.floor(index / columns), index % columns];
    return Number(column % rows === row) - value;
  });
  return { data: remainders, rows, columns };
}

/** How much each class leaves of each face: faces × classes. */
async function residualsOf(faces: Rows, remainders: Rows, count: number): Promise<Rows> {
  const left = await multiply(faces, remainders);
  const size = remainders.columns / count;
  const norms = new Float32Array(faces.rows * count);
  for (const [index, value] of left.data.entries()) {
    const place = Math.floor(index / size);
    norms[place] = (norms[place] ?? 0) + value * value;
  }
  return { data: norms.map(Math.sqrt), rows: faces.rows, columns: count };
}

/** Share of faces that are recognised, averaged over the classes. */
function meanRecall(residuals: Float32Array, classes: readonly number[], count: number): number {
  const right = new Array<number>(count).fill(0);
  const all = new Array<number>(count).fill(0);
  for (const [index, own] of classes.entries()) {
    const row = residuals.subarray(index * count, (index + 1) * count);
    all[own] = (all[own] ?? 0) + 1;
    if (row.indexOf(Math.min(...row)) === own) right[own] = (right[own] ?? 0) + 1;
  }
  return right.reduce((sum, each, own) => sum + each / Math.max(1, all[own] ?? 0), 0) / count;
}

/** Each row divided by its length, and a 1 at its end. */
function unitRows(rows: Rows): Rows {
  const columns = rows.columns + 1;
  const data = new Float32Array(rows.rows * columns);
  for (let row = 0; row < rows.rows; row++) {
    const own = rowOf(rows, row);
    const norm = Math.sqrt(own.reduce((sum, value) => sum + value * value, 0)) || 1;
    for (const [column, value] of own.entries()) data[row * columns + column] = value / norm;
    data[(row + 1) * columns - 1] = 1;
  }
  return { data, rows: rows.rows, columns };
}

/** Newton's steps that find the softmax, which is convex. */
const STEPS = 25;

/** Learns of left-out faces how sure what is left makes of a class: multinomial logistic regression on it. */
function calibrate(sums: Float64Array, { classes, count }: Sorted): Pick<LbpSparse, 'slope' | 'offsets'> {
  let parameters = Matrix.zeros(count + 1, 1);
  for (let step = 0; step < STEPS; step++) {
    const gradient = parameters.clone().mul(1e-3);
    const curvature = Matrix.eye(count + 1).mul(1e-3);
    for (const [index, own] of classes.entries()) {
      const row = sums.subarray(index * count, (index + 1) * count);
      // By each parameter: the slope multiplies what is left, the others are a class's own.
      const inputs = Matrix.zeros(count, count + 1);
      for (let each = 0; each < count; each++) {
        inputs.set(each, 0, -(row[each] ?? 0));
        inputs.set(each, each + 1, 1);
      }
      const logits = inputs.mmul(parameters).to1DArray();
      const most = Math.max(...logits);
      const powers = logits.map((logit) => Math.exp(logit - most));
      const total = powers.reduce((sum, power) => sum + power, 0);
      const shares = powers.map((power) => power / total);
      const errors = Matrix.columnVector(shares.map((share, each) => share - Number(each === own)));
      gradient.add(inputs.transpose().mmul(errors));
      const share = Matrix.columnVector(shares);
      const spread = Matrix.sub(Matrix.diag(shares), share.mmul(share.transpose()));
      curvature.add(inputs.transpose().mmul(spread).mmul(inputs));
    }
    parameters = Matrix.sub(parameters, new CholeskyDecomposition(curvature).solve(gradient));
  }
  const [slope = 1, ...offsets] = parameters.to1DArray();
  return { slope, offsets };
}
