import { CholeskyDecomposition, Matrix, solve } from 'ml-matrix';
import { randomFor } from '../random.ts';
import { multiply, type Rows } from './rows.ts';
import { toMatrix, toRows } from './small.ts';

/** Times that the directions are turned towards those of most variance. */
const ITERATIONS = 3;

/**
 * The directions in which rows differ most, found from random ones (Halko, Martinsson and Tropp, "Finding Structure with
 * Randomness", 2011, algorithm 4.4): a basis of the space that the first principal components span. What follows here
 * does not depend on how a basis is turned.
 * @param centred rows whose mean is 0
 * @param size of the basis
 * @returns columns × size, orthonormal
 */
export async function principalSubspace(centred: Rows, size: number, seed: number): Promise<Rows> {
  const random = randomFor(seed, 'subspace', centred.columns);
  const data = Float32Array.from({ length: centred.columns * size }, () => random() - 0.5);
  let basis: Rows = { data, rows: centred.columns, columns: size };
  for (let iteration = 0; iteration < ITERATIONS; iteration++) {
    const turned = await multiply(centred, await multiply(centred, basis), { transposed: true });
    basis = await orthonormalise(turned);
  }
  return basis;
}

/**
 * Shifted Cholesky QR, thrice (Fukaya et al., "Shifted Cholesky QR for Computing the QR Factorization of Ill-Conditioned
 * Matrices", 2020): the first shift is large enough for what floats can't tell apart, and the others mend what it left.
 */
async function orthonormalise(basis: Rows): Promise<Rows> {
  let turned = basis;
  for (const shift of [1e-6 * basis.columns, 1e-6, 1e-7]) {
    const products = toMatrix(await multiply(turned, turned, { transposed: true }));
    const { lowerTriangularMatrix } = new CholeskyDecomposition(addRidge(products, shift));
    const inverse = solve(lowerTriangularMatrix, Matrix.eye(basis.columns));
    turned = await multiply(turned, toRows(inverse.transpose()));
  }
  return turned;
}

/** Of rows that don't differ at all, whatever the share. */
const LEAST_RIDGE = 1e-12;

/** A symmetric matrix with a share of its mean diagonal added to its diagonal. */
export function addRidge(products: Matrix, share: number): Matrix {
  const ridge = Math.max(LEAST_RIDGE, (share * products.trace()) / products.rows);
  return Matrix.add(products, Matrix.eye(products.rows).mul(ridge));
}
