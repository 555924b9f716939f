import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import {
  type AgeCard,
  type GenderCard,
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
export async function describeFolder(draft: CardDraft, folder: string): Promise<ModelFolder> {
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

/** The cards of a network that tells both tasks from the same chips: `age.json` and `gender.json`. */
export interface DefaultCards {
  readonly age: AgeCard;
  readonly gender: GenderCard;
}

/** @throws Error when one is not there, or is of another task */
export async function readDefaultCards(folder: string): Promise<DefaultCards> {
  const [age, gender] = await Promise.all([read(folder, 'age.json'), read(folder, 'gender.json')]);
  if (age.task !== 'age' || gender.task !== 'gender') {
    throw new Error(`Expected the cards of an age and a gender network in ${folder} but received others.`);
  }
  return { age, gender };
}

export async function writeDefaultCards(folder: string, { age, gender }: DefaultCards): Promise<void> {
  await Promise.all([write(folder, 'age.json', age), write(folder, 'gender.json', gender)]);
}

async function read(folder: string, file: string): Promise<ModelCard> {
  return modelCardSchema.parse(JSON.parse(await readFile(path.join(folder, file), 'utf8')));
}

async function write(folder: string, file: string, card: ModelCard): Promise<void> {
  await writeFile(path.join(folder, file), `${JSON.stringify(card, undefined, 2)}\n`);
}
