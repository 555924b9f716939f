import { hostPlatform } from '../layers/platform.ts';
import type { RunningStack } from '../local/start.ts';
import { buildModels } from '../models/build/build.ts';
import { buildModelLayer } from '../models/layer.ts';
import { prepareTensorFlow } from '../training/native.ts';
import { globalSetup as cacheCompiled } from './compile-cache.ts';
import { startTestStack } from './stack.ts';

let running: RunningStack | undefined;

/** Run by Node's test runner before the first test file: makes once what several files would make at the same time. */
export async function globalSetup(): Promise<void> {
  cacheCompiled();
  await Promise.all([prepareTensorFlow(), startWithLayers()]);
}

async function startWithLayers(): Promise<void> {
  // Part of every layer.
  await buildModels();
  [running] = await Promise.all([
    startTestStack(),
    buildModelLayer({ engine: 'tfjs', platform: hostPlatform() }),
  ]);
}

/** Run by Node's test runner after the last test file. */
export async function globalTeardown(): Promise<void> {
  await running?.stop();
}
