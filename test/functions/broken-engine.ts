import type { Engine } from '../../vision/engine.ts';

const broken = async (): Promise<never> => {
  throw new Error('Expected networks in the layer but there are none.');
};

/** The engine of a layer whose networks can't be loaded. */
export const engine: Engine = {
  name: 'broken',
  loadDetector: broken,
  openNetwork: broken,
  builtins: ['nowhere'],
  networkFiles: ['model.onnx'],
};
