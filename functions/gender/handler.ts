import { engine } from '@facedrop/engine';
import { describeGender } from '../../vision/attributes.ts';
import { Estimation } from '../shared/estimation.ts';
import { createRuntime } from '../shared/runtime.ts';
import { workerSettings } from '../shared/settings.ts';
import { createWorker } from '../shared/worker.ts';

const settings = workerSettings();
const runtime = createRuntime(settings);

export const handler = createWorker(
  new Estimation(
    'gender',
    ({ male }, model) => ({ gender: describeGender(male, model) }),
    runtime,
    runtime.announcer,
    engine.loadAgeGenderEstimator(),
    settings.CROPS,
  ),
  runtime,
);
