import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { maximumReceives } from '../../functions/shared/tries.ts';
import { createFunction, type FunctionProps } from '../function.ts';

/** One step of the pipeline: a queue, the function that empties it, and where messages go that it can't handle. */
export class Stage extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly handler: LambdaFunction;

  constructor(scope: Construct, id: string, { config, code, layer, memory, environment }: FunctionProps) {
    super(scope, id);

    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // As long as there is: outages and backlogs may last for days.
      retentionPeriod: Duration.days(14),
      // AWS's advice for queues that feed a function: room for retries when the function is throttled. What failed
      // comes back sooner, as the function has it; what killed it, after this.
      visibilityTimeout: Duration.seconds(6 * config.timeout),
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: maximumReceives(config.maximumTries) },
    });

    this.handler = createFunction(this, {
      config,
      code,
      layer,
      memory,
      environment: {
        MAXIMUM_TRIES: String(config.maximumTries),
        QUEUE_URL: this.queue.queueUrl,
        ...environment,
      },
    });
    this.handler.addEventSource(
      new SqsEventSource(this.queue, {
        batchSize: config.batchSize,
        maxConcurrency: config.maximumConcurrency,
        reportBatchItemFailures: true,
      }),
    );
  }

  /** Lets a function send messages to this one. */
  grantOrder(handler: LambdaFunction): void {
    Grant.addToPrincipal({
      grantee: handler,
      actions: ['sqs:SendMessage'],
      resourceArns: [this.queue.queueArn],
    });
  }
}
