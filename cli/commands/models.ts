import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir, userInfo } from 'node:os';
import path from 'node:path';
import { Argument, Command, InvalidArgumentError } from 'commander';
import { ATTRIBUTE_NAMES, isAttribute } from '../../attributes/list.ts';
import { BUILTIN, type ModelCard, taskNameSchema, taskOf } from '../../models/card.ts';
import { openRegistry, type Registry } from '../../models/registry.ts';
import { run, say, workingDirectory } from '../command.ts';
import { formatCard, formatComparison, formatHistory, formatVersions } from '../model-table.ts';
import { addTargetOptions, connect, quoted, type TargetOptions } from '../target.ts';

interface JsonOptions extends TargetOptions {
  readonly json: boolean;
}

interface ShowOptions extends JsonOptions {
  readonly report?: string;
}

interface SwitchOptions extends JsonOptions {
  readonly why?: string;
}

/** @throws Error when the stack has no model of the task that is asked for */
async function open(
  options: TargetOptions,
  asked?: string,
): Promise<{ registry: Registry; tasks: readonly string[]; flags: string }> {
  const { s3, stack, description, flags } = await connect(options);
  say(`Models of ${description}`);
  const registry = openRegistry({ client: s3, bucket: stack.trainingBucket });
  const all = [...new Set([...stack.attributes, ...(await registry.tasks())])];
  if (asked !== undefined && !all.includes(asked)) {
    throw new Error(
      `Expected an attribute that has models but received "${asked}". Allowed choices are ${all.join(', ')}.`,
    );
  }
  return { registry, tasks: asked === undefined ? all : [asked], flags };
}

async function list(asked: string | undefined, { json, ...target }: JsonOptions): Promise<void> {
  const { registry, tasks } = await open(target, asked);
  for (const task of tasks) {
    const [cards, live] = [await registry.list(task), await registry.live(task)];
    if (json) {
      for (const card of cards) print(JSON.stringify({ ...card, live: card.version === live.version }));
    } else {
      print(`${formatVersions(task, cards, live)}\n`);
    }
  }
}

async function show(
  task: string,
  asked: string | undefined,
  { json, report, ...target }: ShowOptions,
): Promise<void> {
  const { registry, flags } = await open(target, task);
  const live = await registry.live(task);
  const version = asked ?? live.version;
  const card = version === BUILTIN ? undefined : await registry.show(task, version);
  const { history = [] } = live.pointer ?? {};
  if (report !== undefined) {
    if (version === BUILTIN) throw await noReport(registry, task, report, flags);
    await saveReport(registry, task, version, path.resolve(workingDirectory(), report));
  }
  if (json) return print(JSON.stringify({ live: live.version, history, ...(card && { card }) }));
  print(card ? formatCard(card) : describeBuiltin(task));
  if (history.length > 0) print(`\n${formatHistory(live)}`);
}

const describeBuiltin = (task: string): string =>
  isAttribute(task)
    ? `The ${task} model is the network of the model layer.`
    : `No ${task} model is in service, so it is not estimated.`;

/** Only trained models have one. */
async function noReport(registry: Registry, task: string, file: string, flags: string): Promise<Error> {
  const [newest] = await registry.list(task);
  const next = newest
    ? `Name one, such as the newest: npm run models -- show ${task} ${newest.version} --report ${quoted(file)}${flags}`
    : `Train a model first: npm run train -- --task ${task} --data NAME${flags}`;
  return new Error(`Expected a version with a report but "${BUILTIN}" has none. ${next}`);
}

async function saveReport(registry: Registry, task: string, version: string, file: string): Promise<void> {
  const folder = await mkdtemp(path.join(tmpdir(), 'facedrop-report-'));
  try {
    await registry.download(task, version, folder, ['report.html']);
    await copyFile(path.join(folder, 'report.html'), file);
  } finally {
    await rm(folder, { recursive: true });
  }
  say(`Saved its report to ${file}`);
}

async function promote(
  task: string,
  version: string,
  { json, why, ...target }: SwitchOptions,
): Promise<void> {
  const { registry } = await open(target, task);
  const live = await registry.live(task);
  if (live.version === version) return say(`${version} is in service already.`);
  const candidate = await find(registry, task, version);
  if (candidate) {
    const inService = await find(registry, task, live.version);
    const models = [
      { title: version, metrics: candidate.metrics },
      ...(inService ? [{ title: `in service: ${live.version}`, metrics: inService.metrics }] : []),
    ];
    say(`${formatComparison(taskOf(candidate), models)}\n`);
    const { verdict } = candidate;
    for (const reason of verdict?.reasons ?? []) say(`Against ${verdict?.against}: ${reason}`);
    if (verdict && verdict.against !== live.version) {
      say(`${version} was not compared on the same faces with ${live.version}, which is in service now.`);
    }
  }
  const pointer = await registry.promote(task, version, { why: why ?? byHand(), insteadOf: live.version });
  report(task, json, pointer.version, pointer.previous);
}

async function rollback(
  task: string,
  version: string | undefined,
  { json, why, ...target }: SwitchOptions,
): Promise<void> {
  const { registry } = await open(target, task);
  const live = await registry.live(task);
  const pointer = await registry.rollback(task, { why: why ?? byHand(), insteadOf: live.version }, version);
  report(task, json, pointer.version, live.version);
}

/** Deletes a version, or all of an own attribute. */
async function remove(task: string, version: string | undefined, target: TargetOptions): Promise<void> {
  const { registry } = await open(target, task);
  if (version === undefined && isAttribute(task)) {
    throw new Error(
      `Expected a version to remove: ${task} is built in. "npm run models -- list ${task}" lists them.`,
    );
  }
  await registry.remove(task, version);
  print(version === undefined ? `${task}: all versions are removed.` : `${task}: ${version} is removed.`);
  if (version === undefined) say('Running functions stop estimating it within half a minute.');
}

async function find(registry: Registry, task: string, version: string): Promise<ModelCard | undefined> {
  return version === BUILTIN ? undefined : registry.show(task, version);
}

function report(task: string, json: boolean, version: string, before: string): void {
  print(
    json
      ? JSON.stringify({ task, version, before })
      : `${task}: ${version} is in service instead of ${before}.`,
  );
  say('Running functions use it within half a minute.');
}

const byHand = () => `by hand, ${userInfo().username}`;

function print(text: string): void {
  process.stdout.write(`${text}\n`);
}

const task = () =>
  new Argument('<task>', `${ATTRIBUTE_NAMES.join(', ')}, or an attribute of your own`).argParser((name) => {
    if (taskNameSchema.safeParse(name).success) return name;
    throw new InvalidArgumentError('Expected the name of an attribute.');
  });
const JSON_OPTION = ['--json', 'print JSON lines', false] as const;
const WHY_OPTION = ['--why <text>', 'reason, for the history'] as const;

const command = new Command('npm run models --').description(
  'Lists trained models, shows which are in service, and switches between them. "builtin" is the network of the model layer.',
);
addTargetOptions(
  command
    .command('list')
    .description('lists all versions, newest first; ● marks the one in service')
    .addArgument(task().argOptional())
    .option(...JSON_OPTION),
).action(list);
addTargetOptions(
  command
    .command('show')
    .description('shows a version (default: the one in service) and the history of what was in service')
    .addArgument(task())
    .argument('[version]')
    .option('--report <file>', 'save its report, a web page')
    .option(...JSON_OPTION),
).action(show);
addTargetOptions(
  command
    .command('promote')
    .description('puts a version into service, after checking its files')
    .addArgument(task())
    .argument('<version>')
    .option(...WHY_OPTION)
    .option(...JSON_OPTION),
).action(promote);
addTargetOptions(
  command
    .command('rollback')
    .description(
      'goes back to the version that was in service before, one further with each call, or to the version that you name',
    )
    .addArgument(task())
    .argument('[version]')
    .option(...WHY_OPTION)
    .option(...JSON_OPTION),
).action(rollback);
addTargetOptions(
  command
    .command('remove')
    .description('deletes a version that is not in service, or all versions of an attribute of your own')
    .addArgument(task())
    .argument('[version]'),
).action(remove);
await run(command);
