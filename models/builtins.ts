import { once } from '../support/once.ts';
import { type ChipSpec, type Crops, chipsFor, chipsOf } from '../vision/chip-spec.ts';
import type { Engine } from '../vision/engine.ts';
import { TASKS } from './card.ts';
import { ageGenderEstimators, type Estimators, lookWith, trainedAge, trainedGender } from './estimator.ts';
import { readDefaultCards } from './model-folder.ts';

/** What is in service while no other network was promoted. */
export interface Builtins {
  /** Loaded when they are first asked for. */
  estimators(): Promise<Estimators>;
  /** The chips of each face that they look at; nothing is loaded for it. */
  chips(): Promise<readonly ChipSpec[]>;
}

/**
 * The network that a model layer brings: the default one where it has it, else its age and gender estimator.
 * @param crops that the latter averages; a default network's cards say their own
 */
export function openBuiltins(engine: Engine, crops: Crops): Builtins {
  const folder = engine.defaultNetwork;
  if (folder === undefined) {
    return {
      estimators: once(async () => ageGenderEstimators(await engine.loadAgeGenderEstimator(), crops)),
      chips: async () => chipsFor(crops),
    };
  }
  const cards = once(() => readDefaultCards(folder));
  return {
    estimators: once(async () => {
      const { age, gender } = await cards();
      const look = lookWith(await engine.openNetwork(folder, age.input.side, TASKS), age, TASKS);
      return { age: trainedAge(look, age), gender: trainedGender(look, gender) };
    }),
    async chips() {
      const { age } = await cards();
      return chipsOf(age.input, age.crops);
    },
  };
}
