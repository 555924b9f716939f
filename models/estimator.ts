import { type AgeReading, readAge } from '../attributes/age/distribution.ts';
import type { Age } from '../attributes/age/result.ts';
import { describeAge, describeGender, estimateFaces, scoreOf } from '../attributes/calibrated.ts';
import type { Gender } from '../attributes/gender/result.ts';
import { type ChipSpec, type Crops, chipsFor, chipsOf, type Views } from '../vision/chip-spec.ts';
import { withMirrored } from '../vision/chips.ts';
import type { AgeGenderEstimator, ChipNetwork, ModelInfo } from '../vision/engine.ts';

/** What estimates one attribute of faces. */
export interface Estimator<Result> {
  readonly model: ModelInfo;
  /** The chips of each face that it looks at. */
  readonly chips: readonly ChipSpec[];
  /**
   * @param chips these chips of each face, face after face
   * @returns one result a face
   */
  estimate(chips: Uint8Array): Promise<Result[]>;
}

export interface AgePart {
  readonly age: Age;
  readonly score: number;
}
export interface GenderPart {
  readonly gender: Gender;
}

/** The two that a face is described by. */
export interface Estimators {
  readonly age: Estimator<AgePart>;
  readonly gender: Estimator<GenderPart>;
}

/** What a trained network must tell of itself: its card does. */
export interface NetworkCard {
  readonly name: string;
  readonly version: string;
  readonly input: ChipSpec;
  readonly crops: Views;
}

/**
 * The estimators on the engine's age and gender estimator. It tells age and gender at once, so it looks only once at chips
 * that both are asked about.
 */
export function ageGenderEstimators(network: AgeGenderEstimator, crops: Crops): Estimators {
  const { model } = network;
  const chips = chipsFor(crops);
  const look = oncePerChips((faces) => estimateFaces(network, faces, crops));
  return {
    age: {
      model,
      chips,
      estimate: async (faces) => (await look(faces)).map(({ years }) => agePart(describeAge(years, model))),
    },
    gender: {
      model,
      chips,
      estimate: async (faces) =>
        (await look(faces)).map(({ male }) => ({ gender: describeGender(male, model) })),
    },
  };
}

/** What a trained network says of faces: the probabilities of each task, averaged over the views of a face. */
export type Look<Task extends string> = (faces: Uint8Array) => Promise<Record<Task, number[]>[]>;

/**
 * A network that looks at faces as its card says, and only once at chips that several are asked about.
 * @param tasks that the network was opened for
 */
export function lookWith<Task extends 'age' | 'gender'>(
  network: ChipNetwork<Task>,
  { input, crops }: NetworkCard,
  tasks: readonly Task[],
): Look<Task> {
  return oncePerChips(async (faces) => {
    const answers = await network.estimate(crops === 1 ? faces : withMirrored(faces, input));
    return Array.from({ length: answers.length / crops }, (_, face) => {
      const own = answers.slice(face * crops, (face + 1) * crops);
      const averages = tasks.map((task) => [task, average(own.map((answer) => answer[task]))]);
      return Object.fromEntries(averages);
    });
  });
}

export const trainedAge = (look: Look<'age'>, card: NetworkCard & AgeReading): Estimator<AgePart> =>
  trained(look, card, ({ age }, model) => agePart(readAge(age, card, model)));

export const trainedGender = (look: Look<'gender'>, card: NetworkCard): Estimator<GenderPart> =>
  trained(look, card, ({ gender: [male = Number.NaN] }, model) => ({ gender: describeGender(male, model) }));

function trained<Task extends string, Result>(
  look: Look<Task>,
  { name, version, input, crops }: NetworkCard,
  read: (probabilities: Record<Task, number[]>, model: ModelInfo) => Result,
): Estimator<Result> {
  const model = { name, version };
  return {
    model,
    chips: chipsOf(input, crops),
    estimate: async (faces) => (await look(faces)).map((probabilities) => read(probabilities, model)),
  };
}

/** Remembers what was made of chips for as long as they are there. */
function oncePerChips<Result>(make: (chips: Uint8Array) => Promise<Result>) {
  const known = new WeakMap<Uint8Array, Promise<Result>>();
  return (chips: Uint8Array): Promise<Result> => {
    const result = known.get(chips) ?? make(chips);
    known.set(chips, result);
    return result;
  };
}

const agePart = (age: Age): AgePart => ({ age, score: scoreOf(age) });

function average(rows: readonly Float32Array[]): number[] {
  const [first = new Float32Array()] = rows;
  return Array.from(
    first,
    (_, column) => rows.reduce((sum, row) => sum + (row[column] ?? 0), 0) / rows.length,
  );
}
