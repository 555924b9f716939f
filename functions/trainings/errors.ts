/** Errors, by their names, that trying again does not help against: the state machine ends the training. */
export const PERMANENT_ERRORS = [
  'BudgetError',
  'DatasetError',
  'TrainingError',
  'TaskLockedError',
  'ZodError',
];
