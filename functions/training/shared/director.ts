import {
  DescribeExecutionCommand,
  ExecutionDoesNotExist,
  type SFNClient,
  StartExecutionCommand,
  StopExecutionCommand,
} from '@aws-sdk/client-sfn';
import type { Budget } from './budget.ts';
import type { DataSets } from './data-sets.ts';
import { createTrainingId, draftOf, isActive, type Start, startSchema, type Training } from './training.ts';
import { TaskLockedError, type Trainings } from './trainings.ts';

export interface DirectorOptions {
  readonly trainings: Trainings;
  readonly sfn: SFNClient;
  readonly sets: DataSets;
  /** ARN of the state machine. */
  readonly machine: string;
  /** The most that a training may take. */
  readonly maximum: Budget;
}

/** A training that gave no sign of life for this long, in milliseconds, may be dead. */
const SILENCE = 60_000;
/** Where somebody waits: no longer than it takes to start one. */
const SHORT_SILENCE = 5_000;

/** Milliseconds. */
const since = (moment: string): number => Date.now() - Date.parse(moment);

/**
 * Trainings that run at the same time, of all tasks together: whoever may train can make up tasks, and each training takes
 * functions from the account, and a budget.
 */
const MOST = 10;

/** As many trainings run as may. */
export class CrowdedError extends Error {
  override readonly name = 'CrowdedError';

  constructor(running: number) {
    super(
      `Expected fewer than ${MOST} trainings to be running but ${running} are. Wait until one is done, or cancel one.`,
    );
  }
}

/** There is no data set of that name. */
export class NoSuchDataError extends Error {
  override readonly name = 'NoSuchDataError';

  constructor(data: string) {
    super(
      `Expected the name of a data set but there is no "${data}". Upload it with "npm run dataset -- import".`,
    );
  }
}

/** Starts trainings, ends them, and describes them: what command line and HTTP API have in common. */
export class Director {
  readonly #options: DirectorOptions;

  constructor(options: DirectorOptions) {
    this.#options = options;
  }

  /**
   * Starts a training.
   * @throws ZodError, BudgetError, NoSuchDataError, TaskLockedError, CrowdedError
   */
  async start(input: Start): Promise<Training> {
    const start = startSchema.parse(input);
    const { machine, maximum, sets } = this.#options;
    const id = createTrainingId(start.task);
    const execution = `${machine.replace(':stateMachine:', ':execution:')}:${id}`;
    const draft = draftOf({ id, execution, start, maximum });
    await this.#findRoom();
    for (const name of draft.data) {
      if (!(await sets.exists(name))) throw new NoSuchDataError(name);
    }
    const training = await this.#create(draft);
    try {
      await this.#options.sfn.send(
        new StartExecutionCommand({
          stateMachineArn: machine,
          name: training.id,
          input: JSON.stringify(input),
        }),
      );
    } catch (error) {
      await this.#options.trainings.remove(training);
      throw error;
    }
    return training;
  }

  /** @returns undefined when there is no such training */
  async get(id: string): Promise<Training | undefined> {
    const training = await this.#options.trainings.get(id);
    return training && this.#reconcile(training);
  }

  /**
   * Newest first.
   * @param most how many; all of them unless it is given
   */
  async list(most?: number): Promise<Training[]> {
    const trainings = await this.#options.trainings.list(most);
    return Promise.all(trainings.map((training) => this.#reconcile(training)));
  }

  /**
   * Has a training end as soon as its step can.
   * @returns undefined when there is no such training
   */
  async cancel(id: string): Promise<Training | undefined> {
    const training = await this.#options.trainings.requestCancel(id);
    return training && this.#reconcile(training, SHORT_SILENCE);
  }

  /** @throws CrowdedError */
  async #findRoom(): Promise<void> {
    const holders = await this.#options.trainings.holders();
    if (holders.length < MOST) return;
    const trainings = await Promise.all(holders.map((id) => this.get(id)));
    const running = trainings.filter((training) => training && isActive(training)).length;
    if (running >= MOST) throw new CrowdedError(running);
  }

  /** A lock of a training that died without a word is no reason to wait. */
  async #create(draft: Parameters<Trainings['create']>[0]): Promise<Training> {
    try {
      return await this.#options.trainings.create(draft);
    } catch (error) {
      if (!(error instanceof TaskLockedError)) throw error;
      const holder = await this.#options.trainings.get(error.holder);
      if (!holder || isActive(await this.#reconcile(holder, SHORT_SILENCE))) throw error;
      return this.#options.trainings.create(draft);
    }
  }

  /**
   * Notes the end of a training whose execution was stopped, or is gone: nobody else would. Stops one that was
   * to end and does not, as nothing of it works that could: a job may wait long for a machine.
   */
  async #reconcile(training: Training, silence = SILENCE): Promise<Training> {
    const { id, execution, cancelRequestedAt } = training;
    const quiet = since(training.updatedAt);
    if (!isActive(training) || quiet < silence) return training;
    const status = await this.#executionStatus(execution);
    if (status === 'RUNNING' || status === 'PENDING_REDRIVE') {
      if (!cancelRequestedAt || Math.min(since(cancelRequestedAt), quiet) < SILENCE) return training;
      await this.#options.sfn.send(new StopExecutionCommand({ executionArn: execution }));
    }
    if (cancelRequestedAt) return this.#options.trainings.conclude(id, { status: 'cancelled' });
    const message = `It ended without reporting why; the status of its execution is ${status}. Start it again.`;
    return this.#options.trainings.conclude(id, {
      status: 'failed',
      failure: { code: 'interrupted', message },
    });
  }

  async #executionStatus(executionArn: string): Promise<string> {
    try {
      const { status } = await this.#options.sfn.send(new DescribeExecutionCommand({ executionArn }));
      return status ?? 'gone';
    } catch (error) {
      if (error instanceof ExecutionDoesNotExist) return 'gone';
      throw error;
    }
  }
}
