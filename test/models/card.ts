import type { ModelCard } from '../../models/card.ts';
import { usualViews } from '../../vision/chip-spec.ts';

type AgeCard = Extract<ModelCard, { task: 'age'; output: 'years' | 'groups' }>;
type GenderCard = Extract<ModelCard, { task: 'gender' }>;

const COMMON = {
  name: 'transfer',
  input: { side: 112 },
  views: usualViews(1.3, 2),
  trainedOn: { data: 'faces', faces: { train: 8000, validation: 1000, test: 1000 } },
  createdAt: '2026-01-01T00:00:00Z',
};

/** A card of an age network before its files are known. */
export const ageDraft = (version: string, changes: Partial<AgeCard> = {}): Omit<AgeCard, 'files'> => ({
  ...COMMON,
  task: 'age',
  version,
  output: 'years',
  estimate: 'median',
  interval: { lower: 0.1, upper: 0.9, margin: 0.04, faces: 1000 },
  metrics: { faces: 1000, found: 1, meanAbsoluteError: 4.8, exact: 0.66, oneOff: 0.98, covered: 0.8 },
  ...changes,
});

/** A card of a gender network before its files are known. */
export const genderDraft = (
  version: string,
  changes: Partial<GenderCard> = {},
): Omit<GenderCard, 'files'> => ({
  ...COMMON,
  task: 'gender',
  version,
  output: 'gender',
  metrics: { faces: 1000, found: 1, gender: 0.96 },
  ...changes,
});
