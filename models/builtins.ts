import type { AttributeName } from '../attributes/list.ts';
import { once } from '../support/once.ts';
import type { Engine } from '../vision/engine.ts';
import type { ModelCard } from './card.ts';
import { type Estimator, openEstimators } from './estimator.ts';
import { readCards } from './model-folder.ts';

/** What is in service while nothing else was put into service: the network that the model layer brings. */
export interface Builtins {
  /** Its cards, by the attributes that it estimates; nothing is loaded for it. */
  cards(): Promise<Partial<Readonly<Record<AttributeName, ModelCard>>>>;
  /** Loaded when they are first asked for; in the order of the list. */
  estimators(): Promise<readonly Estimator[]>;
}

export function openBuiltins(engine: Engine): Builtins {
  const cards = once(() => readCards(engine.builtin));
  return {
    cards,
    estimators: once(async () => openEstimators(engine, engine.builtin, Object.values(await cards()))),
  };
}
