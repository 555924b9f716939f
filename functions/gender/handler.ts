import { Estimation } from '../shared/estimation.ts';
import { createRuntime } from '../shared/runtime.ts';
import { workerSettings } from '../shared/settings.ts';
import { createWorker } from '../shared/worker.ts';

const runtime = createRuntime(workerSettings());
const { models, announcer } = runtime;
// Loaded while the function starts, when Lambda gives it more of the processor.
models.gender().catch(() => {});

export const handler = createWorker(new Estimation('gender', runtime, announcer, models.gender), runtime);
