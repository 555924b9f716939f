import { describeAge, describeGender, estimateFaces, scoreOf } from './attributes.ts';
import { type Crops, chipsFor } from './chips.ts';
import type { Engine } from './engine.ts';
import type { AnalysedFace } from './face.ts';
import { type FaceOptions, findFaces } from './faces.ts';
import { decodePhoto } from './photo.ts';

export interface AnalysisOptions extends Omit<FaceOptions, 'chips'> {
  readonly maximumPixels: number;
  readonly crops: Crops;
}

export interface Analysis {
  readonly width: number;
  readonly height: number;
  readonly found: number;
  readonly faces: AnalysedFace[];
}

/**
 * A photo's bytes to its faces with age, gender and score in one process: what the three functions of the
 * pipeline do between them, with one run of the age and gender network instead of two.
 * @throws PhotoError when the photo itself is at fault
 */
export async function analysePhoto(
  engine: Engine,
  bytes: Uint8Array,
  { crops, maximumPixels, ...options }: AnalysisOptions,
): Promise<Analysis> {
  const [detector, estimator] = await Promise.all([engine.loadDetector(), engine.loadAgeGenderEstimator()]);
  const photo = await decodePhoto(bytes, maximumPixels);
  const { faces, found, chips } = await findFaces(photo, detector, {
    ...options,
    chips: chipsFor(crops),
  });
  const estimates = await estimateFaces(estimator, chips, crops);
  return {
    width: photo.width,
    height: photo.height,
    found,
    faces: faces.map((face, index) => {
      const { years, male } = estimates[index] ?? { years: Number.NaN, male: Number.NaN };
      const age = describeAge(years, estimator.model);
      return {
        box: face.box,
        confidence: face.confidence,
        landmarks: [...face.landmarks],
        age,
        gender: describeGender(male, estimator.model),
        score: scoreOf(age),
      };
    }),
  };
}
