import { Matrix } from 'ml-matrix';
import type { Rows } from './rows.ts';

/** What `ml-matrix` calculates with. */
export function toMatrix({ data, rows, columns }: Rows): Matrix {
  return Matrix.from1DArray(rows, columns, data);
}

export function toRows(matrix: Matrix): Rows {
  const { rows, columns } = matrix;
  return { data: Float32Array.from(matrix.to1DArray()), rows, columns };
}
