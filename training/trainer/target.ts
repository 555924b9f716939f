import { attributeOf, type Task } from '../../attributes/list.ts';
import type { AttributeFields } from '../dataset/label.ts';
import { type Assignment, outputOf } from '../spec.ts';
import type { Validation } from './outcome.ts';

type Wanted = Pick<Assignment, 'task' | 'output' | 'labelDeviation'>;

/** How many probabilities a network gives. */
export const unitsOf = (wanted: { readonly task: Task; readonly output: string }): number =>
  attributeOf(wanted.task).learning.units(outputOf(wanted));

/** The probabilities that a network is to give for a face. */
export const targetOf = (face: AttributeFields, wanted: Wanted): Float32Array =>
  attributeOf(wanted.task).learning.target(face, outputOf(wanted), wanted);

/** Sums up how a network does on faces. */
export class Tally {
  readonly #wanted: Wanted;
  #faces = 0;
  #loss = 0;
  #exact = 0;
  #oneOff = 0;
  #error: number | undefined;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  /** @param probabilities that the network gave for the face; @param target those it should have given */
  add(probabilities: ArrayLike<number>, target: ArrayLike<number>, face: AttributeFields): void {
    this.#faces += 1;
    for (let index = 0; index < target.length; index++) {
      const share = target[index] as number;
      if (share > 0) this.#loss -= share * Math.log(Math.max(LEAST, probabilities[index] as number));
    }
    const { learning } = attributeOf(this.#wanted.task);
    const { off, error } = learning.judge(Array.from(probabilities), face, outputOf(this.#wanted));
    this.#exact += Number(off === 0);
    this.#oneOff += Number(off <= 1);
    if (error !== undefined) this.#error = (this.#error ?? 0) + error;
  }

  result(step: number): Validation {
    const mean = (sum: number) => sum / this.#faces;
    const validation = { step, loss: mean(this.#loss), exact: mean(this.#exact), oneOff: mean(this.#oneOff) };
    return this.#error === undefined ? validation : { ...validation, meanAbsoluteError: mean(this.#error) };
  }
}

/** Keeps the logarithm finite where a probability is 0. */
export const LEAST = 1e-30;
