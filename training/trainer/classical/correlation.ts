import { CholeskyDecomposition, EigenvalueDecomposition, Matrix, solve } from 'ml-matrix';
import { multiply, type Rows, rowOf } from './rows.ts';
import { toMatrix, toRows } from './small.ts';
import { addRidge } from './subspace.ts';

export interface Canonical {
  /** From a row of the first view to its coordinates. */
  readonly first: Rows;
  /** The same of the second view. */
  readonly second: Rows;
  /** Of the two views' coordinates on the rows that it was learned from, in descending order. */
  readonly correlations: readonly number[];
}

export interface CanonicalOptions {
  /** Pairs of directions. */
  readonly size: number;
  /** What is added to each view's variances, as a share of their mean. */
  readonly ridge: readonly [first: number, second: number];
}

/**
 * Canonical correlation analysis of two views of the same things, with ridges (Hotelling, "Relations Between Two Sets of
 * Variates", 1936; Vinod, "Canonical Ridge and Econometrics of Joint Production", 1976): the directions in each view
 * along which the two correlate most. The coordinates of the second view have a variance of 1; those of the first are what
 * ridge regression predicts of them, so that a direction counts for as much as it predicts.
 * @param first rows whose mean is 0
 * @param second as many rows, whose mean is 0
 */
export async function correlate(
  first: Rows,
  second: Rows,
  { size, ridge }: CanonicalOptions,
): Promise<Canonical> {
  const within = async (view: Rows, share: number) =>
    addRidge(toMatrix(await multiply(view, view, { transposed: true })).div(view.rows), share);
  const across = toMatrix(await multiply(first, second, { transposed: true })).div(first.rows);
  const prediction = new CholeskyDecomposition(await within(first, ridge[0])).solve(across);
  const { lowerTriangularMatrix } = new CholeskyDecomposition(await within(second, ridge[1]));
  const whitening = solve(lowerTriangularMatrix, Matrix.eye(second.columns));
  // (LᵀL)⁻¹ turns correlations between views into an eigenvalue problem of the second alone.
  const shared = whitening.mmul(across.transpose().mmul(prediction)).mmul(whitening.transpose());
  const { realEigenvalues, eigenvectorMatrix } = new EigenvalueDecomposition(
    Matrix.add(shared, shared.transpose()).div(2),
    { assumeSymmetric: true },
  );
  const order = realEigenvalues
    .map((value, index) => ({ value, index }))
    .sort((one, other) => other.value - one.value)
    .slice(0, size);
  const directions = whitening
    .transpose()
    .mmul(eigenvectorMatrix.subMatrixColumn(order.map(({ index }) => index)));
  return {
    first: toRows(prediction.mmul(directions)),
    second: toRows(directions),
    correlations: order.map(({ value }) => Math.sqrt(Math.min(1, Math.max(0, value)))),
  };
}

/**
 * What ridge regression says of each row when it learned from all others, without learning as often (Allen, "The
 * Relationship Between Variable Selection and Data Augmentation and a Method for Prediction", 1974): the residual of a
 * row grows by how much the row sways its own prediction.
 * @returns predictions as large as `targets`
 */
export async function predictLeftOut(inputs: Rows, targets: Rows, ridge: number): Promise<Rows> {
  const products = toMatrix(await multiply(inputs, inputs, { transposed: true }));
  const inverse = new CholeskyDecomposition(addRidge(products, ridge)).solve(Matrix.eye(inputs.columns));
  const influence = await multiply(inputs, toRows(inverse));
  const across = await multiply(inputs, targets, { transposed: true });
  const fitted = await multiply(influence, across);
  const data = new Float32Array(targets.data.length);
  for (let row = 0; row < inputs.rows; row++) {
    let sway = 1 / inputs.rows;
    const own = rowOf(inputs, row);
    for (const [column, value] of rowOf(influence, row).entries()) sway += value * (own[column] ?? 0);
    const left = Math.max(1e-3, 1 - sway);
    const wanted = rowOf(targets, row);
    for (const [column, value] of rowOf(fitted, row).entries()) {
      const target = wanted[column] ?? 0;
      data[row * targets.columns + column] = target - (target - value) / left;
    }
  }
  return { ...targets, data };
}
