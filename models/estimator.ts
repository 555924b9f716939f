import * as z from 'zod';
import type { Part } from '../attributes/attribute.ts';
import { ATTRIBUTE_NAMES, attributeOf } from '../attributes/list.ts';
import { onceEach } from '../support/once.ts';
import { type ChipSpec, chipBytes, chipsOf } from '../vision/chip-spec.ts';
import type { ChipNetwork, Engine, ModelInfo } from '../vision/engine.ts';
import { type ModelCard, taskOf } from './card.ts';
import { type PhotoChips, see } from './photo-chips.ts';

/** What estimates one attribute of faces: a network, read as a card says. */
export interface Estimator {
  /** Its name. */
  readonly attribute: string;
  readonly model: ModelInfo;
  /** What it adds to a face. */
  readonly fields: z.ZodRawShape;
  /** The chips of each face that it looks at. */
  readonly chips: readonly ChipSpec[];
  /**
   * @param photo has these chips, or others to cut them out of
   * @returns what it adds to each face
   */
  estimate(photo: PhotoChips): Promise<Part[]>;
  /** Whether it makes use of what detect found. */
  readonly blends?: true;
}

/**
 * Opens a network as an estimator for each of its cards. They share the network: it looks only once at chips that several
 * are asked about.
 * @param folder holds what the engine needs of it
 * @param cards of one network, which look at the same views
 */
export async function openEstimators(
  engine: Engine,
  folder: string,
  cards: readonly ModelCard[],
): Promise<Estimator[]> {
  const [first] = cards;
  if (!first) return [];
  const other = cards.find((card) => sightOf(card) !== sightOf(first));
  if (other) {
    throw new Error(
      `Expected all cards in ${folder} to have the input and views ${sightOf(first)} but that of ${other.task} has ${sightOf(other)}.`,
    );
  }
  const network = await engine.openNetwork(
    folder,
    first.input.side,
    cards.map(({ task }) => task),
  );
  return estimatorsOf(network, cards);
}

/** The same on a network that is open. */
export function estimatorsOf(network: ChipNetwork, cards: readonly ModelCard[]): Estimator[] {
  const [first] = cards;
  if (!first) return [];
  const { input, views } = first;
  const look = onceEach(async (chips: Uint8Array) => {
    const seen = await network.run(chips);
    return Array.from({ length: seen.length / views.length }, (_, face) =>
      seen.slice(face * views.length, (face + 1) * views.length),
    );
  });
  const chips = chipsOf(input.side, views);
  return cards.map((card) => {
    const { task, name, version } = card;
    const attribute = attributeOf(taskOf(card));
    const model = { name, version };
    return {
      attribute: task,
      fields: attribute.fields,
      model,
      chips,
      estimate: async (photo) =>
        (await look(see(photo, input.side, views))).map((outputs) =>
          attribute.read(average(outputs.map((output) => output[task] ?? [])), card, model),
        ),
    };
  });
}

const sightOf = ({ input, views }: ModelCard) => JSON.stringify([input, views]);

/**
 * Lets an estimator look at a grey face before anyone relies on it, which also readies it.
 * @throws Error when it makes no sense of it
 */
export async function tryOut(estimator: Estimator): Promise<Estimator> {
  const bytes = estimator.chips.reduce((sum, chip) => sum + chipBytes(chip), 0);
  const [part] = await estimator.estimate({ specs: estimator.chips, chips: new Uint8Array(bytes).fill(128) });
  const { success, error } = z.object(estimator.fields).safeParse(part);
  if (success) return estimator;
  const { name, version } = estimator.model;
  throw new Error(
    `Expected ${name} ${version} to estimate ${estimator.attribute} but received:\n${z.prettifyError(error)}`,
  );
}

/** Those of the list's attributes, in its order. */
export const inOrder = (estimators: readonly Estimator[]): Estimator[] =>
  ATTRIBUTE_NAMES.flatMap((name) => estimators.filter(({ attribute }) => attribute === name));

function average(rows: readonly ArrayLike<number>[]): number[] {
  return Array.from(rows[0] ?? [], (_, column) => {
    let sum = 0;
    for (const row of rows) sum += row[column] ?? Number.NaN;
    return sum / rows.length;
  });
}
