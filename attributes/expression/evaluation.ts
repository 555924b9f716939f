import * as z from 'zod';
import { areaUnderCurve } from '../../support/auc.ts';
import type { AnsweredFace, Figure } from '../evaluation.ts';
import { named } from '../faces.ts';
import type { ExpressionLabel } from './label.ts';
import { type Expression, expressionSchema, SMILE } from './result.ts';

/** Analysts other than facedrop may give less. */
export const answer = expressionSchema
  .pick({ expression: true, confidence: true })
  .extend(expressionSchema.pick({ probabilities: true, smile: true }).partial().shape);
type Answer = Pick<Expression, 'expression' | 'confidence'> & { readonly smile?: number | undefined };

export type Face = AnsweredFace &
  ExpressionLabel & { readonly said?: { readonly expression?: Answer | undefined } };

const share = z.number().min(0).max(1).optional();

/** What is measured beside the share that is right. */
export const measures = {
  /** Area under the ROC curve of `smile`, for faces that are labelled as happy against all others. */
  smileArea: share,
  /** By how much confidences are off: the mean of their bins' (0 to 0.1, and so on) differences from what is right. */
  confidenceError: share,
};

export const figures: readonly Figure[] = [
  {
    name: 'smileArea',
    title: 'Smiles: area under the ROC curve',
    short: 'smile area %',
    column: 'smile area %',
    ofAnswered: 'the area of smiles',
    unit: '%',
    more: true,
  },
  {
    name: 'confidenceError',
    title: 'Calibration error of the confidence',
    short: 'confidence off %',
    column: 'confidence off %',
    ofAnswered: 'the calibration error',
    unit: '%',
    more: false,
  },
];

export function measure(faces: readonly Face[]): Partial<Record<keyof typeof measures, number>> {
  const answered = faces.flatMap(({ expression, said }) =>
    expression && said?.expression ? [{ label: expression, said: said.expression }] : [],
  );
  const smilesOf = (happy: boolean) =>
    answered.flatMap(({ label, said }) => ((label === SMILE) === happy ? (said.smile ?? []) : []));
  const area = areaUnderCurve(smilesOf(true), smilesOf(false));
  return {
    ...(area !== undefined && named('smileArea', area)),
    ...(answered.length > 0 && named('confidenceError', confidenceError(answered))),
  };
}

/** The expected calibration error (Guo et al., 2017). */
function confidenceError(answered: readonly { readonly label: string; readonly said: Answer }[]): number {
  const bins = Map.groupBy(answered, ({ said }) => Math.min(9, Math.floor(said.confidence * 10)));
  let off = 0;
  for (const bin of bins.values()) {
    off += Math.abs(
      bin.reduce((sum, { label, said }) => sum + said.confidence - Number(said.expression === label), 0),
    );
  }
  return off / answered.length;
}
