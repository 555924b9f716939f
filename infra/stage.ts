import { Duration, RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type ILayerVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { SqsEventSource } from 'aws-cdk-lib/aws-lambda-event-sources';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Queue, QueueEncryption } from 'aws-cdk-lib/aws-sqs';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../functions/shared/metrics.ts';
import type { Config } from './config.ts';

export interface StageProps {
  readonly config: Config;
  /** Folder with the function's bundle, `index.js`. */
  readonly code: string;
  /** The model layer. */
  readonly layer: ILayerVersion;
  /** In MB. */
  readonly memory: number;
  readonly environment?: Record<string, string>;
}

/** One step of the pipeline: a queue, the function that empties it, and where messages go that it can't handle. */
export class Stage extends Construct {
  readonly queue: Queue;
  readonly deadLetters: Queue;
  readonly handler: LambdaFunction;

  constructor(scope: Construct, id: string, props: StageProps) {
    super(scope, id);
    const { config, code, layer, memory, environment } = props;
    const timeout = Duration.seconds(config.timeout);

    this.deadLetters = new Queue(this, 'DeadLetters', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      retentionPeriod: Duration.days(14),
    });
    this.queue = new Queue(this, 'Queue', {
      encryption: QueueEncryption.SQS_MANAGED,
      enforceSSL: true,
      // AWS's advice for queues that feed a function: room for retries when the function is throttled.
      visibilityTimeout: Duration.seconds(6 * config.timeout),
      // After the last try the function receives the message once more, only to record that it gave up.
      deadLetterQueue: { queue: this.deadLetters, maxReceiveCount: config.maximumTries + 1 },
    });

    const logGroup = new LogGroup(this, 'Logs', {
      retention: config.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    logGroup.grantWrite(role);

    this.handler = new LambdaFunction(this, 'Function', {
      runtime: Runtime.NODEJS_24_X,
      architecture: config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
      handler: 'index.handler',
      code: Code.fromAsset(code),
      layers: [layer],
      memorySize: memory,
      timeout,
      role,
      logGroup,
      loggingFormat: LoggingFormat.JSON,
      tracing: config.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
      environment: {
        MAXIMUM_TRIES: String(config.maximumTries),
        CROPS: String(config.crops),
        POWERTOOLS_SERVICE_NAME: config.stackName,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        POWERTOOLS_TRACE_ENABLED: String(config.tracing),
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
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'Traces are no resources: X-Ray lets its actions be allowed for all of them only.',
    });
  }
}
