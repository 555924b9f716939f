import { engine } from '@facedrop/engine';
import { describeAge, scoreOf } from '../../vision/attributes.ts';
import { Estimation } from '../shared/estimation.ts';
import { createRuntime } from '../shared/runtime.ts';
import { workerSettings } from '../shared/settings.ts';
import { createWorker } from '../shared/worker.ts';

const settings = workerSettings();
const runtime = createRuntime(settings);

export const handler = createWorker(
  new Estimation(
    'age',
    ({ years }, model) => {
      const age = describeAge(years, model);
      return { age, score: scoreOf(age) };
    },
    runtime,
    runtime.announcer,
    engine.loadAgeGenderEstimator(),
    settings.CROPS,
  ),
  runtime,
);
