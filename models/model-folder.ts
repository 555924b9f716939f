import { existsSync } from 'node:fs';
import { readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { MODEL_FILES, type ModelCard, type ModelFile, modelCardSchema } from './card.ts';
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
export async function readCard(folder: string): Promise<ModelCard> {
  return modelCardSchema.parse(JSON.parse(await readFile(path.join(folder, CARD), 'utf8')));
}

export async function writeCard(folder: string, card: ModelCard): Promise<void> {
  await writeFile(path.join(folder, CARD), `${JSON.stringify(card, undefined, 2)}\n`);
}
