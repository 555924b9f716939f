import type { Connection } from '../local/stack.ts';

/** The queue of an estimating function and its dead-letter queue, by what the function is called. */
export function estimatorOf({ estimators }: Pick<Connection, 'estimators'>, name: string) {
  const estimator = estimators.find((each) => each.name === name);
  if (!estimator) throw new Error(`Expected a stack that estimates ${name} but it does not.`);
  return estimator;
}

/** The queues that functions of the pipeline work off. */
export const queuesOf = ({ uploadQueue, estimators }: Pick<Connection, 'uploadQueue' | 'estimators'>) => [
  uploadQueue,
  ...estimators.map(({ queue }) => queue),
];
