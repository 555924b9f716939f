import type { AttributeName } from '../attributes/list.ts';
import { once } from '../support/once.ts';
import type { Engine } from '../vision/engine.ts';
import type { ModelCard } from './card.ts';
import { type Estimator, inOrder, openEstimators } from './estimator.ts';
import { type Cards, readCards } from './model-folder.ts';

/** What is in service while nothing else was put into service: the networks that the model layer brings. */
export interface Builtins {
  /** Their cards, by the attributes that they estimate; nothing is loaded for it. */
  cards(): Promise<Cards>;
  /**
   * What estimates these attributes, in the order of the list. A network is loaded when it is first asked for, with all
   * that it estimates.
   */
  estimators(names: readonly string[]): Promise<readonly Estimator[]>;
}

export function openBuiltins(engine: Engine): Builtins {
  const networks = engine.builtins.map((folder) => {
    const cards = once(() => readCards(folder));
    return {
      cards,
      estimators: once(async () => openEstimators(engine, folder, Object.values<ModelCard>(await cards()))),
    };
  });
  return {
    cards: async () => Object.assign({}, ...(await Promise.all(networks.map(({ cards }) => cards())))),
    async estimators(names) {
      const opened = await Promise.all(
        networks.map(async ({ cards, estimators }) => {
          const told = Object.keys(await cards());
          return told.some((name) => names.includes(name)) ? estimators() : [];
        }),
      );
      return inOrder(opened.flat().filter(({ attribute }) => names.includes(attribute)));
    },
  };
}

/**
 * Where the network lies that a model layer brings for an attribute, and its card.
 * @returns nothing where it brings none
 */
export async function findBuiltin(
  { builtins }: Engine,
  name: AttributeName,
): Promise<{ readonly folder: string; readonly card: ModelCard } | undefined> {
  for (const folder of builtins) {
    const { [name]: card } = await readCards(folder);
    if (card) return { folder, card };
  }
  return undefined;
}
