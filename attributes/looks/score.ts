import * as z from 'zod';
import { type Looks, PARTS, type PartOfLooks } from './result.ts';

/**
 * The parts that weights can be fitted for: of the faces that were rated, none is like somebody in a gallery, which every
 * deployment has another of.
 */
export const RATED_PARTS = ['learned', 'smile', 'quality', 'shape'] as const satisfies readonly PartOfLooks[];

/** What each part counts for; the score is the mean of those that are told. */
export const weightsSchema = z.partialRecord(z.enum(PARTS), z.number().min(0));
export type Weights = z.infer<typeof weightsSchema>;

/**
 * By least squares without negative weights, on ratings: beside what was learned of them, the other parts tell nothing of
 * ratings (`npm run evaluate` fits them). Likeness counts only where a deployment says so.
 */
const FITTED: Weights = { learned: 1 };
const EVEN: Weights = { smile: 1, quality: 1, shape: 1 };

/** Their weighted mean; 0 where none that counts is told. */
export function scoreOf(parts: Looks['parts'], weights?: Weights): number {
  const told = weights ?? (parts.learned === undefined ? EVEN : FITTED);
  let [sum, total] = [0, 0];
  for (const part of PARTS) {
    const [value, weight] = [parts[part], told[part] ?? 0];
    if (value === undefined) continue;
    sum += weight * value;
    total += weight;
  }
  return total === 0 ? 0 : sum / total;
}

/** Passes over the parts, at most. */
const PASSES = 1000;
/** Weights that change by less are final. */
const UNCHANGED = 1e-12;

/**
 * The weights that bring a weighted sum nearest to ratings, none below 0, as shares of them all: least squares by coordinate
 * descent (Franc, Hlaváč and Navara, "Sequential Coordinate-Wise Algorithm for the Non-negative Least Squares Problem", 2005).
 * @param rows the values of the parts, and what people said, of each face, from 0 to 100
 */
export function fitWeights<Name extends PartOfLooks>(
  names: readonly Name[],
  rows: readonly { readonly parts: Readonly<Record<Name, number>>; readonly rating: number }[],
): Map<Name, number> {
  const weights = names.map(() => 0);
  const products = names.map((one) =>
    names.map((other) => rows.reduce((sum, { parts }) => sum + parts[one] * parts[other], 0)),
  );
  const targets = names.map((name) => rows.reduce((sum, { parts, rating }) => sum + parts[name] * rating, 0));
  for (let pass = 0, most = 1; pass < PASSES && most > UNCHANGED; pass++) {
    most = 0;
    for (const [index, row] of products.entries()) {
      const gradient = row.reduce((sum, product, place) => sum + product * (weights[place] ?? 0), 0);
      const change = ((targets[index] ?? 0) - gradient) / (row[index] || 1);
      const before = weights[index] ?? 0;
      const after = Math.max(0, before + change);
      weights[index] = after;
      most = Math.max(most, Math.abs(after - before));
    }
  }
  const total = weights.reduce((sum, weight) => sum + weight, 0) || 1;
  return new Map(names.map((name, index) => [name, (weights[index] ?? 0) / total]));
}
