import { resolve } from 'node:path';
import { Command, Option } from 'commander';
import type { Task } from '../../attributes/list.ts';
import { createOnnxEngine } from '../../layers/onnx/engine.ts';
import { LOCAL } from '../../local/stack.ts';
import { buildModels } from '../../models/build/build.ts';
import type { Measures } from '../../models/card.ts';
import { describeFolder, writeCard } from '../../models/model-folder.ts';
import { chipOf } from '../../networks/catalogue.ts';
import { isClassical } from '../../networks/names.ts';
import type { PreparedSet } from '../../training/dataset/prepared.ts';
import { joinPreparedSets, openPreparedSet, withoutPoorFaces } from '../../training/dataset/prepared-set.ts';
import { openBuiltin } from '../../training/evaluation/prediction.ts';
import { prepareTensorFlow } from '../../training/native.ts';
import { assess } from '../../training/report/assessment.ts';
import { figuresOf, formatFigure } from '../../training/report/wording.ts';
import { outputOf, type TrainingSpec, trainingSpecSchema } from '../../training/spec.ts';
import { taskFor } from '../../training/task.ts';
import type { Progress } from '../../training/trainer/outcome.ts';
import { train } from '../../training/trainer/train.ts';
import { usualViews } from '../../vision/chip-spec.ts';
import { EXIT, numberFrom, run, say, workingDirectory } from '../command.ts';
import { plainName } from '../files.ts';
import { addTrainingOptions, parseTraining, TASK, type TrainingOptions } from '../training-options.ts';

interface Options extends TrainingOptions {
  readonly out?: string;
  readonly minutes?: number;
  readonly weights?: string;
  readonly permissive?: boolean;
}

/** Trains on prepared folders on this machine, without the stack, and judges the network on their test faces. */
async function trial(folders: readonly string[], options: Options): Promise<void> {
  const spec = parseTraining(trainingSpecSchema, options);
  const from = workingDirectory();
  const sets = await Promise.all(folders.map((folder) => openPreparedSet(resolve(from, folder))));
  const set = withoutPoorFaces(joinPreparedSets(sets), spec.minimumQuality);
  const name = `${spec.task}-${spec.network}-${set.name}`;
  const directory = options.out ? resolve(from, options.out) : resolve(LOCAL, 'trials', name);
  if (!isClassical(spec.network)) process.env.TENSORFLOW_DIRECTORY ??= await prepareTensorFlow();
  const interruption = new AbortController();
  process.once('SIGINT', () => {
    say('Writing a checkpoint; press Ctrl-C again to stop at once');
    interruption.abort();
  });
  try {
    const outcome = await train(spec, set, directory, {
      signal: interruption.signal,
      cache: { directory: resolve(LOCAL, 'features') },
      onProgress: (progress) => process.stdout.write(`${lineOf(progress)}\n`),
      ...(options.weights && { weights: resolve(from, options.weights) }),
      ...(options.permissive && { permissive: true }),
      ...(options.minutes && { deadline: new Date(Date.now() + options.minutes * 60_000) }),
    });
    if (outcome.status !== 'finished') {
      say(`Stopped after step ${outcome.step}. Run the same command again to resume.`);
      process.exitCode = EXIT.failed;
      return;
    }
    say(outcome.stoppedEarly ? `Ended early: step ${outcome.best.step} was the best` : 'Finished');
    await compare(spec, set, directory);
  } finally {
    await set.close();
  }
}

/** Judges what was trained beside what a stack without trained networks has in service. */
async function compare(spec: TrainingSpec, set: PreparedSet, folder: string): Promise<void> {
  const { side, extent } = chipOf(spec.network);
  const { crops, network: name } = spec;
  const task = taskFor(spec, set);
  const candidate = {
    task,
    name,
    version: plainName(folder).slice(0, 80) || 'trial',
    output: outputOf({ ...spec, task }),
    views: usualViews(extent, crops),
    input: { side },
    folder,
  };
  const inService = await openBuiltin(createOnnxEngine(await buildModels()), spec.task);
  const { report, decision, draft } = await assess({ ...candidate, spec }, set, inService, {
    pictures: true,
  });
  await writeCard(folder, (await describeFolder(draft, folder)).card);
  say(`${name}: ${figures(task, report.candidate.evaluation.overall)}`);
  if (report.inService) {
    say(`${report.inService.name}: ${figures(task, report.inService.evaluation.overall)}`);
  }
  for (const reason of decision.reasons) say(reason);
  say(`Report: ${resolve(folder, 'report.html')}; curves: tensorboard --logdir ${resolve(folder, 'logs')}`);
}

function lineOf({ phase, fold, step, steps, loss, smoothed, validation, ...speed }: Progress): string {
  const where = `${fold === undefined ? '' : `fold ${fold} `}${phase} ${step}/${steps}`;
  const pace = `${speed.examplesPerSecond.toFixed(0)} examples/s  ${speed.secondsPerBatch.toFixed(3)} s/batch`;
  const end = `until ${speed.estimatedEnd.toTimeString().slice(0, 5)}`;
  const validated =
    validation && loss === undefined
      ? `validation ${validation.loss.toFixed(4)}  exact ${percent(validation.exact)}`
      : undefined;
  const losses = loss === undefined ? validated : `loss ${loss.toFixed(4)}  smoothed ${smoothed?.toFixed(4)}`;
  return [where, losses, pace, end].filter((part) => part !== undefined).join('  ');
}

/** "mean absolute error 4.81 years, right age group 66.2 % … on 1,000 test faces" */
function figures(task: Task, measures: Measures): string {
  const parts = figuresOf(task, [measures])
    .filter(({ short }) => short !== undefined)
    .map((figure) => `${figure.title.toLowerCase()} ${formatFigure(figure, measures)} ${figure.unit}`);
  return `${parts.join(', ')} on ${measures.faces} test faces`;
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

const command = addTrainingOptions(new Command('npm run trial --'))
  .description('Trains on prepared folders on this machine, without the stack; resumes where it stopped.')
  .argument('<folders...>', 'folders that "npm run dataset -- prepare" made')
  .addOption(new Option('--task <task>', TASK).makeOptionMandatory())
  .option('--minutes <n>', 'stop with a checkpoint after this many minutes', numberFrom(0.001, 1_000_000))
  .option(
    '--weights <file>',
    'model.json of the weights that transfer, finetune or inception-v3 start from; default: those of the default model, or random ones',
  )
  .addOption(
    new Option('--permissive', 'start from published, permissively licensed weights').conflicts('weights'),
  )
  .option('--out <folder>', 'folder for checkpoints, curves and the network; default: .local/trials/…')
  .action(trial);
await run(command);
