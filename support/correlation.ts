type Pairs = readonly (readonly [number, number])[];

/** Pearson's correlation; undefined where one of the two is the same in all. */
export function correlation(pairs: Pairs): number | undefined {
  const meanOf = (of: (pair: Pairs[number]) => number) =>
    pairs.reduce((sum, pair) => sum + of(pair), 0) / pairs.length;
  const [first, second] = [meanOf(([one]) => one), meanOf(([, other]) => other)];
  const covariance = meanOf(([one, other]) => (one - first) * (other - second));
  const spread = Math.sqrt(
    meanOf(([one]) => (one - first) ** 2) * meanOf(([, other]) => (other - second) ** 2),
  );
  // Rounding may lead beyond 1.
  return spread > 0 ? Math.min(1, Math.max(-1, covariance / spread)) : undefined;
}

/** Spearman's rank correlation; undefined where one of the two is the same in all, or there are fewer than three. */
export function rankCorrelation(pairs: Pairs): number | undefined {
  if (pairs.length < 3) return undefined;
  const others = ranksOf(pairs.map(([, other]) => other));
  return correlation(ranksOf(pairs.map(([one]) => one)).map((rank, index) => [rank, others[index] ?? 0]));
}

/** Ranks from 1; equal values share the mean of theirs. */
function ranksOf(values: readonly number[]): number[] {
  const order = [...values.keys()].sort((one, other) => (values[one] ?? 0) - (values[other] ?? 0));
  const ranks = new Array<number>(values.length).fill(0);
  for (let start = 0; start < order.length; ) {
    let end = start + 1;
    while (end < order.length && values[order[end] ?? 0] === values[order[start] ?? 0]) end++;
    for (const index of order.slice(start, end)) ranks[index] = (start + 1 + end) / 2;
    start = end;
  }
  return ranks;
}
