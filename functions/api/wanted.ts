import { isWanted, NotOnError, requireOn, WANTED, type Wanted } from '../../attributes/wanted.ts';
import type { Estimator } from '../../models/estimator.ts';
import type { Models } from '../shared/models.ts';
import { Problem } from './problem.ts';

/**
 * What estimates the attributes that a client wants.
 * @throws Problem when it wants what is not on
 */
export async function wantedEstimators(models: Models, wanted: Wanted): Promise<Estimator[]> {
  const estimators = await models.estimators();
  try {
    requireOn(
      wanted,
      estimators.map(({ attribute }) => attribute),
    );
  } catch (error) {
    if (!(error instanceof NotOnError)) throw error;
    const { message, expected, received } = error;
    throw new Problem('unknown-attribute', message, { errors: [{ field: WANTED, expected, received }] });
  }
  return estimators.filter(({ attribute }) => isWanted(attribute, wanted));
}
