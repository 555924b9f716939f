import { existsSync } from 'node:fs';
import { registerHooks } from 'node:module';
import util from 'node:util';
import { find as findAddon } from '../layers/tfjs/addon.ts';
import { once } from '../support/once.ts';

export type TensorFlow = typeof import('@tensorflow/tfjs-node');

/** What `@tensorflow/tfjs-node` would ask for its addon, and what it asks instead. A bundle has it aliased. */
const LOCATOR = '@mapbox/node-pre-gyp';
/** A module made in memory: where Node.js may not `require` ES modules, as on AWS Lambda, a source file would not do. */
const STAND_IN = new URL('addon.cjs', import.meta.url).href;

/**
 * Loads native TensorFlow and makes it the backend of TensorFlow.js. The environment's TENSORFLOW_DIRECTORY
 * names the folder with the addon, as `prepareTensorFlow` returns it.
 * @throws Error when it is not there
 */
export const loadTensorFlow = once(async (): Promise<TensorFlow> => {
  if (!existsSync(findAddon())) {
    throw new Error(
      `Expected native TensorFlow at ${findAddon()} but found none. Set TENSORFLOW_DIRECTORY to the folder that ` +
        '"node training/native.ts" prints.',
    );
  }
  // Keeps TensorFlow from naming the CPU's features.
  process.env.TF_CPP_MIN_LOG_LEVEL ??= '1';
  // The same rounding on all processors from 2013 on: a training may go on on another machine. It costs 3 %. What
  // also matters is the number of threads: TF_NUM_INTRAOP_THREADS, or else that of the cores.
  process.env.ONEDNN_MAX_CPU_ISA ??= 'AVX2';
  // tfjs-node calls these two, which Node dropped in version 23.
  const isNullOrUndefined = (value: unknown) => value === null || value === undefined;
  Object.assign(util, { isNullOrUndefined, isArray: Array.isArray });
  registerHooks({
    resolve: (specifier, context, next) =>
      specifier === LOCATOR ? { url: STAND_IN, shortCircuit: true } : next(specifier, context),
    load: (url, context, next) =>
      url === STAND_IN
        ? {
            format: 'commonjs',
            source: `exports.find = () => ${JSON.stringify(findAddon())};`,
            shortCircuit: true,
          }
        : next(url, context),
  });
  const tf = await import('@tensorflow/tfjs-node');
  tf.enableProdMode();
  await tf.setBackend('tensorflow');
  return tf;
});
