import SVM from 'libsvm-js/asm.js';
import type { Regression } from '../../../networks/classical/lbp-hog-svr.ts';
import { meanOf, type Rows, rowOf, without } from './rows.ts';

export interface RegressionOptions {
  /** Of the kernels exp(−γ ‖x − y‖²), in shares of the inputs' total variance. */
  readonly gamma: number;
  /** What an error costs beside a curve that is less smooth. */
  readonly cost: number;
  /** Errors up to this are none, in standard deviations of the numbers. */
  readonly tolerance: number;
}

/** Megabytes for kernels that are asked for again. */
const CACHE = 256;

/**
 * ε-support vector regression (Drucker et al., "Support Vector Regression Machines", 1996), by LIBSVM (Chang and Lin,
 * 2011).
 * @param inputs a row for each of `numbers`
 */
export function regress(
  inputs: Rows,
  numbers: readonly number[],
  { gamma, cost, tolerance }: RegressionOptions,
): Regression {
  const mean = numbers.reduce((sum, value) => sum + value, 0) / numbers.length;
  const deviation =
    Math.sqrt(numbers.reduce((sum, value) => sum + (value - mean) ** 2, 0) / numbers.length) || 1;
  const own = gamma / (varianceOf(inputs) || 1);
  const machine = new SVM({
    type: SVM.SVM_TYPES.EPSILON_SVR,
    kernel: SVM.KERNEL_TYPES.RBF,
    ...{ cost, gamma: own, epsilon: tolerance, cacheSize: CACHE, shrinking: true, quiet: true },
  });
  try {
    const samples = Array.from({ length: inputs.rows }, (_, row) => Array.from(rowOf(inputs, row)));
    machine.train(
      samples,
      numbers.map((value) => (value - mean) / deviation),
    );
    const { bias, weights, vectors } = parse(machine.serializeModel(), inputs.columns);
    return {
      gamma: own,
      bias: mean + deviation * bias,
      weights: weights.map((weight) => deviation * weight),
      vectors,
    };
  } finally {
    machine.free();
  }
}

/** What a regression says of inputs. */
export function predict({ gamma, bias, weights, vectors }: Regression, inputs: Rows): number[] {
  return Array.from({ length: inputs.rows }, (_, index) => {
    const input = rowOf(inputs, index);
    let sum = bias;
    for (const [row, weight] of weights.entries()) {
      let distance = 0;
      for (const [column, value] of rowOf(vectors, row).entries())
        distance += (value - (input[column] ?? 0)) ** 2;
      sum += weight * Math.exp(-gamma * distance);
    }
    return sum;
  });
}

function varianceOf(inputs: Rows): number {
  const { data, rows } = without(inputs, meanOf(inputs));
  return data.reduce((sum, value) => sum + value * value, 0) / rows;
}

/** LIBSVM's file: a header, then a line for each support vector, "weight 1:value 2:value". */
function parse(text: string, columns: number) {
  const [header = '', body = ''] = text.split('SV\n');
  const bias = -Number(/^rho (\S+)$/m.exec(header)?.[1]);
  const lines = body.trim() === '' ? [] : body.trim().split('\n');
  const weights = new Float32Array(lines.length);
  const data = new Float32Array(lines.length * columns);
  for (const [row, line] of lines.entries()) {
    const [weight, ...values] = line.trim().split(' ');
    weights[row] = Number(weight);
    for (const value of values) {
      const [column = 0, number = 0] = value.split(':').map(Number);
      data[row * columns + column - 1] = number;
    }
  }
  if (!Number.isFinite(bias)) throw new Error(`Expected LIBSVM to write a bias but received:\n${header}`);
  return { bias, weights, vectors: { data, rows: lines.length, columns } };
}
