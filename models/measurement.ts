import { readFile } from 'node:fs/promises';
import { groupOf } from '../vision/age-group.ts';
import { estimateFaces } from '../vision/attributes.ts';
import { type Crops, scalesOf } from '../vision/chips.ts';
import type { AgeGenderEstimator, FaceDetector, Landmarker } from '../vision/engine.ts';
import { AGE_GROUPS } from '../vision/face.ts';
import { findFaces } from '../vision/faces.ts';
import { decodePhoto } from '../vision/photo.ts';
import type { LabelledPhoto } from './labels.ts';

export interface Networks {
  readonly detector: FaceDetector;
  readonly landmarker: Landmarker;
  readonly estimator: AgeGenderEstimator;
}

/** A labelled photo and what the networks make of its largest face; `estimate` is absent when none is found. */
export interface Measurement extends LabelledPhoto {
  readonly estimate?: { readonly years: number; readonly male: number };
}

/** Puts a labelled photo of one person through the whole way: decoding, detection, chips, estimates. */
export async function measure(
  photo: LabelledPhoto,
  { detector, landmarker, estimator }: Networks,
  crops: Crops,
  minimumConfidence = 0.35,
): Promise<Measurement> {
  const decoded = await decodePhoto(await readFile(photo.path), 100_000_000);
  const { chips } = await findFaces(decoded, detector, landmarker, {
    minimumConfidence,
    maximumFaces: 1,
    scales: scalesOf(crops),
  });
  const [estimate] = await estimateFaces(estimator, chips, crops);
  return estimate ? { ...photo, estimate } : photo;
}

/** The field's usual figures; a face that was not found counts as an error in every one but the mean absolute error. */
export interface Accuracy {
  readonly photos: number;
  /** Share of photos in which a face was found. */
  readonly found: number;
  /** Mean absolute error of the age, in years, over the faces found. */
  readonly meanAbsoluteError: number;
  /** Share whose age group is right. */
  readonly exact: number;
  /** Share whose age group is right or next to it. */
  readonly oneOff: number;
  readonly gender: number;
  /** Share of the faces found whose age lies in the 80 % interval. */
  readonly covered: number;
}

/** What is said of one face, beside its label. */
export interface Judged {
  readonly age: number;
  readonly gender: 'M' | 'F';
  readonly said?: {
    years: number;
    group: (typeof AGE_GROUPS)[number];
    low: number;
    high: number;
    gender: 'M' | 'F';
  };
}

export function judge(faces: readonly Judged[]): Accuracy {
  const found = faces.flatMap(({ said, ...label }) => (said ? [{ ...label, said }] : []));
  const distances = found.map(({ age, said }) => Math.abs(AGE_GROUPS.indexOf(said.group) - groupOf(age)));
  const share = (count: number, total: number) => count / total;
  return {
    photos: faces.length,
    found: share(found.length, faces.length),
    meanAbsoluteError:
      found.reduce((sum, { age, said }) => sum + Math.abs(said.years - age), 0) / found.length,
    exact: share(distances.filter((distance) => distance === 0).length, faces.length),
    oneOff: share(distances.filter((distance) => distance <= 1).length, faces.length),
    gender: share(found.filter(({ gender, said }) => gender === said.gender).length, faces.length),
    covered: share(
      found.filter(({ age, said }) => said.low - 0.5 <= age && age <= said.high + 0.5).length,
      found.length,
    ),
  };
}
