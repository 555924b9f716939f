import { type Command, InvalidArgumentError, Option } from 'commander';
import * as z from 'zod';
import { ATTRIBUTE_NAMES, EVERY_ATTRIBUTE } from '../attributes/list.ts';
import { OWN_KINDS } from '../attributes/own/definition.ts';
import { NETWORK_NAMES } from '../networks/names.ts';
import { OUTPUTS, RECIPES, type TrainingSpec } from '../training/spec.ts';

/** What of `training/spec.ts` commands that train let one set by options of their own; `--task` is each's own. */
export interface TrainingOptions {
  readonly task?: string;
  readonly kind?: string;
  readonly classes?: readonly string[];
  readonly range?: readonly number[];
  readonly network: TrainingSpec['network'];
  readonly output?: string;
  readonly epochs?: number;
  readonly steps?: number;
  readonly batch?: number;
  readonly learningRate?: number;
  readonly folds?: number;
  readonly seed?: number;
  readonly minimumQuality?: number;
  /** All the rest, as JSON. */
  readonly spec: string;
}

export const TASK = `attribute to learn: ${ATTRIBUTE_NAMES.join(', ')}, or any column of labels.csv`;

/** "age" */
const withSeveralOutputs = EVERY_ATTRIBUTE.filter(({ learning }) => learning.outputs.length > 1)
  .map(({ name }) => name)
  .join(' or ');

export function addTrainingOptions(command: Command): Command {
  return command
    .addOption(new Option('--network <name>', 'network to train').choices(NETWORK_NAMES).default('transfer'))
    .addOption(
      new Option('--kind <kind>', 'what the column named by --task holds: classes or a number').choices(
        OWN_KINDS,
      ),
    )
    .option(
      '--classes <names>',
      'classes of that column, separated by commas; default: those in the labels',
      splitNames,
    )
    .option(
      '--range <low-high>',
      'lowest and highest number of that column; default: those in the labels',
      parseRange,
    )
    .addOption(
      new Option('--output <kind>', `what a network for ${withSeveralOutputs} outputs`).choices(OUTPUTS),
    )
    .option('--epochs <n>', 'how often each face is seen', Number)
    .option('--steps <n>', 'length in batches, instead of --epochs', Number)
    .option('--batch <n>', 'faces per batch', Number)
    .option('--learning-rate <rate>', "learning rate; default: the network's usual one", Number)
    .option('--folds <n>', 'cross-validate with this many folds first', Number)
    .option('--seed <n>', 'random seed', Number)
    .option(
      '--minimum-quality <score>',
      'do not learn from faces whose picture quality is lower than this, 0 to 100',
      Number,
    )
    .option('--spec <json>', 'any other part of the specification in training/spec.ts, as JSON', '{}');
}

/**
 * Makes of the options what starts a training.
 * @param rest what `schema` has beside what the options set
 * @throws Error naming what is not as the schema describes it
 */
export function parseTraining<Output>(
  schema: z.ZodType<Output>,
  options: TrainingOptions,
  rest: object = {},
): Output {
  const { task, kind, classes, range } = options;
  const { network, output, batch, epochs, steps, seed, folds, minimumQuality, learningRate, spec } = options;
  const optimizer = learningRate && { ...RECIPES[network].optimizer, learningRate };
  const own = Object.entries({ kind, classes, range }).filter(([, value]) => value !== undefined);
  const attribute = own.length > 0 ? Object.fromEntries(own) : undefined;
  const known = {
    ...{ task, attribute, network, output, batch, epochs, steps, seed, folds },
    ...{ minimumQuality, optimizer },
  };
  const { success, data, error } = schema.safeParse({
    ...rest,
    ...Object.fromEntries(Object.entries(known).filter(([, value]) => value !== undefined)),
    ...parseSpec(spec),
  });
  if (success) return data;
  throw new Error(`Expected a training as specified in training/spec.ts but:\n${z.prettifyError(error)}`);
}

const splitNames = (text: string): string[] => text.split(',').map((name) => name.trim().toLowerCase());

/** "1-5", "-1..1" */
function parseRange(text: string): number[] {
  const [, low, high] = /^(-?[\d.]*\d)\s*(?:-|–|\.\.|,)\s*(-?[\d.]*\d)$/.exec(text) ?? [];
  const range = [Number(low), Number(high)];
  if (range.every(Number.isFinite)) return range;
  throw new InvalidArgumentError('Expected two numbers such as 1-5.');
}

function parseSpec(text: string): object {
  try {
    return z.looseObject({}).parse(JSON.parse(text));
  } catch (cause) {
    throw new Error(`Expected --spec to be a JSON object but received ${text}`, { cause });
  }
}
