import { mkdir, writeFile } from 'node:fs/promises';
import path from 'node:path';
import { Command, Option } from 'commander';
import { EVERY_ATTRIBUTE } from '../../attributes/list.ts';
import { ownAttribute } from '../../attributes/own/attribute.ts';
import type { OwnDefinition } from '../../attributes/own/definition.ts';
import { parseConfig } from '../../infra/config.ts';
import { LOCAL } from '../../local/stack.ts';
import { describeProblem } from '../../training/dataset/problem.ts';
import type { AnalystKind } from '../../training/evaluation/analyst.ts';
import { type AnalystProcess, startAnalyst } from '../../training/evaluation/analyst-process.ts';
import { type Benchmark, measuredIn, summarise } from '../../training/evaluation/benchmark.ts';
import { examine, type PhotoFolder } from '../../training/evaluation/examination.ts';
import type { AnalystOptions } from '../../training/evaluation/facedrop.ts';
import { choosePhotos, PARTS, type Part } from '../../training/evaluation/labelled-photos.ts';
import { ownTold } from '../../training/evaluation/model-cards.ts';
import { renderBenchmark } from '../../training/report/benchmark-page.ts';
import { formatBenchmark } from '../benchmark-table.ts';
import { complain, count, messageOf, run, say, wholeNumberFrom, workingDirectory } from '../command.ts';
import { startProgress } from '../progress.ts';

interface Options {
  readonly model?: readonly string[];
  readonly photos?: number;
  readonly part: Part;
  readonly robustness?: boolean;
  readonly alone?: boolean;
  readonly out?: string;
}

/** Measures facedrop, trained networks and what others use instead on the same labelled photos. */
async function evaluate(paths: readonly string[], options: Options): Promise<void> {
  const from = workingDirectory();
  const folders = await chooseFolders(
    paths.map((each) => path.resolve(from, each)),
    options,
  );
  const models = (options.model ?? []).map((folder) => path.resolve(from, folder));
  const own = await ownTold(models);
  if (own) checkLabelled(own, folders);
  const analysts = await startAnalysts(models, { ...limits, attributes: askedOf(folders) }, options, own);
  try {
    const benchmark = await measure(folders, analysts, options, own);
    process.stdout.write(`${formatBenchmark(benchmark)}\n`);
    const out = options.out ? path.resolve(from, options.out) : path.resolve(LOCAL, 'evaluation');
    await mkdir(out, { recursive: true });
    await writeFile(path.join(out, 'evaluation.json'), `${JSON.stringify(benchmark, undefined, 2)}\n`);
    await writeFile(path.join(out, 'evaluation.html'), renderBenchmark(benchmark));
    say(`Plots: ${path.join(out, 'evaluation.html')}; figures: ${path.join(out, 'evaluation.json')}`);
  } finally {
    for (const analyst of analysts) analyst.stop();
  }
}

async function chooseFolders(
  paths: readonly string[],
  { part, photos = Number.POSITIVE_INFINITY }: Options,
): Promise<PhotoFolder[]> {
  const names = paths.map((each) => path.basename(each));
  const folders: PhotoFolder[] = [];
  for (const [index, each] of paths.entries()) {
    const chosen = await choosePhotos(each, { part, photos });
    for (const problem of chosen.problems) say(describeProblem(problem));
    const name = names[index] ?? each;
    folders.push({ name: names.indexOf(name) === names.lastIndexOf(name) ? name : each, ...chosen });
  }
  return folders;
}

/** @throws Error when no photo is labelled with it */
function checkLabelled(own: OwnDefinition, folders: readonly PhotoFolder[]): void {
  const { learning } = ownAttribute(own);
  if (folders.some(({ photos }) => photos.some((photo) => learning.isLabelled({ ...photo })))) return;
  throw new Error(
    `Expected photos with a label in a column "${own.name}" but there are none. Add the column to labels.csv.`,
  );
}

/** What is deployed when nothing is configured. */
const limits = parseConfig({});

/** What is always estimated, and what else the labels are about. */
const askedOf = (folders: readonly PhotoFolder[]): string[] =>
  EVERY_ATTRIBUTE.filter(
    ({ optIn, learning }) =>
      !optIn || folders.some(({ photos }) => photos.some((photo) => learning.isLabelled({ ...photo }))),
  ).map(({ name }) => name);

/** The others are left out where they don't run. Of an attribute of one's own nobody knows but its networks. */
async function startAnalysts(
  models: readonly string[],
  asked: AnalystOptions,
  { alone }: Options,
  own: OwnDefinition | undefined,
): Promise<AnalystProcess[]> {
  const analysts: AnalystProcess[] = [];
  try {
    if (!own) analysts.push(await startAnalyst('facedrop', asked));
    for (const folder of models) analysts.push(await startAnalyst('model', asked, folder));
    const others: readonly AnalystKind[] = alone || own ? [] : ['face-api', 'human'];
    for (const kind of others) {
      try {
        analysts.push(await startAnalyst(kind, asked));
      } catch (error) {
        complain(new Error(`Continuing without ${kind}: ${messageOf(error)}`, { cause: error }));
      }
    }
    return analysts;
  } catch (error) {
    for (const analyst of analysts) analyst.stop();
    throw error;
  }
}

async function measure(
  folders: readonly PhotoFolder[],
  analysts: readonly AnalystProcess[],
  { part, robustness = false }: Options,
  own: OwnDefinition | undefined,
): Promise<Benchmark> {
  const total = folders.reduce((sum, { photos }) => sum + photos.length, 0);
  const failures: string[] = [];
  const progress = startProgress('Analysing photos', total);
  try {
    const answers = await examine(folders, analysts, {
      robustness,
      attributes: measuredIn({ own }),
      onProgress: (done) => progress.update(done, `${done.toLocaleString('en')} of ${count(total, 'photo')}`),
      onFailure: (analyst, file, message) => failures.push(`${file} by ${analyst}: ${message}`),
    });
    return {
      createdAt: new Date().toISOString(),
      part,
      ...(own && { own }),
      folders: folders.map(({ name, photos }) => ({ name, photos: photos.length })),
      analysts: summarise(answers, { own }),
    };
  } finally {
    progress.stop();
    if (failures.length > 0) {
      say(
        `Could not be analysed, and count as not found (${failures.length}): ${failures.slice(0, 3).join('; ')}`,
      );
    }
  }
}

const command = new Command('npm run evaluate --')
  .description(
    'Measures how accurate ages, genders and other labelled attributes are on labelled photos, and compares them with face-api and Human on the same photos. Prints all figures and writes a page with plots.',
  )
  .argument(
    '<folders...>',
    'photos with a labels.csv (file, age, gender; further columns group the results), or any other data set that "npm run dataset" reads',
  )
  .option(
    '--photos <n>',
    'at most this many from each folder, spread over it',
    wholeNumberFrom(1, 1_000_000_000),
  )
  .addOption(
    new Option(
      '--part <part>',
      'which photos: "held-out" are those that training/calibration/calibrate.ts does not learn from; "train", "validation" and "test" are split as in a training',
    )
      .choices(PARTS)
      .default('all'),
  )
  .option(
    '--model <folder>',
    'also measure another network (a folder with model.onnx and card.json, or models/small); may be repeated',
    (folder: string, folders: readonly string[] = []) => [...folders, folder],
  )
  .option(
    '--robustness',
    'also measure how the figures change on perturbed copies of the photos; takes nine times as long',
  )
  .option('--alone', 'do not compare with face-api and Human')
  .option('--out <folder>', 'folder for evaluation.html and evaluation.json; default: .local/evaluation')
  .addHelpText(
    'after',
    `
A label describes the face in its box or, without a box, the largest face. A face that is not found counts as wrong.
Networks for an attribute of your own are measured on its column; the first of several is compared with the others.

Examples:
  npm run evaluate -- photos/ --photos 500
  npm run evaluate -- photos/ --part test --model .local/trials/age-transfer-photos --robustness
  npm run evaluate -- people/ --part test --model .local/trials/glasses-transfer-people`,
  )
  .action(evaluate);
await run(command);
