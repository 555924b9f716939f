/**
 * The area under the ROC curve: how likely a positive is given a higher score than a negative, a tie counting half
 * (Hanley and McNeil, 1982). Undefined where there are not both.
 */
export function areaUnderCurve(
  positives: readonly number[],
  negatives: readonly number[],
): number | undefined {
  if (positives.length === 0 || negatives.length === 0) return undefined;
  const sorted = negatives.toSorted((one, other) => one - other);
  let won = 0;
  for (const score of positives)
    won += (countBelow(sorted, score, false) + countBelow(sorted, score, true)) / 2;
  return won / (positives.length * negatives.length);
}

/** How many of values in ascending order are below a limit, or, if `inclusive`, not above it. */
function countBelow(sorted: readonly number[], limit: number, inclusive: boolean): number {
  let [low, high] = [0, sorted.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const value = sorted[middle] as number;
    if (value < limit || (inclusive && value === limit)) low = middle + 1;
    else high = middle;
  }
  return low;
}
