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
