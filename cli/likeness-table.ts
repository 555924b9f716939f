import type { LikenessMeasures, StrangerMeasures } from '../training/evaluation/likeness.ts';
import { formatColumns } from './columns.ts';

const percent = (share: number) => `${(100 * share).toFixed(1)} %`;

/** How like strangers of each group are said to be. */
export const formatStrangers = (measures: readonly StrangerMeasures[]): string =>
  formatColumns(
    [
      { title: 'strangers' },
      ...['faces', 'pairs', 'likeness', 'over 50'].map((title) => ({ title, right: true })),
    ],
    measures.map(({ group, faces, pairs, likeness, half }) => [
      group,
      faces.toLocaleString('en'),
      pairs.toLocaleString('en'),
      likeness.toFixed(0),
      percent(half),
    ]),
  );

/** How well likeness tells people apart, in one line, and what the card's probability would be after these faces. */
export function formatLikeness(name: string, measures: LikenessMeasures): string {
  const { faces, people, pairs, auc, likeness, halves, nearest, fitted } = measures;
  const columns: readonly (readonly [title: string, value: string])[] = [
    ['faces', faces.toLocaleString('en')],
    ['people', people.toLocaleString('en')],
    ['same-person pairs', pairs.same.toLocaleString('en')],
    ['other pairs', pairs.other.toLocaleString('en')],
    ['AUC', auc.toFixed(4)],
    ['likeness, same', likeness.same.toFixed(0)],
    ['likeness, other', likeness.other.toFixed(0)],
    ['same over 50', percent(halves.same)],
    ['other over 50', percent(halves.other)],
    ['nearest is the same', percent(nearest)],
  ];
  const table = formatColumns(
    [{ title: name }, ...columns.map(([title]) => ({ title, right: true }))],
    [['FaceRecognitionNet', ...columns.map(([, value]) => value)]],
  );
  return `${table}\nProbability fitted on these: even at ${fitted.even.toFixed(3)}, slope ${fitted.slope.toFixed(1)}`;
}
