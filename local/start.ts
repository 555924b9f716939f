import { link, mkdir, rm, writeFile } from 'node:fs/promises';
import { availableParallelism } from 'node:os';
import path from 'node:path';
import { App } from 'aws-cdk-lib';
import type { CloudFormationStackArtifact } from 'aws-cdk-lib/cx-api';
import cdk from '../cdk.json' with { type: 'json' };
import { buildCode } from '../infra/code.ts';
import { type Config, parseConfig } from '../infra/config.ts';
import { Facedrop, type FacedropProps } from '../infra/stack.ts';
import { hostPlatform } from '../layers/platform.ts';
import { allow } from '../support/error-codes.ts';
import { localApiKey, localApiUrl } from './api.ts';
import { deploy } from './deploy.ts';
import { startMiniStack } from './ministack.ts';
import { isRunning, processSchema, thisProcess } from './process.ts';
import { pythonEnvironment } from './python.ts';
import {
  LOCAL,
  type LocalStack,
  readJson,
  readLocalStack,
  removeLocalStack,
  writeLocalStack,
} from './stack.ts';
import { localTrainCode } from './train.ts';

export interface StartOptions {
  /** CDK context; what it doesn't say is as in `cdk.json`, or as suits a single machine. */
  readonly context?: Readonly<Record<string, unknown>>;
  /** Begin with an empty stack instead of what the last one held. */
  readonly fresh?: boolean;
  /** Where the stack keeps everything; one folder holds one stack. */
  readonly folder?: string;
  /** Enforce policies, roles and TLS, as AWS does. */
  readonly strict?: boolean;
  /** Called with each step of the work as it begins. */
  readonly onStep?: (name: string, work: Promise<unknown>) => void;
}

export interface RunningStack {
  readonly stack: LocalStack;
  /** The local AWS's log file. */
  readonly log: string;
  /** Settles when the local AWS ends by itself. */
  readonly ended: Promise<void>;
  /** Keeps photos and items for the next start and ends everything that was started. */
  stop(): Promise<void>;
}

/**
 * Starts a local AWS, and deploys the pipeline to it.
 * @throws Error saying what to do, when the configuration is wrong, a tool is missing, or a stack runs already
 */
export async function startLocalStack(options: StartOptions = {}): Promise<RunningStack> {
  const { context = {}, folder = LOCAL } = options;
  const config = localConfig(context);
  const other = await readLocalStack(folder);
  if (other) {
    throw new Error(
      `Expected no local stack to be running but process ${other.pid} runs one at ${other.endpoint}. ` +
        'Use that one with npm run drop, or end it first.',
    );
  }
  const release = await claim(folder);
  try {
    const running = await start({ ...options, config, folder });
    return {
      ...running,
      stop: async () => {
        await running.stop();
        await release();
      },
    };
  } catch (error) {
    await release();
    throw error;
  }
}

async function start({
  config,
  fresh,
  folder,
  strict = false,
  onStep,
}: StartOptions & { config: Config; folder: string }): Promise<RunningStack> {
  const step = <T>(name: string, work: Promise<T>): Promise<T> => {
    onStep?.(name, work);
    return work;
  };
  const state = path.join(folder, 'ministack');
  if (fresh) await rm(state, { recursive: true, force: true });

  const [starting, preparing] = await Promise.allSettled([
    step('Install MiniStack', pythonEnvironment('ministack', REQUIREMENTS)).then((python) =>
      step(
        'Start a local AWS',
        startMiniStack({ python, folder: state, strict, origins: config.corsOrigins }),
      ),
    ),
    step('Build functions and model layer', buildCode(config, hostPlatform())).then((code) =>
      synthesise({ config, code: { ...code, train: localTrainCode() } }, path.join(folder, 'cdk.out')),
    ),
  ]);
  if (starting.status === 'rejected') throw starting.reason;
  const { aws, log, ended, stop } = starting.value;
  try {
    if (preparing.status === 'rejected') throw preparing.reason;
    const outputs = await step('Deploy the stack', deploy(preparing.value, aws));
    const stack = {
      stackName: config.stackName,
      ...aws,
      ...outputs,
      apiUrl: localApiUrl(outputs.apiUrl, aws),
      apiKey: await localApiKey(outputs.keyTable, aws, path.join(state, 'api-key')),
      ...(await thisProcess()),
    };
    await writeLocalStack(stack, folder);
    return {
      stack,
      log,
      ended,
      stop: async () => {
        await removeLocalStack(folder);
        await stop();
      },
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/**
 * Has a folder to itself from the first step on: the stack's own file comes with the last one.
 * @returns gives the folder back
 * @throws Error when another process has it
 */
async function claim(folder: string): Promise<() => Promise<void>> {
  const file = path.join(folder, 'pid');
  await mkdir(folder, { recursive: true }).catch((cause: NodeJS.ErrnoException) => {
    allow('EEXIST')(cause);
    throw new Error(`Expected a folder to keep the stack in but ${folder} is a file.`, { cause });
  });
  // Photos and keys are not for version control, nor for what checks its files.
  await writeFile(path.join(folder, '.gitignore'), '*\n', { flag: 'wx' }).catch(allow('EEXIST'));
  // Whole when it appears under its name: who finds it must not take it for a dead one's.
  const aside = `${file}.${process.pid}`;
  await writeFile(aside, JSON.stringify(await thisProcess()));
  try {
    for (;;) {
      const isOurs = await link(aside, file).then(() => true, allow('EEXIST'));
      if (isOurs) return () => rm(file, { force: true });
      const { data: holder } = processSchema.safeParse(await readJson(file));
      if (holder && (await isRunning(holder))) {
        throw new Error(
          `Expected no local stack to be starting but process ${holder.pid} starts one in ${folder}. Wait until it has started, or end it first.`,
        );
      }
      // A process that was killed left it.
      await rm(file, { force: true });
    }
  } finally {
    await rm(aside, { force: true });
  }
}

const REQUIREMENTS = path.join(import.meta.dirname, 'requirements.txt');

function synthesise(props: FacedropProps, outdir: string): CloudFormationStackArtifact {
  const app = new App({
    outdir,
    // Assets are read where they lie, not copied into the assembly first.
    context: { ...cdk.context, 'aws:cdk:disable-asset-staging': true },
    // The tests and every deployment to AWS check the template; it would take longer than all the rest here.
    builtinCloudFormationValidation: false,
  });
  new Facedrop(app, props);
  return app.synth().getStackByName(props.config.stackName);
}

/** The configuration for one machine; what the user says goes before. */
function localConfig(context: Readonly<Record<string, unknown>>): Config {
  const config = parseConfig({
    maximumConcurrency: Math.max(2, availableParallelism()),
    removalPolicy: 'destroy',
    tracing: false,
    ...cdk.context,
    ...context,
  });
  if (config.webhookUrl) {
    throw new Error(
      'Expected no webhookUrl on a local stack, as the local AWS has no API destinations; leave it out, and add a rule to the event bus instead.',
    );
  }
  if (config.photoDays > 0) {
    throw new Error(
      'Expected photoDays to be 0 on a local stack, as the local AWS never deletes photos by their age; start it with -c photoDays=0.',
    );
  }
  return { ...config, architecture: hostPlatform().architecture === 'arm64' ? 'arm64' : 'x86_64' };
}
