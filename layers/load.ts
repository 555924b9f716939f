import { createRequire } from 'node:module';
import path from 'node:path';
import type { Engine } from '../vision/engine.ts';
import type { FaceApi } from './tfjs/face-api.ts';

interface EngineModules {
  readonly onnx: { readonly engine: Engine };
  readonly tfjs: { readonly engine: Engine; loadFaceApi(): Promise<FaceApi> };
}

/**
 * Loads `@facedrop/engine` out of a layer built for this machine, as the functions do.
 * @param layer what `buildLayer` returned for the engine `name`
 */
export function loadLayer<Name extends keyof EngineModules>(_name: Name, layer: string): EngineModules[Name] {
  const require = createRequire(
    path.join(layer, 'nodejs', 'node_modules', '@facedrop', 'engine', 'package.json'),
  );
  return require('./index.js');
}
