import type { AgeCard, GenderCard } from '../../models/card.ts';

/** A card of an age network before its files are known. */
export const ageDraft = (version: string, changes: Partial<AgeCard> = {}): Omit<AgeCard, 'files'> => ({
  task: 'age',
  name: 'transfer',
  version,
  input: { side: 112, extent: 1.3 },
  output: 'years',
  crops: 2,
  estimate: 'median',
  interval: { lower: 0.1, upper: 0.9, margin: 0.04, faces: 1000 },
  trainedOn: { data: 'faces', faces: { train: 8000, validation: 1000, test: 1000 } },
  metrics: { faces: 1000, found: 1, meanAbsoluteError: 4.8, exact: 0.66, oneOff: 0.98, covered: 0.8 },
  createdAt: '2026-01-01T00:00:00Z',
  ...changes,
});

/** A card of a gender network before its files are known. */
export const genderDraft = (
  version: string,
  changes: Partial<GenderCard> = {},
): Omit<GenderCard, 'files'> => ({
  task: 'gender',
  name: 'transfer',
  version,
  input: { side: 112, extent: 1.3 },
  output: 'gender',
  crops: 2,
  trainedOn: { data: 'faces', faces: { train: 8000, validation: 1000, test: 1000 } },
  metrics: { faces: 1000, found: 1, gender: 0.96 },
  createdAt: '2026-01-01T00:00:00Z',
  ...changes,
});
