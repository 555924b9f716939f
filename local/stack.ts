import { mkdir, readFile, rm } from 'node:fs/promises';
import path from 'node:path';
import writeFile from 'write-file-atomic';
import { z } from 'zod';
import { USUAL_NAMES } from '../attributes/list.ts';
import { isRunning, processSchema } from './process.ts';

/** Run-time state of local stacks; the one that `npm start` runs keeps everything here, unless it is given another folder. */
export const LOCAL = path.resolve(import.meta.dirname, '..', '.local');
/** Describes the local stack of a folder, while it runs. */
const stackFile = (folder: string) => path.join(folder, 'stack.json');

const estimatorSchema = z.object({ name: z.string(), queue: z.string(), deadLetters: z.string() });

/** CloudFormation's outputs are texts. */
const parseText = (value: unknown): unknown => (typeof value === 'string' ? JSON.parse(value) : value);

/** The stack's CloudFormation outputs. */
export const outputsSchema = z.object({
  photoBucket: z.string(),
  chipBucket: z.string(),
  table: z.string(),
  eventBus: z.string(),
  uploadQueue: z.string(),
  uploadDeadLetters: z.string(),
  /** The functions that estimate: what each is called, and its queues. */
  estimators: z.preprocess(parseText, z.array(estimatorSchema)),
  /** What they estimate of a face, by name; of stacks of earlier versions the usual. */
  attributes: z.preprocess(parseText, z.array(z.string())).default([...USUAL_NAMES]),
  /** Photos whose keys begin so are not analysed. */
  skipPrefixes: z.preprocess(parseText, z.array(z.string())).optional(),
  /** Absent where there is no webhook. */
  webhookDeadLetters: z.string().optional(),
  /** Where the HTTP API is: the address of its page, ending in a slash. */
  apiUrl: z.string(),
  keyTable: z.string(),
  labelBucket: z.string(),
  trainingBucket: z.string(),
  trainingTable: z.string(),
  /** ARN of the state machine that trains; absent where there is no trainer. */
  trainingMachine: z.string().optional(),
  /** The most that a training may take. */
  maximumTrainingMinutes: z.coerce.number(),
  maximumTrainingDollars: z.coerce.number(),
});

export const credentialsSchema = z.object({ accessKeyId: z.string(), secretAccessKey: z.string() });

/** What a client needs to know of a stack; without `endpoint` it is on AWS. Queues are URLs. */
export const connectionSchema = outputsSchema.extend({
  stackName: z.string(),
  region: z.string(),
  endpoint: z.string().optional(),
  credentials: credentialsSchema.optional(),
});
export type Connection = z.infer<typeof connectionSchema>;

const localStackSchema = connectionSchema.required({ endpoint: true, credentials: true }).extend({
  /** A key to the HTTP API. */
  apiKey: z.string(),
  /** The process that runs the stack. */
  ...processSchema.shape,
});
export type LocalStack = z.infer<typeof localStackSchema>;

/**
 * @returns the local stack that keeps everything in a folder, or undefined when it isn't running
 * @throws Error when another version of the project runs it
 */
export async function readLocalStack(folder = LOCAL): Promise<LocalStack | undefined> {
  const file = stackFile(folder);
  const described = await readJson(file);
  // A process that was killed could not remove the file.
  const { data: runner } = processSchema.safeParse(described);
  if (!runner || !(await isRunning(runner))) return undefined;
  const { data: stack, error } = localStackSchema.safeParse(described);
  if (stack) return stack;
  throw new Error(
    `Expected ${file} to describe the stack that process ${runner.pid} runs but it is of another version. End that stack, and start it again.\n${z.prettifyError(error)}`,
    { cause: error },
  );
}

/** What a file holds, or undefined when it is not there or damaged. */
export async function readJson(file: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(file, 'utf8'));
  } catch {
    return undefined;
  }
}

/** Whole or not at all: a reader never sees half a file. */
export async function writeLocalStack(stack: LocalStack, folder = LOCAL): Promise<void> {
  await mkdir(folder, { recursive: true });
  // It contains keys.
  await writeFile(stackFile(folder), `${JSON.stringify(stack, undefined, 2)}\n`, { mode: 0o600 });
}

export async function removeLocalStack(folder = LOCAL): Promise<void> {
  await rm(stackFile(folder), { force: true });
}
