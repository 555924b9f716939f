import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { batchSchema } from './batch.ts';
import { LocalFolder } from './folder.ts';
import { prepareBatch } from './preparation.ts';
import type { Answer } from './preparation-process.ts';
import { writeShard } from './shards.ts';

/** The program of a `PreparationProcess`. */
const [source = '', directory = '', models = ''] = process.argv.slice(2);
const folder = new LocalFolder(source);
const detector = createOnnxEngine(models).loadDetector();

process.on('message', async (message) => {
  process.send?.(await prepare(message));
});

async function prepare(message: unknown): Promise<Answer> {
  try {
    const batch = batchSchema.parse(message);
    await writeShard(directory, batch.name, await prepareBatch(folder, batch, await detector));
    return {};
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}
