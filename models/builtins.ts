import type { Part } from '../attributes/attribute.ts';
import { type AttributeName, EVERY_ATTRIBUTE } from '../attributes/list.ts';
import { once } from '../support/once.ts';
import { type ChipSpec, chipsOf, distinctChips } from '../vision/chip-spec.ts';
import type { Engine } from '../vision/engine.ts';
import { blended, blendOf } from './blend.ts';
import type { ModelCard } from './card.ts';
import { type Estimator, inOrder, openEstimators } from './estimator.ts';
import { type OpenGallery, openLikeness } from './likeness.ts';
import { readCards } from './model-folder.ts';

/** What is in service while nothing else was put into service: the networks that the model layer brings. */
export interface Builtins {
  /**
   * The chips that an attribute is estimated from; nothing is loaded for it.
   * @param own card of the network that estimates it instead of a built-in one
   * @returns undefined where nothing estimates it
   */
  chips(name: string, own?: ModelCard): Promise<ChipSpec[] | undefined>;
  /** Where an attribute is made of several, adds those to what estimates itself. */
  blend(name: string, own: Estimator | undefined): Promise<Estimator | undefined>;
  /**
   * What estimates these attributes, in the order of the list. A network is loaded when it is first asked for, with all
   * that it estimates.
   */
  estimators(names: readonly string[]): Promise<readonly Estimator[]>;
}

/**
 * @param settings what attributes that are made of others know, whatever the face
 * @param gallery people whom faces are compared with, for attributes that are made of that, too
 */
export function openBuiltins(engine: Engine, settings: Part = {}, gallery?: OpenGallery): Builtins {
  const { recognizer } = engine;
  const likeness = once(async () =>
    gallery && recognizer !== undefined ? openLikeness(engine, recognizer, gallery) : undefined,
  );
  const likenessFor = async (name: string) => (blendOf(name)?.likeness ? likeness() : undefined);
  const networks = engine.builtins.map((folder) => {
    const cards = once(() => readCards(folder));
    return {
      cards,
      estimators: once(async () => openEstimators(engine, folder, Object.values<ModelCard>(await cards()))),
    };
  });
  const find = async (names: readonly string[]) => {
    const opened = await Promise.all(
      networks.map(async ({ cards, estimators }) => {
        const told = Object.keys(await cards());
        return told.some((name) => names.includes(name)) ? estimators() : [];
      }),
    );
    return opened.flat().filter(({ attribute }) => names.includes(attribute));
  };
  const cards = async (): Promise<Readonly<Record<string, ModelCard | undefined>>> =>
    Object.assign({}, ...(await Promise.all(networks.map((network) => network.cards()))));
  const blend: Builtins['blend'] = async (name, own) => {
    const attribute = EVERY_ATTRIBUTE.find((each) => each.name === name);
    if (!attribute?.blend) return own;
    const others = await find(attribute.blend.of);
    const asked = [own, ...others, await likenessFor(name)].filter((each) => each !== undefined);
    return blended(attribute, attribute.blend, asked, settings);
  };
  return {
    blend,
    async chips(name, own) {
      const all = await cards();
      const asked = [own ?? all[name], ...(blendOf(name)?.of ?? []).map((other) => all[other])];
      const told = asked.filter((card) => card !== undefined);
      const { chips = [] } = (await likenessFor(name)) ?? {};
      return told.length === 0
        ? undefined
        : distinctChips([...told.flatMap(({ input, views }) => chipsOf(input.side, views)), ...chips]);
    },
    async estimators(names) {
      const found = await find(names);
      const made = await Promise.all(
        names.map((name) =>
          blend(
            name,
            found.find(({ attribute }) => attribute === name),
          ),
        ),
      );
      return inOrder(made.filter((estimator) => estimator !== undefined));
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
