import { Duration } from 'aws-cdk-lib';
import { Grant } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { maximumReceives } from '../../functions/shared/tries.ts';
import { createFunction, type FunctionProps } from '../function.ts';

/** Seconds from when a message is taken out of the queue until its function begins, at most. A later one does no harm. */
const START = 30;

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
      // What killed its function comes back after this, and what AWS had no room for. AWS's advice is six times the
      // function's time-out, so that what is throttled is not given up too soon; here it is delivered more often instead.
      visibilityTimeout: Duration.seconds(config.timeout + START),
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
