import { attributeOf, isAttribute, type Task } from '../attributes/list.ts';
import { BUILTIN, type Measures, type ModelCard, taskOf } from '../models/card.ts';
import type { Live } from '../models/registry.ts';
import { figuresOf, formatCount, formatFigure } from '../training/report/wording.ts';
import { type Column, formatColumns } from './columns.ts';

/** A task's versions, the one in service marked, and the network of the model layer last. */
export function formatVersions(name: string, cards: readonly ModelCard[], live: Live): string {
  const mark = (version: string) => (version === live.version ? '●' : ' ');
  const [newest] = cards;
  const task = newest ? taskOf(newest) : isAttribute(name) ? name : undefined;
  const all = task === undefined ? [] : attributeOf(task).evaluation.figures;
  const figures = all.filter(({ short }) => short !== undefined);
  const columns: Column[] = [
    { title: ' ' },
    { title: `${name} version` },
    { title: 'network' },
    { title: 'trained on' },
    { title: 'created' },
    ...figures.map(({ short = '' }) => ({ title: short, right: true })),
  ];
  return formatColumns(columns, [
    ...cards.map(({ version, name, trainedOn, createdAt, metrics }) => [
      mark(version),
      version,
      name,
      `${trainedOn.data} (${formatCount(trainedOn.faces.train)})`,
      formatTime(createdAt),
      ...figures.map((figure) => formatFigure(figure, metrics)),
    ]),
    [mark(BUILTIN), BUILTIN, isAttribute(name) ? 'of the model layer' : 'nothing'],
  ]);
}

/** Two models' figures, each on the test faces of its own training. */
export function formatComparison(
  task: Task,
  models: readonly { readonly title: string; readonly metrics: Measures }[],
): string {
  const figures = figuresOf(
    task,
    models.map(({ metrics }) => metrics),
  );
  return formatColumns(
    [{ title: '' }, ...models.map(({ title }) => ({ title, right: true }))],
    [
      ...figures.map((figure) => [
        `${figure.title}, ${figure.unit}`,
        ...models.map(({ metrics }) => formatFigure(figure, metrics)),
      ]),
      ['Test faces', ...models.map(({ metrics }) => formatCount(metrics.faces))],
    ],
  );
}

/** Everything a card says. */
export function formatCard(card: ModelCard): string {
  const { task, name, version, input, output, views, trainedOn, metrics, files, verdict, createdAt } = card;
  const { train, validation, test } = trainedOn.faces;
  const facts: [string, string][] = [
    ['Model', `${task} ${version}`],
    [
      'Network',
      `${name}: ${input.side} × ${input.side} pixels, output ${output}, averages ${views.length} views`,
    ],
    ['Created', formatTime(createdAt)],
    [
      'Trained on',
      `${trainedOn.data}: ${formatCount(train)} faces, ${formatCount(validation)} to validate, ${formatCount(test)} to test`,
    ],
    ...(trainedOn.training === undefined ? [] : [['Training', trainedOn.training] as [string, string]]),
    ...figuresOf(taskOf(card), [metrics]).map((figure): [string, string] => [
      `${figure.title}, ${figure.unit}`,
      formatFigure(figure, metrics),
    ]),
    ...Object.entries(files).flatMap(([file, facts]): [string, string][] =>
      facts ? [[file, `${formatCount(facts.bytes)} bytes, SHA-256 ${facts.sha256}`]] : [],
    ),
    ...(verdict?.reasons ?? []).map((reason): [string, string] => [`Against ${verdict?.against}`, reason]),
  ];
  return formatColumns([{ title: '' }, { title: '' }], facts).replace(/^\n/, '');
}

/** What was in service when, the latest first. */
export function formatHistory({ pointer }: Live): string {
  return formatColumns(
    [{ title: 'since' }, { title: 'in service' }, { title: 'by' }, { title: 'why' }],
    (pointer?.history ?? []).map(({ at, version, action, why }) => [formatTime(at), version, action, why]),
  );
}

const formatTime = (time: string) => `${new Date(time).toISOString().slice(0, 16).replace('T', ' ')} UTC`;
