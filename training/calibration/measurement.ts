import { readFile } from 'node:fs/promises';
import { estimateFaces } from '../../attributes/calibrated.ts';
import { type Crops, chipsFor } from '../../vision/chip-spec.ts';
import type { AgeGenderEstimator, FaceDetector } from '../../vision/engine.ts';
import { findFaces } from '../../vision/faces.ts';
import { decodePhoto } from '../../vision/photo.ts';
import type { LabelledPhoto } from './labels.ts';

export interface Networks {
  readonly detector: FaceDetector;
  readonly estimator: AgeGenderEstimator;
}

/** A labelled photo and what the networks make of its largest face; `estimate` is absent when none is found. */
export interface Measurement extends LabelledPhoto {
  readonly estimate?: { readonly years: number; readonly male: number };
}

/** Puts a labelled photo of one person through the whole way: decoding, detection, chips, estimates. */
export async function measure(
  photo: LabelledPhoto,
  { detector, estimator }: Networks,
  crops: Crops,
  minimumConfidence = 0.35,
): Promise<Measurement> {
  const decoded = await decodePhoto(await readFile(photo.path), 100_000_000);
  const { chips } = await findFaces(decoded, detector, {
    minimumConfidence,
    maximumFaces: 1,
    chips: chipsFor(crops),
  });
  const [estimate] = await estimateFaces(estimator, chips, crops);
  return estimate ? { ...photo, estimate } : photo;
}
