/** Children, adults and elderly people, by the first age that is too old for each. */
export const AGE_BANDS = [
  { value: 'children, 12 and younger', below: 13 },
  { value: 'adults, 13 to 59', below: 60 },
  { value: 'elderly, 60 and older', below: Number.POSITIVE_INFINITY },
] as const;

/** Which of `AGE_BANDS` an age belongs to. */
export const bandOf = (age: number): number => AGE_BANDS.findIndex(({ below }) => age < below);
