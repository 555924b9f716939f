import { parseConfig } from '../infra/config.ts';
import { analysePhoto } from '../models/analysis.ts';
import { loadModels } from './builtins.ts';
import { cpuTime } from './cpu.ts';
import { loadFaceApiPipeline } from './face-api.ts';

/**
 * A process of its own for each way to analyse photos, so that the garbage of one is not collected at the
 * expense of another: `npx node analyser.ts face-api|facedrop` answers each photo sent to it with what it took.
 */

/** From a JPEG's bytes to faces with ages and genders; answers how many faces it found. */
type Analyse = (jpeg: Uint8Array) => Promise<number>;

export interface Analysed {
  readonly faces: number;
  /** CPU time of all threads, in milliseconds. */
  readonly cpu: number;
}

const ways: Readonly<Record<string, () => Promise<Analyse>>> = {
  'face-api': loadFaceApiPipeline,
  facedrop: loadOwnPipeline,
};

async function loadOwnPipeline(): Promise<Analyse> {
  const { minimumConfidence, maximumFaces, maximumPixels } = parseConfig({});
  const options = { minimumConfidence, maximumFaces, maximumPixels };
  const analysts = await loadModels();
  return async (jpeg) => (await analysePhoto(analysts, jpeg, options)).faces.length;
}

const way = process.argv[2] ?? '';
const analyse = await ways[way]?.();
if (!analyse) throw new Error(`Expected one of ${Object.keys(ways).join(', ')} but received ${way}.`);

process.on('message', async (jpeg: Uint8Array) => {
  const start = cpuTime();
  const faces = await analyse(jpeg);
  const analysed: Analysed = { faces, cpu: cpuTime() - start };
  process.send?.(analysed);
});
process.on('disconnect', () => process.exit());
process.send?.('ready');
