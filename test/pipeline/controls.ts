import { Lambda } from '@aws-sdk/client-lambda';
import { SetQueueAttributesCommand } from '@aws-sdk/client-sqs';
import type { Target } from '../../cli/target.ts';
import { queuesOf } from '../estimators.ts';

export const STAGES = ['detect', 'age', 'gender'] as const;
export type StageName = (typeof STAGES)[number];

/** Changes how a deployed pipeline's functions are run. */
export class Controls {
  readonly #target: Target;
  readonly #lambda: Lambda;

  constructor(target: Target) {
    const { endpoint, region, credentials } = target.stack;
    this.#target = target;
    this.#lambda = new Lambda({
      region,
      ...(endpoint && { endpoint }),
      ...(credentials && { credentials }),
    });
  }

  /** Adds to a function's environment. The local AWS ends its processes for it, even those that are at work. */
  async configure(stage: StageName, variables: Readonly<Record<string, string>>): Promise<void> {
    const FunctionName = await this.#functionOf(stage);
    const { Environment } = await this.#lambda.getFunctionConfiguration({ FunctionName });
    await this.#lambda.updateFunctionConfiguration({
      FunctionName,
      Environment: { Variables: { ...Environment?.Variables, ...variables } },
    });
  }

  /** How long a message is hidden from one try to the next, in seconds. */
  async retryAfter(seconds: number): Promise<void> {
    for (const QueueUrl of queuesOf(this.#target.stack)) {
      await this.#target.sqs.send(
        new SetQueueAttributesCommand({ QueueUrl, Attributes: { VisibilityTimeout: String(seconds) } }),
      );
    }
  }

  /** Stops or continues the delivery of messages to a function, in batches of this size. */
  async deliver(stage: StageName, Enabled: boolean, BatchSize: number): Promise<void> {
    const FunctionName = await this.#functionOf(stage);
    const { EventSourceMappings = [] } = await this.#lambda.listEventSourceMappings({ FunctionName });
    for (const { UUID } of EventSourceMappings) {
      await this.#lambda.updateEventSourceMapping({ UUID, Enabled, BatchSize });
    }
  }

  /** Has those photos looked after that came to no end, as happens every few minutes. */
  async sweep(): Promise<unknown> {
    const FunctionName = await this.#functionOf('sweep');
    const { FunctionError, Payload } = await this.#lambda.invoke({ FunctionName, Payload: '{}' });
    const answer = Payload?.transformToString() ?? '';
    if (FunctionError) throw new Error(answer);
    return JSON.parse(answer);
  }

  /** Deletes the functions, which ends their processes. */
  async end(): Promise<void> {
    const { Functions = [] } = await this.#lambda.listFunctions({ MaxItems: 10_000 });
    for (const { FunctionName = '' } of Functions) {
      if (FunctionName.startsWith(`${this.#target.stack.stackName}-`)) {
        await this.#lambda.deleteFunction({ FunctionName });
      }
    }
    this.#lambda.destroy();
  }

  async #functionOf(stage: StageName | 'sweep'): Promise<string> {
    const { Functions = [] } = await this.#lambda.listFunctions({ MaxItems: 10_000 });
    const prefix = `${this.#target.stack.stackName}-${stage}Function`.toLowerCase();
    const found = Functions.find(({ FunctionName = '' }) => FunctionName.toLowerCase().startsWith(prefix));
    if (!found?.FunctionName) throw new Error(`Expected a function whose name begins with ${prefix}`);
    return found.FunctionName;
  }
}
