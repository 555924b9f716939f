/** An age and its 80 % interval in whole years: "34 (28–41)". */
export function formatAge({ years, low, high }: { years: number; low: number; high: number }): string {
  return `${Math.round(years)} (${Math.round(low)}–${Math.round(high)})`;
}

/** A gender and its confidence: "F 97 %". */
export function formatGender({ gender, confidence }: { gender: string; confidence: number }): string {
  return `${gender} ${formatPercent(confidence)}`;
}

/** A probability as a percentage, "100 %" only when nothing is left to doubt. */
export function formatPercent(probability: number): string {
  return `${probability < 1 ? Math.min(Math.round(probability * 100), 99) : 100} %`;
}
