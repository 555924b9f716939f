import { existsSync } from 'node:fs';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod';
import { ATTRIBUTE_NAMES, type AttributeName } from '../attributes/list.ts';
import {
  type BuiltInCard,
  commonSchema,
  MODEL_FILES,
  type ModelCard,
  type ModelFile,
  modelCardSchema,
} from './card.ts';
import { factsOf } from './objects.ts';
import { RegistryError } from './registry-error.ts';

const CARD = 'card.json';

/** A card before its files are known. */
export type CardDraft = ModelCard extends infer Card
  ? Card extends ModelCard
    ? Omit<Card, 'files'>
    : never
  : never;

/** A model as it lies in a folder: its card, and the content of the files that the card lists. */
export interface ModelFolder {
  readonly card: ModelCard;
  readonly contents: ReadonlyMap<ModelFile, Buffer>;
}

/**
 * Completes a card by what is in a folder.
 * @param folder holds `model.onnx` and as many of the other model files as there are
 * @throws RegistryError `missing`
 */
export async function describeFolder(draft: object, folder: string): Promise<ModelFolder> {
  const contents = new Map<ModelFile, Buffer>();
  for (const file of MODEL_FILES.filter((name) => existsSync(path.join(folder, name)))) {
    contents.set(file, await readFile(path.join(folder, file)));
  }
  if (!contents.has('model.onnx')) {
    throw new RegistryError('missing', `Expected model.onnx in ${folder} but it is not there.`);
  }
  const files = Object.fromEntries([...contents].map(([file, content]) => [file, factsOf(content)]));
  return { card: modelCardSchema.parse({ ...draft, files }), contents };
}

/** @throws Error when there is no `card.json`, or it is none */
export const readCard = (folder: string): Promise<ModelCard> => read(folder, CARD);

export const writeCard = (folder: string, card: ModelCard): Promise<void> => write(folder, CARD, card);

/** What is known of a model before its files are. */
const draftSchema = z.looseObject({ input: commonSchema.shape.input, views: commonSchema.shape.views });

/** Reads what is known of a network that is yet to be made: a file for each attribute that it estimates. */
export async function readDrafts(folder: string): Promise<z.infer<typeof draftSchema>[]> {
  const files = (await readdir(folder)).filter((file) => file.endsWith('.json')).sort();
  const read = (file: string) => readFile(path.join(folder, file), 'utf8');
  return Promise.all(files.map(async (file) => draftSchema.parse(JSON.parse(await read(file)))));
}

/** The cards of one network, by the attribute that each says how to read. */
export type Cards = { readonly [Name in AttributeName]?: Extract<BuiltInCard, { task: Name }> };

/**
 * Reads the cards of a network that estimates several attributes: a file `ATTRIBUTE.json` for each.
 * @throws Error when there is none, or one is of another attribute than its name says
 */
export async function readCards(folder: string): Promise<Cards> {
  const told = toldIn(folder);
  if (told.length === 0) throw new Error(`Expected cards of a network in ${folder} but there are none.`);
  const cards = await Promise.all(told.map((name) => read(folder, fileOf(name))));
  for (const [index, { task }] of cards.entries()) {
    if (task !== told[index]) {
      throw new Error(`Expected the card of ${told[index]} in ${folder} but received one of ${task}.`);
    }
  }
  return Object.fromEntries(cards.map((card) => [card.task, card]));
}

/** Whether a folder has cards as `readCards` reads them. */
export const hasCards = (folder: string): boolean => toldIn(folder).length > 0;

const toldIn = (folder: string) =>
  ATTRIBUTE_NAMES.filter((name) => existsSync(path.join(folder, fileOf(name))));

export async function writeCards(folder: string, cards: readonly ModelCard[]): Promise<void> {
  await Promise.all(cards.map((card) => write(folder, fileOf(card.task), card)));
}

const fileOf = (name: string) => `${name}.json`;

async function read(folder: string, file: string): Promise<ModelCard> {
  return modelCardSchema.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8')));
}

async function write(folder: string, file: string, card: ModelCard): Promise<void> {
  await writeFile(path.join(folder, file), `${JSON.stringify(card, undefined, 2)}\n`);
}
