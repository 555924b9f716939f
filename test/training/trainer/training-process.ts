import { openPreparedSet } from '../../../training/dataset/prepared-set.ts';
import { trainingSpecSchema } from '../../../training/spec.ts';
import { train } from '../../../training/trainer/train.ts';

/** A training in a process of its own, so that it can be killed: SPEC SET DIRECTORY. Says each step it reports. */

const [spec = '', set = '', directory = ''] = process.argv.slice(2);
const data = await openPreparedSet(set);
const outcome = await train(trainingSpecSchema.parse(JSON.parse(spec)), data, directory, {
  onProgress: ({ phase, step }) => console.log(phase, step),
});
console.log(outcome.status);
await data.close();
