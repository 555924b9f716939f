import { isWanted, NotOnError, WANTED, type Wanted } from '../../attributes/wanted.ts';
import type { Estimator } from '../../models/estimator.ts';
import type { Models } from '../shared/models.ts';
import { Problem } from './problem.ts';

/**
 * Refuses what is not on; no network is loaded for it.
 * @throws Problem when a client wants what is not on
 */
export async function checkWanted(models: Models, wanted: Wanted): Promise<void> {
  if (!wanted) return;
  try {
    await models.service(wanted);
  } catch (error) {
    if (!(error instanceof NotOnError)) throw error;
    const { message, expected, received } = error;
    throw new Problem('unknown-attribute', message, { errors: [{ field: WANTED, expected, received }] });
  }
}

/**
 * What estimates the attributes that a client wants.
 * @throws Problem when it wants what is not on
 */
export async function wantedEstimators(models: Models, wanted: Wanted): Promise<Estimator[]> {
  await checkWanted(models, wanted);
  return (await models.estimators()).filter(({ attribute }) => isWanted(attribute, wanted));
}
