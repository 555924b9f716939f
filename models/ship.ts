import { copyFile, mkdir } from 'node:fs/promises';
import path from 'node:path';
import { Command } from 'commander';
import { readCard, writeCard } from './model-folder.ts';

/** Makes of a trial's network the default one of its task. */
async function ship(trial: string, name: string, version: string): Promise<void> {
  const { verdict: _, files, ...card } = await readCard(trial);
  const folder = path.join(import.meta.dirname, 'defaults', card.task);
  await mkdir(folder, { recursive: true });
  await copyFile(path.join(trial, 'model.onnx'), path.join(folder, 'model.onnx'));
  await writeCard(folder, { ...card, name, version, files: { 'model.onnx': files['model.onnx'] } });
  console.log(`Shipped as ${folder}. Say in models/defaults/README.md what it was measured at.`);
}

await new Command('node models/ship.ts')
  .description("makes of a trial's network the default one of its task")
  .argument('<trial>', 'folder that npm run trial wrote')
  .argument('<name>', 'that results will say, such as facedrop-age')
  .argument('<version>')
  .action(ship)
  .parseAsync();
