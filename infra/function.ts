import { Duration, RemovalPolicy, Size, Validations } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Architecture,
  Code,
  type FunctionOptions,
  type ILayerVersion,
  Function as LambdaFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import type { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../functions/shared/metrics.ts';
import type { Config } from './config.ts';

export interface FunctionProps {
  readonly config: Config;
  /** Folder with the function's bundle, `index.js`. */
  readonly code: string;
  /** The model layer. */
  readonly layer: ILayerVersion;
  /** In MB. */
  readonly memory: number;
  /** Seconds; default: the configuration's. */
  readonly timeout?: number;
  /** Executions side by side that no other function gets. */
  readonly concurrency?: number;
  /** Storage for files, in MB; default: Lambda's, 512. */
  readonly storage?: number;
  readonly environment?: Record<string, string>;
}

/** A function on the model layer, with its log group and a role that may write to it and nothing else yet. */
export function createFunction(scope: Construct, props: FunctionProps): LambdaFunction {
  const {
    config,
    code,
    layer,
    memory,
    timeout = config.timeout,
    concurrency,
    storage,
    environment = {},
  } = props;
  return new LambdaFunction(scope, 'Function', {
    runtime: Runtime.NODEJS_24_X,
    architecture: config.architecture === 'arm64' ? Architecture.ARM_64 : Architecture.X86_64,
    handler: 'index.handler',
    code: Code.fromAsset(code),
    layers: [layer],
    memorySize: memory,
    timeout: Duration.seconds(timeout),
    ...(concurrency && { reservedConcurrentExecutions: concurrency }),
    ...(storage && { ephemeralStorageSize: Size.mebibytes(storage) }),
    ...commonOptions(scope, config, environment),
  });
}

/** What functions have in common, whatever they run: log group, role, traces, and the permission to write them. */
export function commonOptions(
  scope: Construct,
  config: Config,
  environment: Record<string, string>,
): FunctionOptions {
  const logGroup = new LogGroup(scope, 'Logs', {
    retention: config.logDays,
    removalPolicy: RemovalPolicy.DESTROY,
  });
  const role = new Role(scope, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
  logGroup.grantWrite(role);
  if (config.tracing) {
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray has no resources for traces: its actions can only be allowed for all of them.',
    });
  }
  return {
    role,
    logGroup,
    loggingFormat: LoggingFormat.JSON,
    // Not that each invocation began and ended: most of what is logged, and paid for. How many there were, and how long
    // they took, CloudWatch counts without.
    systemLogLevelV2: SystemLogLevel.WARN,
    tracing: config.tracing ? Tracing.ACTIVE : Tracing.DISABLED,
    environment: {
      POWERTOOLS_SERVICE_NAME: config.stackName,
      POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
      ...environment,
    },
  };
}
