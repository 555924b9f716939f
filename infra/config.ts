import { closestMatch } from 'leven';
import { z } from 'zod';
import { ATTRIBUTE_NAMES, PARTS, type PartName, USUAL_NAMES } from '../attributes/list.ts';
import { PARTS as PARTS_OF_LOOKS } from '../attributes/looks/result.ts';
import { OWN } from '../attributes/own/definition.ts';
import { API_FOLDER } from '../functions/shared/item.ts';
import { trainingTime } from '../functions/training/shared/budget.ts';
import { dataNameSchema } from '../functions/training/shared/training.ts';
import { WEIGHTS } from '../layers/recipe.ts';
import { taskNameSchema } from '../models/card.ts';
import { NETWORK_NAMES } from '../networks/names.ts';
import { CORRECTIONS } from '../training/dataset/corrections.ts';
import { trainingRequestSchema } from '../training/spec.ts';

/**
 * Everything a user can set, in one place, with its default. Set a value with CDK context:
 * `npm run deploy -- -c maximumFaces=20`, or under `context` in `cdk.json`.
 */

// Context on the command line comes as text. An empty one is no number, whatever JavaScript thinks of it.
const number = z.union([z.number(), z.string().trim().min(1).transform(Number)]);

const whole = (minimum: number, maximum: number, byDefault: number) =>
  number
    .pipe(z.number().int().min(minimum).max(maximum))
    .default(byDefault)
    .describe(`a whole number from ${minimum} to ${maximum}`);

const oneOf = <const T extends readonly [number, ...number[]]>(values: T, byDefault: T[number]) =>
  number
    .pipe(z.literal(values))
    .default(byDefault)
    .describe(`one of ${values.join(', ')}`);

const choice = <const T extends readonly [string, ...string[]]>(values: T, byDefault: T[number]) =>
  z
    .enum(values)
    .default(byDefault)
    .describe(`one of ${values.join(', ')}`);

const flag = (byDefault: boolean) =>
  z
    .union([z.boolean(), z.enum(['true', 'false']).transform((text) => text === 'true')])
    .default(byDefault)
    .describe('true or false');

/** In MB; Lambda gives one vCPU per 1,769 MB. */
const memory = (byDefault: number) => whole(512, 10_240, byDefault);

/** The retention periods that CloudWatch Logs knows, in days. */
const LOG_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1096, 1827, 2192, 2557, 2922, 3288, 3653,
] as const;

/** Types of instances whose processors are Arm's: the image that trains is made for x86. */
const GRAVITON = /^(?:a1|[a-z]+\d+[a-z]*g)/;

/** Whether there may be keys that begin with both. */
const meets = (one: string, other: string): boolean => one.startsWith(other) || other.startsWith(one);

const isOnce = (names: readonly string[]): boolean => new Set(names).size === names.length;

const groupsOf = (what: string, names: readonly string[]) =>
  `each of ${what} once, in groups such as "${names.join(' / ')}" or "${names.join('+')}"`;

export const settingsSchema = z.strictObject({
  /** Name of the CloudFormation stack; the names of its buckets begin with it. */
  stackName: z
    .string()
    // S3 keeps some beginnings of buckets' names for itself.
    .regex(/^(?!sthree-|amzn-s3-demo-)(?=.{1,40}$)[a-z](?:-?[a-z0-9])*$/)
    .default('facedrop')
    .describe('1 to 40 lower-case letters, digits and single hyphens, a letter first'),
  /** Inference engine of the model layer. */
  engine: choice(['onnx', 'tfjs'], 'onnx'),
  /** Networks for age and gender: the most accurate; `small`, which needs two thirds of the CPU time and is less accurate; or only those with permissively licensed weights. `small` and `permissive` need the engine `onnx`. */
  weights: choice(WEIGHTS, 'best'),
  /**
   * What is estimated for each face; the quality of its picture is always measured. `expression`, `eyes`, `mouth` and
   * `looks` are off unless they are named here. The law restricts what expression and looks may be used for: read "Use it
   * lawfully" in the README first. `all` turns on everything. A request or an upload may ask for less.
   */
  attributes: z
    .string()
    .default(USUAL_NAMES.join(','))
    .transform((text) =>
      text.trim() === 'all' ? [...ATTRIBUTE_NAMES] : text.split(',').map((name) => name.trim()),
    )
    .pipe(z.array(z.enum(ATTRIBUTE_NAMES)).min(1))
    .refine(isOnce)
    .describe(`any of ${ATTRIBUTE_NAMES.join(', ')}, separated by commas; or all`),
  /**
   * Which attributes have a function of their own (`age / gender`), and which share one (`age+gender`). In a shared
   * function, a network that estimates both runs once per photo. By default each has its own. Attributes of your own have
   * one more function, unless `own` is named in a group.
   */
  estimators: z
    .string()
    .transform((text) => text.split('/').map((group) => group.split('+').map((name) => name.trim())))
    .pipe(z.array(z.array(z.enum(PARTS)).min(1)))
    .optional()
    .describe(groupsOf('`attributes`', USUAL_NAMES)),
  /**
   * The weight of each part of `looks` in its score, such as `learned=3,smile=1`; parts that are not named do not count. By
   * default only `learned` counts, as no other part improves the prediction of ratings; where there is no `learned`,
   * `smile`, `quality` and `shape` count equally. `likeness` counts only if it is named: a gallery has no ratings to fit a
   * weight on.
   */
  looksWeights: z
    .string()
    .transform((text) =>
      Object.fromEntries(text.split(',').map((each) => each.split('=').map((word) => word.trim()))),
    )
    .pipe(z.partialRecord(z.enum(PARTS_OF_LOOKS), number.pipe(z.number().min(0))))
    .refine((weights) => Object.values(weights).some((weight) => weight > 0))
    .optional()
    .describe(`any of ${PARTS_OF_LOOKS.map((part) => `${part}=NUMBER`).join(', ')}, separated by commas`),
  /** Instruction set of the functions. `arm64`, unless the engine is `tfjs`, which exists for `x86_64` only. */
  architecture: z.enum(['arm64', 'x86_64']).optional().describe('arm64 or x86_64'),

  /** Lowest confidence at which a detection counts as a face. */
  minimumConfidence: number
    .pipe(z.number().gt(0).lt(1))
    .default(0.35)
    .describe('a number between 0 and 1, both excluded'),
  /** How many faces are kept per photo: the largest ones. */
  maximumFaces: whole(1, 100, 100),
  /** Largest file that is accepted, in bytes. */
  maximumBytes: whole(1, 100_000_000, 30_000_000),
  /** Images with more pixels are refused before they are decoded. AVIF may have four tenths as many, interlaced PNG half as many. */
  maximumPixels: whole(1, 268_000_000, 64_000_000),

  /**
   * Photos whose keys start with one of these are not analysed and have no item, such as `private/,archive/`. To leave out a
   * single photo, tag it `facedrop=skip`.
   */
  skipPrefixes: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter(Boolean))])
    .pipe(
      z.array(
        z
          .string()
          .regex(/^[^,]{1,200}$/)
          .refine((prefix) => !meets(prefix, API_FOLDER)),
      ),
    )
    .default([])
    .describe(`what keys begin with, but not ${API_FOLDER}, separated by commas`),

  /** Items are deleted this many days after their analysis. */
  itemDays: whole(1, 3650, 90),
  /** Photos are deleted this many days after their upload; 0 keeps them. */
  photoDays: whole(0, 3650, 0),
  /** Logs are deleted after this many days. */
  logDays: oneOf(LOG_DAYS, 30),
  /** Trainings, with their checkpoints, logs and reports, are deleted after this many days; 0 keeps them. Models in the registry stay. */
  trainingDays: whole(0, 3650, 90),
  /** Whether `npm run destroy` deletes photos, items, data sets and models (`destroy`) or leaves them in the account (`retain`). */
  removalPolicy: choice(['retain', 'destroy'], 'retain'),

  /** Tries before a photo is given up and its message goes to the dead-letter queue. */
  maximumTries: whole(1, 20, 4),
  /** Photos per invocation, at most. */
  batchSize: whole(1, 10, 5),
  /** How many invocations of each function of the pipeline may run at the same time. */
  maximumConcurrency: whole(2, 1000, 10),
  /** Timeout of the functions of the pipeline, in seconds. The visibility timeouts of the queues follow from it. */
  timeout: whole(5, 900, 60),
  // The functions compute on one thread, so more than one vCPU would be idle. With less memory they are slower at nearly
  // the same cost: at 1,024 MB they would take 1.4 times as long, and save half a dollar per function and million
  // photos, of about 30 dollars in all. Measured with `npm run bench`: detect peaks at 170 to 210 MB with ordinary
  // photos, 320 MB with a batch of crowds, and 0.7 GB with the worst that `maximumPixels` lets through (interlaced PNG of
  // 16 bits, AVIF); the estimating functions peak at 130 MB, and at 300 MB with a batch of crowds.
  /** Memory of the function that finds faces, in MB. 1,769 MB give it one vCPU, and it can't use more than one. */
  detectMemory: memory(1769),
  /** Memory of the functions that estimate the attributes, in MB. */
  estimateMemory: memory(1769),
  /** Memory of the function behind the HTTP API, in MB. */
  apiMemory: memory(1769),

  /** Who may call the HTTP API: holders of its keys (`npm run keys`), or AWS identities, which sign their requests. */
  apiAccess: choice(['key', 'iam'], 'key'),
  /**
   * Requests per second that the HTTP API accepts from all callers together. Each route that is open to everyone has the
   * same limit of its own, so flooding it does not block the rest.
   */
  apiRate: whole(1, 10_000, 100),
  /**
   * Reserved concurrency of the HTTP API's function. Further concurrent requests are refused, and the rest of the account's
   * concurrency is left to the pipeline. 0 reserves none, as an account with only 10 requires.
   */
  apiConcurrency: whole(0, 10_000, 0),
  /** With `apiAccess` `iam`: who also has access to photos that were dropped into the bucket, and may train: `role/NAME,user/NAME`. */
  apiAdmins: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter(Boolean))])
    .pipe(z.array(z.string().regex(/^(role|user)\/[\w+=,.@-]+$/)))
    .default([])
    .describe('names such as role/NAME or user/NAME, separated by commas'),
  /** With `apiAccess` `iam`: how many requests per second each identity may make. All sessions of a role count as one identity. */
  identityRate: whole(1, 10_000, 25),
  /** With `apiAccess` `iam`: how many requests per day each identity may make. */
  identityQuota: whole(1, 1_000_000_000, 1_000_000),
  /** Web pages on these origins may call the HTTP API, such as `https://example.com,https://example.org`. */
  corsOrigins: z
    .union([z.array(z.string()), z.string().transform((text) => text.split(',').filter(Boolean))])
    .pipe(z.array(z.string().regex(/^https?:\/\/[a-z0-9.-]+(:\d+)?$/)))
    .default([])
    .describe('origins such as https://example.com, separated by commas'),

  /** Address outside AWS to which every finished photo is announced by HTTPS POST. */
  webhookUrl: z
    .url({ protocol: /^https$/ })
    .optional()
    .describe('an address that begins with https://'),
  /** What trains networks: a Lambda function, AWS Batch, or nothing. Deploying either of the first two needs Docker or a similar tool. */
  trainer: choice(['lambda', 'batch', 'none'], 'lambda'),
  /**
   * Memory of the Lambda function that trains, in MB. The maximum gives it six vCPUs. New AWS accounts may be limited
   * to 3,008 MB: ask AWS for more, or set 3008.
   */
  trainMemory: whole(1024, 10_240, 10_240),
  /** Seconds after which the Lambda function that trains continues from its checkpoint, in another invocation. */
  trainTimeout: whole(60, 900, 900),

  /** How long a training may take, in minutes, whoever starts it. The request may set a lower limit. */
  maximumTrainingMinutes: whole(1, 20_160, 1440),
  /** What a training may cost, in US dollars at list price. Whichever limit is reached first ends the training. */
  maximumTrainingDollars: number
    .pipe(z.number().min(0.01).max(10_000))
    .default(20)
    .describe('a number of dollars from 0.01 to 10000'),

  /** With the trainer `batch`: type of the EC2 instances, such as `c7i.8xlarge`. Unless set, AWS Fargate with 16 vCPUs and 32 GB. */
  trainingInstance: z
    .string()
    .regex(/^[a-z0-9-]+\.[a-z0-9-]+$/)
    .refine((type) => !GRAVITON.test(type))
    .optional()
    .describe('a type of EC2 instances with x86 processors such as c7i.8xlarge'),
  /** With `trainingInstance`: how many vCPUs of an instance a training uses. */
  trainingVcpus: whole(1, 192, 4),
  /** With `trainingInstance`: how much memory of an instance a training uses, in MB. AWS keeps some of it for itself. */
  trainingMemory: whole(1024, 1_000_000, 10_240),
  /** With the trainer `batch`: the price of an hour in US dollars, used to tell when a budget is spent. The default is Fargate's. */
  trainingHourlyPrice: number
    .pipe(z.number().min(0.001).max(1000))
    .default(0.79)
    .describe('a number of dollars from 0.001 to 1000'),

  /** When the stack trains by itself, as an EventBridge Scheduler expression in UTC: `cron(0 3 ? * SUN *)`, `rate(30 days)`. */
  trainingSchedule: z
    .string()
    .regex(/^(cron|rate)\(.+\)$/)
    .optional()
    .describe('an expression such as cron(0 3 ? * SUN *) or rate(30 days)'),
  /** The data set that scheduled trainings use. */
  trainingData: dataNameSchema.default('corrections').describe('the name of a data set'),
  /** The attribute that scheduled trainings are for: one that is built in, or a column of `labels.csv`. */
  trainingTask: taskNameSchema
    .default(ATTRIBUTE_NAMES[0])
    .describe(`${ATTRIBUTE_NAMES.join(', ')}, or a column of labels.csv`),
  /** The network that scheduled trainings use. */
  trainingNetwork: choice(NETWORK_NAMES, 'transfer'),

  /** A trained model goes into service automatically only after a comparison on at least this many labelled test faces. */
  promotionFaces: whole(1, 1_000_000, 100),
  /** Automatic promotion may increase no group's mean absolute error by more than this many years. */
  promotionYears: number
    .pipe(z.number().min(0).max(100))
    .default(1)
    .describe('a number of years from 0 to 100'),
  /** Automatic promotion may lower no group's accuracy by more than this. */
  promotionShare: number.pipe(z.number().min(0).max(1)).default(0.03).describe('a number from 0 to 1'),

  /**
   * Whether a model that learned from corrections goes into service automatically like any other. Everyone with an API key
   * can correct faces, including those that the model is judged on.
   */
  promoteCorrections: flag(false),
  /**
   * The only data set on which models that learned from corrections are judged: one that only you fill. All its faces are
   * test faces, or only its split `test` if the training also learns from it. Without it, such models are also judged on
   * corrections.
   */
  referenceData: dataNameSchema
    .refine((name) => name !== CORRECTIONS)
    .optional()
    .describe(`the name of a data set other than ${CORRECTIONS}`),
  /** How many corrections of one owner of API keys a training uses: a random choice if there are more. */
  correctionsPerOwner: whole(1, 1_000_000, 1000),

  /** E-mail address to which alarms are sent. */
  alarmEmail: z.email().optional().describe('an e-mail address'),
  /** Sends mail to `alarmEmail` when the account's costs in a month reach 80 % of this many US dollars, or are forecast to exceed it. */
  monthlyBudget: number
    .pipe(z.number().min(0.01).max(1_000_000))
    .optional()
    .describe('a number of dollars from 0.01 to 1000000'),
  /** Raises an alarm when one photo in twenty takes longer than this from upload to result, in seconds. */
  slowAfter: whole(1, 86_400, 60),
  /**
   * Traces invocations with AWS X-Ray, at its price. Traces show how long each function and step took and whether it failed.
   * They contain no names of photos.
   */
  tracing: flag(false),
});

export type Config = z.infer<typeof settingsSchema> & {
  readonly architecture: 'arm64' | 'x86_64';
  readonly estimators: readonly PartName[][];
};

/** What `cdk acknowledge` and `cdk cli-telemetry` note in `cdk.context.json`. */
const NOTES_OF_CDK = ['acknowledged-issue-numbers', 'cli-telemetry'];

/** Not so the context keys of the CDK and its command-line tool, such as feature flags and cached look-ups. */
const isOurs = (key: string): boolean =>
  !key.startsWith('@') && !key.includes(':') && !NOTES_OF_CDK.includes(key);

/**
 * Parses CDK context, leaving the CDK's own keys aside.
 * @throws Error naming each key that is unknown or has a value of the wrong kind, what was expected and what came
 */
export function parseConfig(context: Readonly<Record<string, unknown>>): Config {
  const ours = Object.fromEntries(Object.entries(context).filter(([key]) => isOurs(key)));
  const { success, data, error } = settingsSchema.safeParse(ours);
  if (!success) {
    const keys = new Set(
      // A path leads on into the values of a setting that has several.
      error.issues.flatMap((issue) =>
        issue.code === 'unrecognized_keys' ? issue.keys : issue.path.slice(0, 1).map(String),
      ),
    );
    throw new Error([...keys].map((key) => complaint(key, ours[key])).join('\n'));
  }
  const { architecture = data.engine === 'tfjs' ? 'x86_64' : 'arm64' } = data;
  if (data.engine === 'tfjs' && architecture !== 'x86_64') {
    throw new Error(
      `Expected architecture to be x86_64 with engine tfjs but received ${architecture}; leave architecture out.`,
    );
  }
  refuseUseless(data);
  refuseTooMuch(data);
  refuseForgetful(data);
  const { estimators = data.attributes.map((name): PartName[] => [name]) } = data;
  const grouped = estimators.flat();
  const listed = grouped.filter((name) => name !== OWN);
  if (!isOnce(grouped) || listed.toSorted().join() !== data.attributes.toSorted().join()) {
    throw new Error(
      complaint('estimators', ours.estimators, groupsOf(data.attributes.join(', '), data.attributes)),
    );
  }
  if (data.monthlyBudget !== undefined && data.alarmEmail === undefined) {
    throw new Error(
      'Expected alarmEmail with monthlyBudget but received none; set the address to send mail to with -c alarmEmail=….',
    );
  }
  const { trainingTask: task, trainingNetwork: network } = data;
  const { error: unsuited } = trainingRequestSchema.safeParse({ task, network });
  if (unsuited) {
    const wanted = unsuited.issues.map(({ message }) => message).join(' ');
    throw new Error(
      `Expected trainingNetwork to be ${wanted} with trainingTask ${task} but received ${network}.`,
    );
  }
  if (longestHistory(data) > EXECUTION_EVENTS) {
    throw new Error(
      `Expected trainTimeout to be long enough for ${data.maximumTrainingMinutes} minutes of training in one execution of ` +
        `AWS Step Functions but received ${data.trainTimeout}; take a longer one, or fewer maximumTrainingMinutes.`,
    );
  }
  return { ...data, architecture, estimators };
}

type Settings = z.infer<typeof settingsSchema>;

/** @throws Error naming a setting that another one leaves without any effect */
function refuseUseless(settings: Settings): void {
  const { weights, trainingSchedule, trainingInstance, apiAdmins } = settings;
  const needs = [
    [weights !== 'best', 'weights', 'engine', ['onnx']],
    [trainingSchedule !== undefined, 'trainingSchedule', 'trainer', ['lambda', 'batch']],
    [trainingSchedule !== undefined, 'trainingSchedule', 'engine', ['onnx']],
    [trainingInstance !== undefined, 'trainingInstance', 'trainer', ['batch']],
    [apiAdmins.length > 0, 'apiAdmins', 'apiAccess', ['iam']],
  ] as const;
  for (const [isSet, setting, other, useful] of needs) {
    const received = settings[other];
    if (!isSet || useful.some((value) => value === received)) continue;
    throw new Error(
      `Expected ${other} to be ${useful.join(' or ')} with ${setting} but received ${received}; leave ${setting} out, or set ${other}.`,
    );
  }
}

/** Bytes that a list may take in the environment of a Lambda function, which has 4 KB for everything. */
const LIST_BYTES = 1000;
/** The part of detect's memory that the files of a batch may take, which are read side by side. */
const FILES_SHARE = 1 / 3;

/** Days that a training may take beside its minutes: to prepare faces, to wait for a machine, and to be judged. */
const OTHER_DAYS = 1;

/** @throws Error naming settings by which a training would lose what it goes on from, as S3 deletes by age alone */
function refuseForgetful({ trainer, trainingDays, maximumTrainingMinutes }: Settings): void {
  const least = Math.ceil(maximumTrainingMinutes / 1440) + OTHER_DAYS;
  if (trainer === 'none' || trainingDays === 0 || trainingDays >= least) return;
  throw new Error(
    `Expected trainingDays to be at least ${least} with maximumTrainingMinutes ${maximumTrainingMinutes}, as a training goes on ` +
      `from its checkpoints until its end, but received ${trainingDays}; keep them for longer, or take fewer maximumTrainingMinutes.`,
  );
}

/** @throws Error naming settings that together are more than a function can hold */
function refuseTooMuch(settings: Settings): void {
  for (const setting of ['skipPrefixes', 'apiAdmins'] as const) {
    const bytes = Buffer.byteLength(settings[setting].join());
    if (bytes <= LIST_BYTES) continue;
    throw new Error(
      `Expected ${setting} to take at most ${LIST_BYTES} bytes together but received ${bytes}; name fewer or shorter ones.`,
    );
  }
  const { maximumBytes, batchSize, detectMemory } = settings;
  const most = Math.floor((detectMemory * 1_000_000 * FILES_SHARE) / batchSize);
  if (maximumBytes > most) {
    throw new Error(
      `Expected maximumBytes to be at most ${most} with batchSize ${batchSize} and detectMemory ${detectMemory}, as the photos ` +
        `of a batch are read side by side, but received ${maximumBytes}; take a smaller batchSize, or more detectMemory.`,
    );
  }
}

/** AWS Step Functions ends an execution whose history has more events. */
const EXECUTION_EVENTS = 25_000;
/** Events before and after the training proper, if each step is tried as often as possible. */
const OTHER_EVENTS = 500;
/** Events of one invocation that trains and of the choice that follows: seven, and three more with one retry. */
const EVENTS_A_ROUND = 7 + 3;

/** The most events that a training's execution can have. */
function longestHistory({ trainer, maximumTrainingMinutes, trainTimeout }: Settings) {
  // A job of AWS Batch trains in one go.
  if (trainer !== 'lambda') return OTHER_EVENTS;
  const seconds = trainingTime(trainTimeout * 1000) / 1000;
  return Math.ceil((maximumTrainingMinutes * 60) / seconds) * EVENTS_A_ROUND + OTHER_EVENTS;
}

function complaint(key: string, received: unknown, expected = expectedOf(key)): string {
  const known = settingsSchema.shape;
  if (!(key in known)) {
    const meant = closestMatch(key, Object.keys(known), { maxDistance: Math.ceil(key.length / 2) });
    return (
      `Expected one of the settings in docs/configuration.md but received "${key}"; ` +
      (meant === undefined ? 'look it up there.' : `did you mean ${meant}?`)
    );
  }
  return (
    `Expected ${key} to be ${expected} but received ${JSON.stringify(received)}; ` +
    `set it with -c ${key}=… or under context in cdk.json.`
  );
}

function expectedOf(key: string): string | undefined {
  const known: Readonly<Record<string, z.ZodType>> = settingsSchema.shape;
  return known[key]?.description;
}
