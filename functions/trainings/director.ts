import { ListObjectsV2Command, type S3Client } from '@aws-sdk/client-s3';
import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
} from '@aws-sdk/client-sfn';
import type * as z from 'zod';
import { trainingRequestSchema } from '../../training/spec.ts';
import { FOLDER } from './folders.ts';
import {
  type Budget,
  createTrainingId,
  isActive,
  type Start,
  startSchema,
  type Training,
} from './training.ts';
import { TaskLockedError, type Trainings } from './trainings.ts';

export interface DirectorOptions {
  readonly trainings: Trainings;
  readonly sfn: SFNClient;
  readonly s3: S3Client;
  /** The training bucket. */
  readonly bucket: string;
  /** ARN of the state machine. */
  readonly machine: string;
}

/** Where a start says nothing of it. */
const BUDGET: Budget = { minutes: 24 * 60, dollars: 20 };
/** A training that gave no sign of life for so long, in milliseconds, may be dead. */
const SILENCE = 60_000;

/** There is no data set of that name. */
export class NoSuchDataError extends Error {
  override readonly name = 'NoSuchDataError';

  constructor(data: string) {
    super(
      `Expected the name of a data set but there is no "${data}". Upload it with "npm run dataset -- import".`,
    );
  }
}

/** Starts trainings, ends them, and tells of them: what command line and HTTP API have in common. */
export class Director {
  readonly #trainings: Trainings;
  readonly #sfn: SFNClient;
  readonly #s3: S3Client;
  readonly #bucket: string;
  readonly #machine: string;

  constructor({ trainings, sfn, s3, bucket, machine }: DirectorOptions) {
    this.#trainings = trainings;
    this.#sfn = sfn;
    this.#s3 = s3;
    this.#bucket = bucket;
    this.#machine = machine;
  }

  /**
   * Starts a training.
   * @throws ZodError, NoSuchDataError, TaskLockedError
   */
  async start(input: Start): Promise<Training> {
    const start = startSchema.parse(input);
    if (!(await this.#hasData(start.data))) throw new NoSuchDataError(start.data);
    const draft = draftOf(createTrainingId(start.task), start, this.#machine);
    const training = await this.#create(draft);
    try {
      await this.#sfn.send(
        new StartExecutionCommand({
          stateMachineArn: this.#machine,
          name: training.id,
          input: JSON.stringify(input),
        }),
      );
    } catch (error) {
      await this.#trainings.remove(training);
      throw error;
    }
    return training;
  }

  /** @returns undefined when there is no such training */
  async get(id: string): Promise<Training | undefined> {
    const training = await this.#trainings.get(id);
    return training && this.#reconcile(training);
  }

  /** Newest first. */
  list(): Promise<Training[]> {
    return this.#trainings.list();
  }

  /**
   * Has a training end as soon as its step can, with a checkpoint.
   * @returns undefined when there is no such training
   */
  async cancel(id: string): Promise<Training | undefined> {
    const training = await this.#trainings.requestCancel(id);
    return training && this.#reconcile(training, 0);
  }

  /** A lock of a training that died without a word is no reason to wait. */
  async #create(draft: Parameters<Trainings['create']>[0]): Promise<Training> {
    try {
      return await this.#trainings.create(draft);
    } catch (error) {
      if (!(error instanceof TaskLockedError)) throw error;
      const holder = await this.#trainings.get(error.holder);
      if (!holder || isActive(await this.#reconcile(holder, 0))) throw error;
      return this.#trainings.create(draft);
    }
  }

  /** Notes the end of a training whose execution was stopped, or is no more: nobody else would. */
  async #reconcile(training: Training, silence = SILENCE): Promise<Training> {
    const quiet = Date.now() - Date.parse(training.updatedAt);
    if (!isActive(training) || quiet < silence) return training;
    const status = await this.#executionStatus(training.execution);
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE') return training;
    if (training.cancelRequestedAt) return this.#trainings.conclude(training.id, { status: 'cancelled' });
    const message = `It ended without a word: its execution is ${status.toLowerCase()}. Start it again.`;
    return this.#trainings.conclude(training.id, {
      status: 'failed',
      failure: { code: 'interrupted', message },
    });
  }

  async #executionStatus(executionArn: string): Promise<string> {
    try {
      const { status } = await this.#sfn.send(new DescribeExecutionCommand({ executionArn }));
      return status ?? 'gone';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return 'gone';
      throw error;
    }
  }

  async #hasData(name: string): Promise<boolean> {
    const { KeyCount = 0 } = await this.#s3.send(
      new ListObjectsV2Command({ Bucket: this.#bucket, Prefix: `${FOLDER.datasets}${name}/`, MaxKeys: 1 }),
    );
    return KeyCount > 0;
  }
}

/** The item of a training that begins. */
export function draftOf(id: string, start: z.output<typeof startSchema>, machine: string) {
  const { data, budget, ...request } = start;
  return {
    id,
    task: request.task,
    data,
    request: trainingRequestSchema.parse(request),
    budget: {
      minutes: budget?.minutes ?? BUDGET.minutes,
      dollars: budget?.dollars ?? BUDGET.dollars,
    },
    execution: `${machine.replace(':stateMachine:', ':execution:')}:${id}`,
    status: 'preparing' as const,
  };
}
