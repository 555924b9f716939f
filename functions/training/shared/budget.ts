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

/**
 * Days that faces of corrections are kept once they are cut out, and what is calculated of them: people may have theirs
 * erased. A training that learns from them has to be over by then.
 */
export const FLEETING_DAYS = 7;
/** Of these, days for what is no training itself, once before the faces are looked for, and once after. */
const OTHER_DAYS = 1;
const FLEETING_MINUTES = (FLEETING_DAYS - 2 * OTHER_DAYS) * 1440;

/** @returns the earliest time at which faces of corrections can have been cut out and still outlast a training */
export const fleetingSince = ({ minutes }: Pick<Budget, 'minutes'>, now = Date.now()): Date =>
  new Date(now - (FLEETING_DAYS - OTHER_DAYS) * 86_400_000 + minutes * 60_000);

/** A part of a budget that is more than a stack allows. */
export interface Excess {
  readonly part: keyof Budget;
  readonly expected: number;
  readonly received: number;
  /** What to do about it. */
  readonly advice: string;
}

/** A training is to take more than its stack allows. */
export class BudgetError extends Error {
  override readonly name = 'BudgetError';
  readonly excesses: readonly Excess[];

  constructor(excesses: readonly Excess[]) {
    const faults = excesses.map(
      ({ part, expected, received, advice }) =>
        `Expected a budget of at most ${expected} ${part} but received ${received}. ${advice}`,
    );
    super(faults.join(' '));
    this.excesses = excesses;
  }
}

/**
 * Sets a training's budget: what is not asked for is the most there may be.
 * @param fleeting whether it learns from faces that are not kept for long
 * @throws BudgetError when more is asked for
 */
export function budgetWithin(
  maximum: Budget,
  asked: { readonly [Part in keyof Budget]?: number | undefined },
  fleeting: boolean,
): Budget {
  const isCut = fleeting && maximum.minutes > FLEETING_MINUTES;
  const most = isCut ? { ...maximum, minutes: FLEETING_MINUTES } : maximum;
  const excesses = (['minutes', 'dollars'] as const).flatMap((part) => {
    const [expected, received] = [most[part], asked[part]];
    if (received === undefined || received <= expected) return [];
    const advice =
      isCut && part === 'minutes'
        ? `Ask for less: faces of corrections are deleted after ${FLEETING_DAYS} days.`
        : `Ask for less, or deploy the stack with a higher ${SETTINGS[part]}.`;
    return [{ part, expected, received, advice }];
  });
  if (excesses.length > 0) throw new BudgetError(excesses);
  return { minutes: asked.minutes ?? most.minutes, dollars: asked.dollars ?? most.dollars };
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
