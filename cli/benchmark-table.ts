import { type AnalystResult, type Benchmark, scopesOf } from '../training/evaluation/benchmark.ts';
import {
  describeMirror,
  EXPLANATION,
  formatCpu,
  LOSS_TITLES,
  LOSS_UNITS,
  lossCells,
  MEASURE_COLUMNS,
  measureCells,
} from '../training/report/benchmark-wording.ts';
import { formatGroup } from '../training/report/wording.ts';
import { type Column, formatColumns } from './columns.ts';

const numbers = (titles: readonly string[]): Column[] => titles.map((title) => ({ title, right: true }));
const MEASURES = numbers(['faces', ...MEASURE_COLUMNS.map(({ title }) => title)]);

/** Everything that is printed of a benchmark: all figures of all together and each folder, and of their groups. */
export function formatBenchmark({ analysts }: Benchmark): string {
  const scopes = scopesOf(analysts);
  return [
    ...scopes.map(
      ({ name, results }) =>
        `${name}\n${formatColumns(
          [{ title: 'by' }, ...MEASURES, ...numbers(['CPU ms'])],
          results.map(({ analyst, scope }) => [
            analyst.name,
            ...measureCells(scope.overall),
            formatCpu(analyst),
          ]),
        )}`,
    ),
    ...scopes.map(
      ({ name, groups }) =>
        `${name}, by group\n${formatColumns(
          [{ title: 'group' }, { title: 'by' }, ...MEASURES],
          groups.flatMap(({ group, results }) =>
            results.map(({ analyst, measures }, index) => [
              index === 0 ? formatGroup(group) : '',
              analyst.name,
              ...measureCells(measures),
            ]),
          ),
        )}`,
    ),
    ...formatRobustness(analysts),
    EXPLANATION.join('\n'),
  ].join('\n\n');
}

function formatRobustness(analysts: readonly AnalystResult[]): string[] {
  return analysts.flatMap((analyst) => {
    const { name, robustness } = analyst;
    if (!robustness) return [];
    const mirror = describeMirror(analyst);
    const table = formatColumns(
      [{ title: 'perturbed by' }, ...numbers(LOSS_TITLES)],
      robustness.losses.map((loss) => [loss.perturbation, ...lossCells(loss)]),
    );
    return [
      `${name}, how the figures of ${robustness.photos} photos with a face change when they are perturbed (${LOSS_UNITS})\n${table}${mirror ? `\n${mirror}` : ''}`,
    ];
  });
}
