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
 * @param layer what `buildLayer` returned
 * @throws when the layer holds another engine than `name`
 */
export function loadLayer<Name extends keyof EngineModules>(name: Name, layer: string): EngineModules[Name] {
  const require = createRequire(path.join(layer, 'nodejs', 'index.js'));
  const loaded: EngineModules[Name] = require('@facedrop/engine');
  if (loaded.engine.name !== name) {
    throw new Error(`Expected a layer with the engine ${name} but received one with ${loaded.engine.name}.`);
  }
  return loaded;
}
