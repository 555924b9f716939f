import { estimateOf, toGroups, YEARS } from '../../attributes/age/distribution.ts';
import { groupOf } from '../../attributes/age/group.ts';
import type { Task } from '../../models/card.ts';
import { unitsOf } from '../../networks/trainable.ts';
import type { Label } from '../dataset/label.ts';
import type { TrainingSpec } from '../spec.ts';
import type { Validation } from './outcome.ts';

type Known = Pick<Label, 'age' | 'ageRange' | 'gender'>;
type Wanted = Pick<TrainingSpec, 'task' | 'output' | 'labelDeviation'>;

/** Whether a face's label says what is to be learned. */
export function isLabelled({ age, gender }: Known, task: Task): boolean {
  return task === 'age' ? age !== undefined : gender !== undefined;
}

/** Of a gender 0 (male) or 1 (female), of an age its group, 0 to 7. */
export function classOf({ age, gender }: Known, task: Task): number {
  return task === 'gender' ? Number(gender === 'F') : groupOf(age ?? 0);
}

/**
 * The probabilities that a network is to give for a face: one-hot for gender and groups; for years a Gaussian
 * around the labelled age (Geng, "Label Distribution Learning", 2016), or around all ages of a range.
 */
export function targetOf(face: Known, wanted: Wanted): Float32Array {
  const target = new Float32Array(unitsOf(wanted));
  if (wanted.task === 'gender' || wanted.output === 'groups') {
    target[classOf(face, wanted.task)] = 1;
    return target;
  }
  const { low, high } = face.ageRange ?? { low: face.age ?? 0, high: face.age ?? 0 };
  for (let age = low; age <= high; age++)
    addGaussian(target, Math.min(age, YEARS - 1), wanted.labelDeviation);
  const sum = target.reduce((total, value) => total + value, 0);
  return target.map((value) => value / sum);
}

function addGaussian(target: Float32Array, age: number, deviation: number): void {
  if (deviation === 0) {
    const year = Math.round(age);
    target[year] = (target[year] ?? 0) + 1;
    return;
  }
  for (let year = 0; year < target.length; year++) {
    target[year] = (target[year] ?? 0) + Math.exp(-(((year - age) / deviation) ** 2) / 2);
  }
}

/** Sums up how a network does on faces. */
export class Tally {
  readonly #wanted: Wanted;
  #faces = 0;
  #loss = 0;
  #exact = 0;
  #oneOff = 0;
  #error = 0;

  constructor(wanted: Wanted) {
    this.#wanted = wanted;
  }

  /** @param probabilities that the network gave for the face; @param target those it should have given */
  add(probabilities: ArrayLike<number>, target: ArrayLike<number>, face: Known): void {
    const { task, output } = this.#wanted;
    this.#faces += 1;
    for (let index = 0; index < target.length; index++) {
      const share = target[index] as number;
      if (share > 0) this.#loss -= share * Math.log(Math.max(LEAST, probabilities[index] as number));
    }
    const values = Array.from(probabilities);
    const classes = task === 'age' && output === 'years' ? toGroups(values) : values;
    const off = Math.abs(classes.indexOf(Math.max(...classes)) - classOf(face, task));
    this.#exact += Number(off === 0);
    this.#oneOff += Number(task === 'gender' ? off === 0 : off <= 1);
    if (task === 'age' && output === 'years') {
      this.#error += Math.abs(estimateOf(values, 'median') - (face.age ?? 0));
    }
  }

  result(step: number): Validation {
    const mean = (sum: number) => sum / this.#faces;
    const validation = { step, loss: mean(this.#loss), exact: mean(this.#exact), oneOff: mean(this.#oneOff) };
    const years = this.#wanted.task === 'age' && this.#wanted.output === 'years';
    return years ? { ...validation, meanAbsoluteError: mean(this.#error) } : validation;
  }
}

/** Keeps the logarithm finite where a probability is 0. */
export const LEAST = 1e-30;
