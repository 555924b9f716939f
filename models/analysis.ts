import type { AnalysedFace } from '../attributes/face.ts';
import { distinctChips } from '../vision/chip-spec.ts';
import { selectChips } from '../vision/chips.ts';
import type { FaceDetector } from '../vision/engine.ts';
import { type FaceOptions, findFaces } from '../vision/faces.ts';
import { decodePhoto } from '../vision/photo.ts';
import type { Estimators } from './estimator.ts';

export interface AnalysisOptions extends Omit<FaceOptions, 'chips'> {
  readonly maximumPixels: number;
}

/** What looks at a photo. */
export interface Analysts extends Estimators {
  readonly detector: FaceDetector;
}

export interface Analysis {
  readonly width: number;
  readonly height: number;
  readonly found: number;
  readonly faces: AnalysedFace[];
}

/**
 * A photo's bytes to its faces with age, gender and score in one process: what the three functions of the
 * pipeline do between them.
 * @throws PhotoError when the photo itself is at fault
 */
export async function analysePhoto(
  { detector, age, gender }: Analysts,
  bytes: Uint8Array,
  { maximumPixels, ...options }: AnalysisOptions,
): Promise<Analysis> {
  const photo = await decodePhoto(bytes, maximumPixels);
  const cut = distinctChips([...age.chips, ...gender.chips]);
  const { faces, found, chips } = await findFaces(photo, detector, { ...options, chips: cut });
  const [ages, genders] = await Promise.all([
    age.estimate(selectChips(chips, cut, age.chips)),
    gender.estimate(selectChips(chips, cut, gender.chips)),
  ]);
  return {
    width: photo.width,
    height: photo.height,
    found,
    faces: faces.flatMap(({ box, confidence, landmarks }, index) => {
      const [ageOf, genderOf] = [ages[index], genders[index]];
      if (!ageOf || !genderOf)
        throw new Error(`Expected ${faces.length} estimates but received ${ages.length}.`);
      return { box, confidence, landmarks: [...landmarks], ...ageOf, ...genderOf };
    }),
  };
}
