import { existsSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import path from 'node:path';
import * as z from 'zod/mini';
import { once } from '../../support/once.ts';
import type { Engine, ModelInfo } from '../../vision/engine.ts';
import { OnnxNetwork } from './network.ts';
import { openSession } from './session.ts';

const DETECTOR = 'centerface.onnx';

const manifestSchema = z.object({
  networks: z.array(z.object({ file: z.string(), name: z.string(), version: z.string() })),
});

/** Networks that may be built in: where several estimate the same, the best first. */
const BUILTINS = [
  ['default', 'small', 'permissive', 'age-gender-net'],
  ['face-expression-net'],
  ['face-mesh'],
  ['looks'],
];

/**
 * An engine on ONNX Runtime.
 *
 * @param directory holds the detector's ONNX file, `manifest.json`, and a folder for each network that may be built in
 */
export function createOnnxEngine(directory: string): Engine {
  return {
    name: 'onnx',
    loadDetector: once(async () => {
      // Functions that don't detect are spared what it needs.
      const { CenterFace } = await import('./centerface.ts');
      const [session, model] = await Promise.all([
        openSession(path.join(directory, DETECTOR)),
        describe(directory, DETECTOR),
      ]);
      return new CenterFace(session, model);
    }),
    builtins: BUILTINS.flatMap(
      (names) => names.map((name) => path.join(directory, name)).find((folder) => existsSync(folder)) ?? [],
    ),
    recognizer: path.join(directory, 'face-recognition-net'),
    openNetwork: OnnxNetwork.open,
    networkFiles: OnnxNetwork.files,
  };
}

async function describe(directory: string, file: string): Promise<ModelInfo> {
  const text = await readFile(path.join(directory, 'manifest.json'), 'utf8');
  const network = manifestSchema.parse(JSON.parse(text)).networks.find((each) => each.file === file);
  if (network === undefined) {
    throw new Error(
      `Expected manifest.json in ${directory} to list ${file} but it does not. Build the models again.`,
    );
  }
  return { name: network.name, version: network.version };
}
