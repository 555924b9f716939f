import { isDeepStrictEqual } from 'node:util';
import type { OwnDefinition } from '../../attributes/own/definition.ts';
import { type ModelCard, taskOf } from '../../models/card.ts';
import { hasCards, readCard, readCards } from '../../models/model-folder.ts';

/**
 * What the network in a folder tells.
 * @throws Error saying what is not as expected in the folder
 */
export async function cardsIn(folder: string): Promise<readonly ModelCard[]> {
  if (hasCards(folder)) return Object.values(await readCards(folder));
  try {
    return [await readCard(folder)];
  } catch (cause) {
    throw new Error(
      `Expected a trained network (model.onnx and card.json) in ${folder} but there is no such card. Name a folder that "npm run trial" wrote, or models/small.`,
      { cause },
    );
  }
}

/**
 * The attribute of one's own that networks tell; undefined where they tell attributes of the list.
 * @throws Error when they tell different ones
 */
export async function ownTold(folders: readonly string[]): Promise<OwnDefinition | undefined> {
  const cards = (await Promise.all(folders.map(cardsIn))).flat();
  const told = cards.map(taskOf).map((task) => (typeof task === 'string' ? undefined : task));
  const [first] = told;
  if (told.every((each) => isDeepStrictEqual(each, first))) return first;
  throw new Error(
    `Expected networks for the same attribute of your own but received ${cards.map(({ task }) => task).join(', ')}. Measure networks for other attributes separately.`,
  );
}
