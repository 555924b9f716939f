import { type AgeReading, readAge } from './age-distribution.ts';
import { describeAge, describeGender, estimateFaces, scoreOf } from './attributes.ts';
import { type ChipSpec, type Crops, chipsFor, chipsOf, type Views } from './chip-spec.ts';
import { withMirrored } from './chips.ts';
import type { AgeAndGender, AgeGenderEstimator, ChipNetwork, ModelInfo } from './engine.ts';
import type { Age, Gender } from './face.ts';

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
  const known = new WeakMap<Uint8Array, Promise<AgeAndGender[]>>();
  const estimate = (faces: Uint8Array): Promise<AgeAndGender[]> => {
    const estimates = known.get(faces) ?? estimateFaces(network, faces, crops);
    known.set(faces, estimates);
    return estimates;
  };
  return {
    age: {
      model,
      chips,
      estimate: async (faces) =>
        (await estimate(faces)).map(({ years }) => agePart(describeAge(years, model))),
    },
    gender: {
      model,
      chips,
      estimate: async (faces) =>
        (await estimate(faces)).map(({ male }) => ({ gender: describeGender(male, model) })),
    },
  };
}

export const trainedAge = (network: ChipNetwork, card: NetworkCard & AgeReading): Estimator<AgePart> =>
  trained(network, card, (probabilities, model) => agePart(readAge(probabilities, card, model)));

export const trainedGender = (network: ChipNetwork, card: NetworkCard): Estimator<GenderPart> =>
  trained(network, card, ([male = Number.NaN], model) => ({ gender: describeGender(male, model) }));

function trained<Result>(
  network: ChipNetwork,
  { name, version, input, crops }: NetworkCard,
  read: (probabilities: readonly number[], model: ModelInfo) => Result,
): Estimator<Result> {
  const model = { name, version };
  const isMirrored = crops !== 1;
  return {
    model,
    chips: chipsOf(input, crops),
    async estimate(faces) {
      const values = await network.estimate(isMirrored ? withMirrored(faces, input) : faces);
      return Array.from({ length: values.length / crops }, (_, face) =>
        read(average(values.slice(face * crops, (face + 1) * crops)), model),
      );
    },
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
