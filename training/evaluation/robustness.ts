import type { LearnedAttribute } from '../../attributes/attribute.ts';
import type { NumberDrawing, Statistic } from '../../attributes/evaluation.ts';
import type { Measures } from '../../models/card.ts';
import type { JudgedFace } from './answer.ts';
import { measureFaces, measureOf } from './measures.ts';
import { MIRROR } from './perturbation.ts';

/**
 * What a perturbation costs: figures of the perturbed photos less those of the photos as they are, by the name of what
 * models are compared by. Shares, from −1 to 1: above 0, that many more are wrong. Numbers in their unit, of the faces
 * found in both: above 0, the error is so much larger.
 */
export type Loss = Readonly<Partial<Record<keyof Measures, number>>> & {
  readonly perturbation: string;
  /** Share of the faces that are no longer found. */
  readonly lost: number;
};

/** How far a photo and its mirror image agree on a number, in its unit. */
export interface MirrorAgreement {
  readonly attribute: string;
  readonly median: number;
  readonly percentile95: number;
  /** Share that differs by one at most. */
  readonly withinOne: number;
}

/** How an analyst takes perturbed photos. */
export interface Robustness {
  /** Photos in which a face was found as they are. */
  readonly photos: number;
  readonly losses: readonly Loss[];
  readonly mirrors: readonly MirrorAgreement[];
}

/** What is compared, shares first. */
export const comparedOf = (attributes: readonly LearnedAttribute[]): readonly Statistic[] =>
  attributes
    .flatMap(({ evaluation }) => evaluation.statistics)
    .sort((one, other) => Number(other.unit === '%') - Number(one.unit === '%'));

/**
 * @param original answers to the photos as they are, all with a face found
 * @param perturbed answers to the same photos, by the perturbation's name
 */
export function judgeRobustness(
  original: readonly JudgedFace[],
  perturbed: ReadonlyMap<string, readonly JudgedFace[]>,
  attributes: readonly LearnedAttribute[],
): Robustness {
  const before = measureFaces(original, attributes);
  const compared = comparedOf(attributes);
  const mirrored = perturbed.get(MIRROR.name);
  return {
    photos: original.length,
    losses: [...perturbed].map(([perturbation, faces]) => {
      const after = measureFaces(faces, attributes);
      return {
        perturbation,
        ...Object.assign(
          {},
          ...compared.map((statistic) =>
            statistic.unit === '%'
              ? lossOf(statistic, before, after)
              : errorGrowth(statistic, original, faces),
          ),
        ),
        lost: (before.found ?? 0) - (after.found ?? 0),
      };
    }),
    mirrors: mirrored
      ? attributes.flatMap(({ name, evaluation: { drawing } }) => {
          const agreement = drawing.kind === 'number' && agreementOf(drawing, original, mirrored);
          return agreement ? [{ attribute: name, ...agreement }] : [];
        })
      : [],
  };
}

function lossOf({ name }: Statistic, before: Measures, after: Measures): Readonly<Record<string, number>> {
  const share = measureOf(before, name);
  // Where no face is left that anything is said of, all is lost.
  return share === undefined ? {} : { [name]: share - (measureOf(after, name) ?? 0) };
}

function errorGrowth(
  statistic: Statistic,
  original: readonly JudgedFace[],
  faces: readonly JudgedFace[],
): Readonly<Record<string, number>> {
  const growths = original.flatMap((face, index) => {
    const [before, after] = [statistic.of(face), statistic.of(faces[index] ?? { face: '' })];
    return before === undefined || after === undefined ? [] : [after - before];
  });
  if (growths.length === 0) return {};
  return { [statistic.name]: growths.reduce((sum, growth) => sum + growth, 0) / growths.length };
}

function agreementOf(
  drawing: NumberDrawing,
  original: readonly JudgedFace[],
  mirrored: readonly JudgedFace[],
): Omit<MirrorAgreement, 'attribute'> | undefined {
  const differences = original
    .flatMap((face, index) => {
      const [said, other] = [drawing.saidOf(face), drawing.saidOf(mirrored[index] ?? { face: '' })];
      return said === undefined || other === undefined ? [] : [Math.abs(said - other)];
    })
    .sort((one, other) => one - other);
  if (differences.length === 0) return undefined;
  const quantile = (share: number) => differences[Math.ceil(share * differences.length) - 1] ?? 0;
  return {
    median: quantile(0.5),
    percentile95: quantile(0.95),
    withinOne: differences.filter((difference) => difference <= 1).length / differences.length,
  };
}
