import { createRuntime } from '../shared/runtime.ts';
import { estimateSettings } from '../shared/settings.ts';
import { createWorker } from '../shared/worker.ts';
import { Estimation } from './estimation.ts';

const settings = estimateSettings();
const runtime = createRuntime(settings);
const { models, announcer } = runtime;
// Loaded while the function starts, when Lambda gives it more of the processor.
models.estimators().catch(() => {});

/** Estimates the attributes that its environment names. It is deployed once for each group of the setting `estimators`. */
export const handler = createWorker(new Estimation(settings.ATTRIBUTES, runtime, announcer, models), runtime);
