import type { Engine } from '../vision/engine.ts';
import type { ModelCard } from './card.ts';
import { type Estimators, lookWith, trainedAge, trainedGender } from './estimator.ts';

/**
 * A trained network as the estimator of the task that its card says.
 * @param folder holds what the engine needs of it
 */
export async function openTrained(
  engine: Engine,
  folder: string,
  card: ModelCard,
): Promise<Partial<Estimators>> {
  const { side } = card.input;
  if (card.task === 'age') {
    const look = lookWith(await engine.openNetwork(folder, side, ['age']), card, ['age']);
    return { age: trainedAge(look, card) };
  }
  const look = lookWith(await engine.openNetwork(folder, side, ['gender']), card, ['gender']);
  return { gender: trainedGender(look, card) };
}
