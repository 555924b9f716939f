import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Command } from 'commander';
import { DataSets } from '../../functions/training/shared/data-sets.ts';
import { Director } from '../../functions/training/shared/director.ts';
import { FOLDER } from '../../functions/training/shared/folders.ts';
import { isActive, startSchema, type Training } from '../../functions/training/shared/training.ts';
import { Trainings } from '../../functions/training/shared/trainings.ts';
import { LOCAL } from '../../local/stack.ts';
import { isClassical } from '../../networks/names.ts';
import { S3Folder } from '../../training/dataset/s3-folder.ts';
import { prepareTensorFlow } from '../../training/native.ts';
import { EXIT, numberFrom, run, say, workingDirectory } from '../command.ts';
import { startProgress } from '../progress.ts';
import { addTargetOptions, connect, type Target, type TargetOptions } from '../target.ts';
import { addTrainingOptions, parseTraining, TASK, type TrainingOptions } from '../training-options.ts';
import { describeEnd, describeLine, describeNext, describeProgress, shareOf } from '../training-text.ts';

interface JsonOptions extends TargetOptions {
  readonly json: boolean;
}

interface TrainOptions extends JsonOptions, TrainingOptions {
  readonly data?: string[];
  readonly minutes?: number;
  readonly dollars?: number;
  /** An id, or false where nobody is to wait. */
  readonly watch?: string | boolean;
  readonly cancel?: string;
}

/** Milliseconds from one look to the next. */
const PAUSE = 1000;

function direct({ stack, s3, sfn, dynamo }: Target): Director {
  const { trainingMachine: machine, trainingBucket: bucket, trainingTable, labelBucket } = stack;
  if (machine === undefined) {
    throw new Error(
      'Expected a stack with a trainer but this one has none. Deploy it with -c trainer=lambda.',
    );
  }
  const trainings = new Trainings(dynamo, trainingTable);
  const sets = new DataSets({ client: s3, bucket, labelBucket });
  const maximum = { minutes: stack.maximumTrainingMinutes, dollars: stack.maximumTrainingDollars };
  return new Director({ machine, trainings, sfn, sets, maximum });
}

async function train({ watch = true, cancel, json, ...options }: TrainOptions): Promise<void> {
  const target = await connect(options);
  const director = direct(target);
  if (cancel !== undefined) return show(found(cancel, await director.cancel(cancel), target), json);
  if (typeof watch === 'string') return follow(target, director, watch, json);
  const start = startOf(options);
  // What the local function needs, fetched here, where it can be seen.
  if (target.stack.endpoint && !isClassical(start.network)) await prepareTensorFlow();
  const training = await director.start(start);
  say(`Training ${training.id} has begun on ${target.description}`);
  if (!watch) return show(training, json);
  await follow(target, director, training.id, json);
}

function startOf({ data, ...options }: Omit<TrainOptions, 'json'>) {
  if (!options.task || !data) {
    throw new Error(
      'Expected --task and --data, to start a training, but did not receive both. See --help for other uses.',
    );
  }
  const { minutes, dollars } = options;
  const budget = { ...(minutes && { minutes }), ...(dollars && { dollars }) };
  return parseTraining(startSchema, options, { data, budget });
}

/** Shows how a training goes on until it has ended. Ctrl-C ends the looking, not the training. */
async function follow(target: Target, director: Director, id: string, json: boolean): Promise<void> {
  let training = found(id, await director.get(id), target);
  const bar = startProgress('Training', 1);
  process.once('SIGINT', () => {
    bar.stop();
    say(
      `\nThe training continues. Watch it with: npm run train -- --watch ${id}${target.flags}\nCancel it with: npm run train -- --cancel ${id}${target.flags}`,
    );
    process.exit(EXIT.interrupted);
  });
  let before = '';
  while (isActive(training)) {
    const now = describeProgress(training);
    bar.update(shareOf(training), now);
    if (!process.stderr.isTTY && now !== before) say(now);
    before = now;
    await sleep(PAUSE);
    training = found(id, await director.get(id), target);
  }
  bar.stop();
  process.exitCode = training.status === 'done' ? EXIT.done : EXIT.failed;
  if (json) return show(training, json);
  for (const warning of training.warnings ?? []) say(`Warning: ${warning}`);
  say(describeEnd(training, target.stack.endpoint === undefined));
  const next = describeNext(training, target.flags);
  if (next) say(next);
}

function show(training: Training, json: boolean): void {
  process.stdout.write(`${json ? JSON.stringify(training) : describeLine(training)}\n`);
}

function found(id: string, training: Training | undefined, { flags }: Target): Training {
  if (training) return training;
  throw new Error(
    `Expected the id of a training but there is no "${id}". List them with: npm run train -- list${flags}`,
  );
}

async function list({ json, ...options }: JsonOptions): Promise<void> {
  for (const training of await direct(await connect(options)).list()) show(training, json);
}

/** Fetches what TensorBoard shows. */
async function logs(id: string, folder: string | undefined, options: TargetOptions): Promise<void> {
  const { s3, stack, flags } = await connect(options);
  const prefix = `${FOLDER.trainings}${id}/`;
  const there = new S3Folder(s3, stack.trainingBucket, prefix);
  const names = (await there.list()).map(({ name }) => name).filter((name) => /(^|\/)logs\//.test(name));
  if (names.length === 0) {
    throw new Error(
      `Expected logs of training "${id}" but there are none; a training writes them from its first step on. List trainings with: npm run train -- list${flags}`,
    );
  }
  const directory = folder
    ? path.resolve(workingDirectory(), folder)
    : path.resolve(options.folder ?? LOCAL, 'logs', id);
  for (const name of names) {
    const file = path.join(directory, name);
    await mkdir(path.dirname(file), { recursive: true });
    await writeFile(file, await there.read(name));
  }
  say(`Its curves are in ${directory}. Show them with: tensorboard --logdir ${directory}`);
}

const command = addTrainingOptions(new Command('npm run train --'))
  .description('Trains a network on a data set, and puts it into service if it is better.')
  .option('--task <task>', TASK)
  .option('--data <names...>', 'data sets to learn from; "corrections" are those made through the HTTP API')
  .option(
    '--minutes <n>',
    'end the training after this many minutes; default: as many as the stack allows',
    numberFrom(0.001, 20_160),
  )
  .option(
    '--dollars <n>',
    'end the training when it has cost this much at list price; default: as much as the stack allows',
    numberFrom(0.0001, 10_000),
  )
  .option('--watch <id>', 'show the progress of a training until it ends')
  .option('--no-watch', 'do not wait for the end')
  .option('--cancel <id>', 'cancel a training')
  .option('--json', 'print trainings as JSON lines', false)
  .addHelpText('after', '\nExits with 0, or with 1 if the training did not finish.')
  .action(train);
addTargetOptions(command);
addTargetOptions(
  command
    .command('list')
    .description('lists trainings, newest first')
    .option('--json', 'print JSON lines', false),
).action((_, own: Command) => list(own.optsWithGlobals()));
addTargetOptions(
  command.command('logs <id> [folder]').description("fetches a training's curves for TensorBoard"),
).action((id: string, folder: string | undefined, _, own: Command) =>
  logs(id, folder, own.optsWithGlobals()),
);
await run(command);
