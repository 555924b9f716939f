import { join, resolve } from 'node:path';
import { paginateListObjectsV2 } from '@aws-sdk/client-s3';
import { Command } from 'commander';

import { FOLDER } from '../../functions/training/shared/folders.ts';
import { dataNameSchema } from '../../functions/training/shared/training.ts';
import { LOCAL } from '../../local/stack.ts';
import { type DatasetIndex, indexDataset } from '../../training/dataset/catalogue.ts';
import { CORRECTIONS } from '../../training/dataset/corrections.ts';
import { LocalFolder } from '../../training/dataset/folder.ts';
import { prepareLocally } from '../../training/dataset/local-preparation.ts';
import type { DatasetProblem } from '../../training/dataset/problem.ts';
import { S3Folder } from '../../training/dataset/s3-folder.ts';
import { count, numberFrom, printable, run, say, wholeNumberFrom, workingDirectory } from '../command.ts';
import { describeDataset, describeProblems, megabytes } from '../dataset-report.ts';
import { uploadDataset } from '../dataset-upload.ts';
import { plainName } from '../files.ts';
import { startProgress } from '../progress.ts';
import { addTargetOptions, connect, type TargetOptions } from '../target.ts';

/** Photos in which faces are looked for without being asked to: what takes seconds. */
const MOST_CHECKED = 1000;

interface CheckOptions {
  /** Undefined unless it was said. */
  readonly checkFaces?: boolean;
  readonly minimumQuality?: number;
  readonly processes?: number;
}

interface ImportOptions extends CheckOptions, TargetOptions {
  readonly name?: string;
}

async function importDataset(directory: string, options: ImportOptions): Promise<void> {
  const { folder, name } = locate(directory, options.name);
  const target = await connect(options);
  const index = await check(folder, name, options);
  say(`Importing as "${name}" into ${target.description}`);
  const progress = startProgress('Uploading', 1);
  const { sent, bytes, kept, deleted } = await uploadDataset(target, folder, index, name, (state) => {
    const share = state.totalBytes === 0 ? 1 : state.bytes / state.totalBytes;
    progress.update(
      share,
      `${state.files} of ${count(state.totalFiles, 'photo')}, ${megabytes(state.bytes)}`,
    );
  }).finally(() => progress.stop());
  const rest = [
    ...(kept > 0 ? [`${kept.toLocaleString('en')} were already there`] : []),
    ...(deleted > 0 ? [`${count(deleted, 'file')} deleted, no longer in the set`] : []),
  ];
  say([`Uploaded ${count(sent, 'photo')}, ${megabytes(bytes)}`, ...rest].join('; '));
  say(`Train on it with: npm run train -- --task age --data ${name}${target.flags}`);
}

async function checkDataset(directory: string, options: CheckOptions): Promise<void> {
  const { folder, name } = locate(directory);
  await check(folder, name, options);
}

/**
 * Reports what a data set holds and what is wrong with it.
 * @throws when nothing should be trained on it as it is
 */
async function check(
  folder: LocalFolder,
  name: string,
  { checkFaces, ...options }: CheckOptions,
): Promise<DatasetIndex> {
  const index = await look(folder);
  if (!(checkFaces ?? index.files.length <= MOST_CHECKED)) {
    tell(index.problems);
    if (checkFaces === undefined)
      say('Faces were not checked, as there are many photos. Check them with --check-faces.');
    return index;
  }
  // Kept: a second check looks only at what is new.
  const { problems } = await prepareWithProgress(folder, index, join(LOCAL, 'prepared', name), name, options);
  tell(problems);
  return index;
}

async function prepare(directory: string, out: string, options: ImportOptions): Promise<void> {
  const { folder, name } = locate(directory, options.name);
  const index = await look(folder);
  const target = resolve(workingDirectory(), out);
  const { prepared, problems } = await prepareWithProgress(folder, index, target, name, options);
  tell(problems);
  say(`Prepared ${count(prepared.faces, 'face')} in ${target}`);
}

async function list(options: TargetOptions): Promise<void> {
  const { s3, stack, description, flags } = await connect(options);
  say(`Data sets of ${description}`);
  const sets = new Map<string, { files: number; bytes: number }>();
  const pages = paginateListObjectsV2(
    { client: s3 },
    { Bucket: stack.trainingBucket, Prefix: FOLDER.datasets },
  );
  for await (const { Contents = [] } of pages) {
    for (const { Key = '', Size = 0 } of Contents) {
      const name = Key.slice(FOLDER.datasets.length).split('/', 1)[0] ?? '';
      const { files, bytes } = sets.get(name) ?? { files: 0, bytes: 0 };
      sets.set(name, { files: files + 1, bytes: bytes + Size });
    }
  }
  const corrections = await new S3Folder(s3, stack.labelBucket, '').list();
  const kept = corrections.filter(({ name }) => name.endsWith('.json')).length;
  if (kept > 0)
    process.stdout.write(`${CORRECTIONS}  ${count(kept, 'face')} corrected through the HTTP API\n`);
  for (const [name, { files, bytes }] of sets) {
    process.stdout.write(`${printable(name)}  ${count(files, 'file')}  ${megabytes(bytes)}\n`);
  }
  if (sets.size === 0)
    say(`No data set has been imported yet. Import one with: npm run dataset -- import DIR${flags}`);
}

function locate(directory: string, given?: string): { folder: LocalFolder; name: string } {
  const path = resolve(workingDirectory(), directory);
  const name = given ?? plainName(path);
  if (!dataNameSchema.safeParse(name).success || name === CORRECTIONS) {
    throw new Error(
      `Expected a name of at most 63 letters, digits, dots, hyphens and underscores, other than "${CORRECTIONS}", but received "${printable(name)}". Give one with --name.`,
    );
  }
  return { folder: new LocalFolder(path), name };
}

async function look(folder: LocalFolder): Promise<DatasetIndex> {
  const progress = startProgress('Reading');
  const watched = new LocalFolder(folder.path, (files, total) =>
    progress.update(files, `${files} of ${count(total, 'file')}`),
  );
  const index = await indexDataset(watched).finally(() => progress.stop());
  process.stdout.write(`${describeDataset(index)}\n`);
  if (index.problems.some(({ severity }) => severity === 'error')) {
    tell(index.problems);
    throw new Error(
      'Expected a data set without errors but found those marked ✗ above. Fix them and try again.',
    );
  }
  return index;
}

async function prepareWithProgress(
  folder: LocalFolder,
  index: DatasetIndex,
  directory: string,
  name: string,
  { processes, minimumQuality }: Pick<CheckOptions, 'processes' | 'minimumQuality'>,
) {
  const progress = startProgress('Finding faces', index.photos.length);
  return prepareLocally(folder, index, directory, {
    name,
    ...(processes && { processes }),
    ...(minimumQuality !== undefined && { minimumQuality }),
    onProgress: (done, total) => progress.update(done, `${done} of ${count(total, 'photo')}`),
  }).finally(() => progress.stop());
}

function tell(problems: readonly DatasetProblem[]): void {
  for (const line of describeProblems(problems)) say(line);
}

const LAYOUTS = `
DIR holds photos and labels in one of these layouts:
  labels.csv      a line for each face: file, age and/or gender (M or F); optionally x, y, width and height of
                  the face in pixels, checked (yes: a person has checked the box, so it is used as it is), subject (the
                  person), split (train, validation, test), fold; results are also reported for each value of any further
                  column
  UTKFace         names such as 26_1_2_20170116174525125.jpg
  Adience         fold_0_data.txt to fold_4_data.txt, and the folders "aligned" or "faces"
  All-Age-Faces   names such as 07381A34.jpg
  FER+            FER2013Train/label.csv, FER2013Valid and FER2013Test, with ten people's votes on each expression
  IMDB-WIKI       imdb.mat or wiki.mat, and the photos beside it

Exits with 0 if the data set can be trained on, or with 2 otherwise.`;

const command = new Command('npm run dataset --').description(
  'Checks, imports and prepares labelled photos to train on.',
);
addTargetOptions(
  addCheckOptions(
    command
      .command('import <dir>')
      .description('checks a data set and uploads what changed; resumes where it was interrupted')
      .option('--name <name>', "the data set's name; default: the folder's"),
  ),
)
  .addHelpText('after', LAYOUTS)
  .action(importDataset);
addCheckOptions(
  command.command('check <dir>').description('reports what a data set holds and what is wrong with it'),
)
  .addHelpText('after', LAYOUTS)
  .action(checkDataset);
addProcessesOption(
  command
    .command('prepare <dir> <out>')
    .description('finds, aligns and crops the faces of a data set into a folder, to train on this machine')
    .option('--name <name>', "the data set's name; default: the folder's"),
)
  .addHelpText('after', LAYOUTS)
  .action(prepare);
addTargetOptions(command.command('list').description("lists the stack's data sets")).action(list);
await run(command);

function addCheckOptions(subcommand: Command): Command {
  return addProcessesOption(
    subcommand
      .option(
        '--check-faces',
        `also check that faces are found; default: in sets of up to ${MOST_CHECKED} photos`,
      )
      .option('--no-check-faces', 'leave that check to the training'),
  );
}

function addProcessesOption(subcommand: Command): Command {
  return subcommand
    .option(
      '--minimum-quality <score>',
      'report faces whose picture quality is lower than this, 0 to 100',
      numberFrom(0, 100),
    )
    .option(
      '--processes <number>',
      'number of processes that find faces in parallel; default: one per core',
      wholeNumberFrom(1, 256),
    );
}
