/** Errors, by their names, that trying again does not help against: the state machine ends the training. */
export const PERMANENT_ERRORS = ['BudgetError', 'DatasetError', 'StalledError', 'TrainingError', 'ZodError'];

/** How a job of AWS Batch exits that is of no use to try again. */
export const PERMANENT_EXIT = 3;

/** All the time that a function may run did not suffice for a training's next step, or validation. */
export class StalledError extends Error {
  override readonly name = 'StalledError';

  /** @param place where it stands, in words */
  constructor(place: string) {
    super(
      `Expected the training to make progress each time that its function runs but it is stuck at ${place}: a step, a ` +
        'validation, or fetching the data set takes longer than the function may run. Train with a smaller batch, ' +
        'network or data set, give the function more memory and time (trainMemory, trainTimeout), or train on AWS ' +
        'Batch, which has no such limit (trainer=batch).',
    );
  }
}
