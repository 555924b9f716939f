import * as z from 'zod';
import { real } from '../../../support/real.ts';

/** What a training may take; whichever is used up first ends it. */
export const budgetSchema = z.strictObject({
  /** Minutes of training, over all invocations; of preparation and judgement there is no count. */
  minutes: real(0.001, 20_160),
  /** US dollars for them, at list price (see `priceOf`). */
  dollars: real(0.0001, 10_000),
});
export type Budget = z.infer<typeof budgetSchema>;

/** The settings of the stack that say how much a training may take. */
const SETTINGS = { minutes: 'maximumTrainingMinutes', dollars: 'maximumTrainingDollars' } as const;

/** A part of a budget that is more than a stack allows. */
export interface Excess {
  readonly part: keyof Budget;
  readonly expected: number;
  readonly received: number;
}

/** A training is to take more than its stack allows. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
  readonly excesses: readonly Excess[];

  constructor(excesses: readonly Excess[]) {
    const faults = excesses.map(
      ({ part, expected, received }) =>
        `Expected a budget of at most ${expected} ${part} but received ${received}. ` +
        `Ask for less, or have the stack deployed with a higher ${SETTINGS[part]}.`,
    );
    super(faults.join(' '));
    this.excesses = excesses;
  }
}

/**
 * Sets a training's budget: what is not asked for is the most there may be.
 * @throws BudgetError when more is asked for
 */
export function budgetWithin(
  maximum: Budget,
  asked: { readonly [Part in keyof Budget]?: number | undefined } = {},
): Budget {
  const excesses = (['minutes', 'dollars'] as const).flatMap((part) => {
    const [expected, received] = [maximum[part], asked[part]];
    return received !== undefined && received > expected ? [{ part, expected, received }] : [];
  });
  if (excesses.length > 0) throw new BudgetError(excesses);
  return { minutes: asked.minutes ?? maximum.minutes, dollars: asked.dollars ?? maximum.dollars };
}

/** @returns the most that a training may take, as the stack passes it to its functions; @throws ZodError */
export const maximumBudget = (): Budget =>
  z
    .object({ MAXIMUM_TRAINING_MINUTES: z.coerce.number(), MAXIMUM_TRAINING_DOLLARS: z.coerce.number() })
    .transform(({ MAXIMUM_TRAINING_MINUTES: minutes, MAXIMUM_TRAINING_DOLLARS: dollars }) => ({
      minutes,
      dollars,
    }))
    .pipe(budgetSchema)
    .parse(process.env);

/** Time for sending the last checkpoint, in milliseconds, and as a share of all there is. */
const LAST_SAVE = 45_000;
const LAST_SHARE = 0.25;

/** How long a function trains that may run for this long, in milliseconds. */
export const trainingTime = (time: number): number => time - Math.min(LAST_SAVE, time * LAST_SHARE);
