import { homedir } from 'node:os';
import path from 'node:path';
import type { TrainCode } from '../infra/code.ts';

const ROOT = path.resolve(import.meta.dirname, '..');

/**
 * The local AWS can't run container images without Docker. It has custom runtimes, in which the same handler runs
 * from its sources, with the native TensorFlow that is made for this machine when it is first needed.
 */
export const localTrainCode = (): TrainCode => ({
  zip: path.join(import.meta.dirname, 'train'),
  handler: 'functions/training/train/handler.handler',
  environment: {
    FACEDROP_ROOT: ROOT,
    // Its home is elsewhere: nothing is to be downloaded twice.
    XDG_CACHE_HOME: process.env.XDG_CACHE_HOME ?? path.join(homedir(), '.cache'),
  },
});
