import '@tensorflow/tfjs-backend-wasm';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { type NamedTensorMap, setBackend } from '@tensorflow/tfjs-core';
import { Command } from 'commander';
import type { ModelCard } from '../../models/card.ts';
import { readCard, writeCards } from '../../models/model-folder.ts';
import { factsOf } from '../../models/objects.ts';
import { joinNetworks } from '../../networks/export/joint-network.ts';
import { readModelWeights, writeModelWeights } from '../../networks/weights.ts';

/** Names of the weights of both networks that a head builds on. */
const BACKBONE = /^(faceres|(entry|middle|exit)_flow)\//;

/** Makes of two trials' networks, which share all but their last layers, the default one. */
async function ship(ageTrial: string, genderTrial: string, version: string): Promise<void> {
  const [age, gender] = await Promise.all([readCard(ageTrial), readCard(genderTrial)]);
  if (age.task !== 'age' || gender.task !== 'gender') {
    throw new Error(`Expected a trial of age and one of gender but received ${age.task} and ${gender.task}.`);
  }
  if (sightOf(age) !== sightOf(gender)) {
    throw new Error(
      `Expected trials that look at the same chips but received ${sightOf(age)} and ${sightOf(gender)}.`,
    );
  }
  const read = (trial: string) => readFile(path.join(trial, 'model.onnx'));
  const onnx = joinNetworks(await read(ageTrial), await read(genderTrial));
  const folder = path.resolve(import.meta.dirname, '..', '..', 'models', 'default');
  await mkdir(folder, { recursive: true });
  await writeFile(path.join(folder, 'model.onnx'), onnx);
  const shipped = ({ verdict: _, ...card }: ModelCard): ModelCard => ({
    ...card,
    name: 'facedrop',
    version,
    files: { 'model.onnx': factsOf(Buffer.from(onnx)) },
  });
  await writeCards(folder, [shipped(age), shipped(gender)]);
  await writePretrained(ageTrial, genderTrial, path.join(folder, 'pretrained'));
  console.log(`Shipped as ${folder}. Say in its README.md what it was measured at.`);
}

/** Keeps the weights of both trials' layers in half precision, for other networks to start from. */
async function writePretrained(ageTrial: string, genderTrial: string, folder: string): Promise<void> {
  await setBackend('wasm');
  const age = await readModelWeights(path.join(ageTrial, 'model.json'));
  const gender = await readModelWeights(path.join(genderTrial, 'model.json'));
  const part = (weights: NamedTensorMap, isBackbone: boolean) =>
    Object.fromEntries(Object.entries(weights).filter(([name]) => BACKBONE.test(name) === isBackbone));
  for (const [name, weights] of [
    ['backbone', part(age, true)],
    ['age', part(age, false)],
    ['gender', part(gender, false)],
  ] as const) {
    await writeModelWeights(path.join(folder, name), weights, { half: true });
  }
}

const sightOf = ({ input, views }: ModelCard) => JSON.stringify([input, views]);

await new Command('node training/distillation/ship.ts')
  .description("makes of two trials' networks, for age and gender, the default one")
  .argument('<age>', 'folder that npm run trial wrote')
  .argument('<gender>', 'another that started from the same weights, whose features both kept as they were')
  .argument('<version>')
  .action(ship)
  .parseAsync();
