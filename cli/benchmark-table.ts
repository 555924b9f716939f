import {
  type Benchmark,
  measuredIn,
  type ScopeComparison,
  scopesOf,
} from '../training/evaluation/benchmark.ts';
import {
  columnsOf,
  comparisonTable,
  describeMirror,
  errorTables,
  explain,
  formatCpu,
  lossCells,
  lossTitles,
  lossUnits,
  measureCells,
  type Table,
} from '../training/report/benchmark-wording.ts';
import { formatGroup } from '../training/report/wording.ts';
import { type Column, formatColumns } from './columns.ts';

const numbers = (titles: readonly string[]): Column[] => titles.map((title) => ({ title, right: true }));

/** Everything that is printed of a benchmark: all figures of all together and each folder, and of their groups. */
export function formatBenchmark(benchmark: Benchmark): string {
  const scopes = scopesOf(benchmark);
  return [
    ...scopes.map(formatOverall),
    ...scopes.flatMap((scope) => formatTable(comparisonTable(scope))),
    ...scopes.flatMap((scope) => errorTables(scope).flatMap(formatTable)),
    ...scopes.map(formatGroups),
    ...formatRobustness(benchmark),
    explain(scopes.flatMap(columnsOf), measuredIn(benchmark)).join('\n'),
  ].join('\n\n');
}

function formatOverall(scope: ScopeComparison): string {
  const columns = columnsOf(scope);
  const titles = ['faces', ...columns.map(({ title }) => title), 'CPU ms'];
  const rows = scope.results.map(({ analyst, scope: { overall } }) => [
    analyst.name,
    ...measureCells(overall, columns),
    formatCpu(analyst),
  ]);
  return `${scope.name}\n${formatColumns([{ title: 'system' }, ...numbers(titles)], rows)}`;
}

function formatGroups(scope: ScopeComparison): string {
  const columns = columnsOf(scope);
  const titles = ['faces', ...columns.map(({ title }) => title)];
  const rows = scope.groups.flatMap(({ group, results }) =>
    results.map(({ analyst, measures }, index) => [
      index === 0 ? formatGroup(group) : '',
      analyst.name,
      ...measureCells(measures, columns),
    ]),
  );
  return `${scope.name}, by group\n${formatColumns([{ title: 'group' }, { title: 'system' }, ...numbers(titles)], rows)}`;
}

function formatTable(table: Table | undefined): string[] {
  if (!table) return [];
  const [first = '', ...others] = table.columns;
  return [`${table.title}\n${formatColumns([{ title: first }, ...numbers(others)], table.rows)}`];
}

function formatRobustness(benchmark: Benchmark): string[] {
  const attributes = measuredIn(benchmark);
  return benchmark.analysts.flatMap((analyst) => {
    const { name, robustness } = analyst;
    if (!robustness) return [];
    const mirror = describeMirror(analyst, attributes);
    const table = formatColumns(
      [{ title: 'perturbation' }, ...numbers(lossTitles(attributes))],
      robustness.losses.map((loss) => [loss.perturbation, ...lossCells(loss, attributes)]),
    );
    return [
      `${name}, change of the figures on perturbed copies of ${robustness.photos} photos with a face (${lossUnits(attributes)})\n${table}${mirror ? `\n${mirror}` : ''}`,
    ];
  });
}
