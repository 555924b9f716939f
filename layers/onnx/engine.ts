import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { once } from '../../support/once.ts';
import type { Engine, ModelInfo } from '../../vision/engine.ts';
import { AgeGenderNet } from './age-gender-net.ts';
import type { InferenceSession } from './runtime.ts';
import { openSession } from './session.ts';
import { TrainedNetwork } from './trained-network.ts';

const manifestSchema = z.object({
  networks: z.array(z.object({ file: z.string(), name: z.string(), version: z.string() })),
});

/**
 * An engine on ONNX Runtime.
 *
 * @param directory holds the networks' ONNX files and their `manifest.json`, and may hold a network for ages and
 * genders in the folder `default`
 */
export function createOnnxEngine(directory: string): Engine {
  const folder = path.join(directory, 'default');
  async function load<T>(
    file: string,
    Network: new (session: InferenceSession, model: ModelInfo) => T,
  ): Promise<T> {
    const [session, model] = await Promise.all([
      openSession(path.join(directory, file)),
      describe(directory, file),
    ]);
    return new Network(session, model);
  }
  return {
    name: 'onnx',
    loadDetector: once(async () => {
      // It alone needs sharp, which functions that don't detect are spared.
      const { CenterFace } = await import('./centerface.ts');
      return load('centerface.onnx', CenterFace);
    }),
    loadAgeGenderEstimator: once(() => load('age-gender-net.onnx', AgeGenderNet)),
    defaultNetwork: existsSync(path.join(folder, 'model.onnx')) ? folder : undefined,
    openNetwork: TrainedNetwork.open,
    networkFiles: TrainedNetwork.files,
  };
}

async function describe(directory: string, file: string): Promise<ModelInfo> {
  const text = await readFile(path.join(directory, 'manifest.json'), 'utf8');
  const network = manifestSchema.parse(JSON.parse(text)).networks.find((each) => each.file === file);
  if (network === undefined) {
    throw new Error(
      `Expected manifest.json in ${directory} to list ${file} but it does not. Build the models anew.`,
    );
  }
  return { name: network.name, version: network.version };
}
