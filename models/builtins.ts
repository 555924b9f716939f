import { once } from '../layers/once.ts';
import { type ChipSpec, type Crops, chipsFor, chipsOf } from '../vision/chip-spec.ts';
import type { Engine } from '../vision/engine.ts';
import {
  type AgePart,
  ageGenderEstimators,
  type Estimator,
  type Estimators,
  type GenderPart,
  trainedAge,
  trainedGender,
} from '../vision/estimator.ts';
import type { ModelCard, Task } from './card.ts';
import { readCard } from './model-folder.ts';

/** What is in service for a task while no other network was promoted. Each is loaded when it is first asked for. */
export interface Builtins {
  age(): Promise<Estimator<AgePart>>;
  gender(): Promise<Estimator<GenderPart>>;
  /** The chips of each face that a task's network looks at; nothing is loaded for it. */
  chips(task: Task): Promise<readonly ChipSpec[]>;
}

/**
 * The networks that a model layer brings: the default ones where it has them, else its age and gender estimator.
 * @param crops that the latter averages; a default network's card says its own
 */
export function openBuiltins(engine: Engine, crops: Crops): Builtins {
  const estimators = once(async () => ageGenderEstimators(await engine.loadAgeGenderEstimator(), crops));
  const find = (task: Task) =>
    once(async () => {
      const folder = engine.defaultNetwork(task);
      return folder === undefined ? undefined : { folder, card: await readCard(folder) };
    });
  const defaults = { age: find('age'), gender: find('gender') };
  const open = (folder: string, { input }: ModelCard) => engine.openNetwork(folder, input.side);
  return {
    age: once(async () => {
      const { folder, card } = (await defaults.age()) ?? {};
      if (folder === undefined || card === undefined) return (await estimators()).age;
      if (card.task !== 'age') throw new Error(`Expected the card of an age model in ${folder}.`);
      return trainedAge(await open(folder, card), card);
    }),
    gender: once(async () => {
      const { folder, card } = (await defaults.gender()) ?? {};
      if (folder === undefined || card === undefined) return (await estimators()).gender;
      return trainedGender(await open(folder, card), card);
    }),
    async chips(task) {
      const { card } = (await defaults[task]()) ?? {};
      return card === undefined ? chipsFor(crops) : chipsOf(card.input, card.crops);
    },
  };
}

/** Both of them loaded. */
export async function loadBuiltins(engine: Engine, crops: Crops): Promise<Estimators> {
  const builtins = openBuiltins(engine, crops);
  const [age, gender] = await Promise.all([builtins.age(), builtins.gender()]);
  return { age, gender };
}
