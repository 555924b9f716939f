import type { AgeOutput } from '../../models/networks/trainable.ts';
import { toGroups } from '../../vision/age-distribution.ts';
import { AGE_GROUPS } from '../../vision/face.ts';

export interface Guess {
  /** An Adience group, or "M" or "F". */
  readonly label: string;
  /** 0 to 1 */
  readonly probability: number;
}

/**
 * What a network thinks most likely, and what next.
 * @param probabilities that it gives, averaged over the views (`viewsOf`); years count to their groups
 */
export function guessesOf(
  probabilities: readonly number[],
  output: AgeOutput | 'gender',
): [first: Guess, second: Guess] {
  const classes: readonly string[] = output === 'gender' ? ['M', 'F'] : AGE_GROUPS;
  const shares = output === 'years' ? toGroups(probabilities) : probabilities;
  if (shares.length !== classes.length) {
    throw new Error(`Expected probabilities of ${classes.length} classes but received ${shares.length}.`);
  }
  const guesses = classes.map((label, index) => ({ label, probability: shares[index] ?? 0 }));
  const [first, second] = guesses.sort((one, other) => other.probability - one.probability);
  if (!first || !second) throw new Error('Expected two classes at least.');
  return [first, second];
}
