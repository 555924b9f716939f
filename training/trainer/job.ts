import { createHash } from 'node:crypto';
import type { Task } from '../../attributes/list.ts';
import type { PreparedSet } from '../dataset/prepared.ts';
import type { TrainingSpec } from '../spec.ts';
import type { Control } from './outcome.ts';

/** What is to be trained, on what, and where. */
export interface Job {
  readonly spec: TrainingSpec;
  readonly task: Task;
  readonly data: PreparedSet;
  readonly directory: string;
  readonly control: Control;
}

/** What a network starts from, as far as the control says. */
export const startOf = ({ weights, permissive }: Control) => ({
  ...(weights !== undefined && { weights }),
  ...(permissive && { permissive }),
});

/** Changes with everything that the weights in the end depend on. */
export function identify({ spec, data: { contentHash }, control }: Job, fold = 0): string {
  // How often it is saved makes no difference, nor does how many views are asked. Folds divide the faces they learn from.
  const { checkpointEvery: _, crops: __, folds, ...others } = spec;
  const decisive = fold === 0 ? others : { ...others, folds };
  return createHash('sha256')
    .update(JSON.stringify([decisive, contentHash, fold, startOf(control)]))
    .digest('hex')
    .slice(0, 16);
}
