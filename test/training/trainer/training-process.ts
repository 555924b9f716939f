import { openPreparedSet } from '../../../training/dataset/prepared-set.ts';
import { trainingSpecSchema } from '../../../training/spec.ts';
import { train } from '../../../training/trainer/train.ts';

/** A training in a process of its own, which may die in the middle of it: SPEC SET DIRECTORY [LAST STEP]. */

const [spec = '', set = '', directory = '', last = ''] = process.argv.slice(2);
const data = await openPreparedSet(set);
await train(trainingSpecSchema.parse(JSON.parse(spec)), data, directory, {
  onProgress({ phase, step }) {
    if (phase === 'training' && String(step) === last) process.kill(process.pid, 'SIGKILL');
  },
});
await data.close();
