import { existsSync } from 'node:fs';
import path from 'node:path';
import { createOnnxEngine } from './engine.ts';

/** In the layer the networks lie beside the bundle, in the source tree where the build puts them. */
const BESIDE = import.meta.dirname;
const BUILT = path.resolve(BESIDE, '..', '..', '.build', 'models');

export const engine = createOnnxEngine(existsSync(path.join(BESIDE, 'manifest.json')) ? BESIDE : BUILT);
