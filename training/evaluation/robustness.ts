import { mean, median, quantile } from 'd3-array';
import type { Measures } from '../../models/card.ts';
import { ageError, type JudgedFace } from './answer.ts';
import { judge } from './measures.ts';
import { MIRROR } from './perturbation.ts';

/** What a perturbation costs: figures of the perturbed photos less those of the photos as they are. */
export interface Loss {
  readonly perturbation: string;
  /** Shares, from −1 to 1: above 0, that many more are wrong. */
  readonly exact?: number;
  readonly gender?: number;
  /** Mean absolute error in years, of the faces found in both: above 0, so much more. */
  readonly meanAbsoluteError?: number;
  /** Share of the faces that are not found any more. */
  readonly lost: number;
}

/** How far a photo and its mirror image agree on the age, in years. */
export interface MirrorAgreement {
  readonly median: number;
  readonly percentile95: number;
  /** Share that differs by a year at most. */
  readonly withinYear: number;
}

/** How an analyst takes perturbed photos. */
export interface Robustness {
  /** Photos in which a face was found as they are. */
  readonly photos: number;
  readonly losses: readonly Loss[];
  readonly mirror?: MirrorAgreement;
}

/**
 * @param original answers to the photos as they are, all with a face found
 * @param perturbed answers to the same photos, by the perturbation's name
 */
export function judgeRobustness(
  original: readonly JudgedFace[],
  perturbed: ReadonlyMap<string, readonly JudgedFace[]>,
): Robustness {
  const before = judge(original);
  const mirrored = perturbed.get(MIRROR.name);
  const mirror = mirrored && agreement(original, mirrored);
  return {
    photos: original.length,
    losses: [...perturbed].map(([perturbation, faces]) => {
      const after = judge(faces);
      return {
        perturbation,
        ...lossOf('exact', before, after),
        ...lossOf('gender', before, after),
        ...errorGrowth(original, faces),
        lost: (before.found ?? 0) - (after.found ?? 0),
      };
    }),
    ...(mirror && { mirror }),
  };
}

function lossOf(name: 'exact' | 'gender', before: Measures, after: Measures): Partial<Loss> {
  const share = before[name];
  // Where no face is left that anything is said of, all is lost.
  return share === undefined ? {} : { [name]: share - (after[name] ?? 0) };
}

function errorGrowth(original: readonly JudgedFace[], faces: readonly JudgedFace[]): Partial<Loss> {
  const growths = original.flatMap((face, index) => {
    const [before, after] = [ageError(face), ageError(faces[index] ?? { face: '' })];
    return before === undefined || after === undefined ? [] : [Math.abs(after) - Math.abs(before)];
  });
  const growth = mean(growths);
  return growth === undefined ? {} : { meanAbsoluteError: growth };
}

function agreement(
  original: readonly JudgedFace[],
  mirrored: readonly JudgedFace[],
): MirrorAgreement | undefined {
  const differences = original.flatMap((face, index) => {
    const [years, others] = [face.said?.age?.years, mirrored[index]?.said?.age?.years];
    return years === undefined || others === undefined ? [] : [Math.abs(years - others)];
  });
  const [middle, percentile95] = [median(differences), quantile(differences, 0.95)];
  if (middle === undefined || percentile95 === undefined) return undefined;
  return {
    median: middle,
    percentile95,
    withinYear: differences.filter((difference) => difference <= 1).length / differences.length,
  };
}
