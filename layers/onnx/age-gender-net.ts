import {
  type AgeAndGender,
  type AgeGenderEstimator,
  CHIP_SIDE,
  type ModelInfo,
} from '../../vision/engine.ts';
import type { InferenceSession } from './runtime.ts';
import { runChips } from './session.ts';

/** face-api's AgeGenderNet. */
export class AgeGenderNet implements AgeGenderEstimator {
  readonly model: ModelInfo;
  readonly #session: InferenceSession;

  constructor(session: InferenceSession, model: ModelInfo) {
    this.#session = session;
    this.model = model;
  }

  estimate(chips: Uint8Array): Promise<AgeAndGender[]> {
    return runChips(this.#session, chips, CHIP_SIDE, ['age', 'gender'], ({ age, gender }) => ({
      years: age[0] ?? Number.NaN,
      male: gender[0] ?? Number.NaN,
    }));
  }
}
