import { ArnFormat, Duration, RemovalPolicy, Size, Stack, Validations } from 'aws-cdk-lib';
import {
  Action,
  EcsEc2ContainerDefinition,
  EcsFargateContainerDefinition,
  EcsJobDefinition,
  FargateComputeEnvironment,
  JobQueue,
  JobStateTimeLimitActionsReason,
  ManagedEc2EcsComputeEnvironment,
  Reason,
  RetryStrategy,
} from 'aws-cdk-lib/aws-batch';
import type { ITable } from 'aws-cdk-lib/aws-dynamodb';
import {
  BlockDeviceVolume,
  EbsDeviceVolumeType,
  FlowLogDestination,
  InstanceType,
  type IVpc,
  LaunchTemplate,
  SubnetType,
  Vpc,
} from 'aws-cdk-lib/aws-ec2';
import { Platform } from 'aws-cdk-lib/aws-ecr-assets';
import { ContainerImage, LogDriver } from 'aws-cdk-lib/aws-ecs';
import { PolicyStatement, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { JsonPath, type StateMachine } from 'aws-cdk-lib/aws-stepfunctions';
import {
  BatchSubmitJob,
  type BatchSubmitJobProps,
  DynamoAttributeValue,
  DynamoGetItem,
} from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { METRICS_NAMESPACE } from '../../functions/shared/metrics.ts';
import { PERMANENT_EXIT } from '../../functions/training/shared/errors.ts';
import type { TrainCode } from '../code.ts';
import type { Config } from '../config.ts';
import { AGAIN, BUSY } from './retry.ts';
import type { TrainingTable } from './table.ts';

export interface TrainingBatchProps {
  readonly config: Config;
  readonly code: TrainCode;
  readonly environment: Record<string, string>;
}

/** Of AWS Fargate, as long as no instance type is set. */
const FARGATE = { cpu: 16, memory: Size.gibibytes(32) };
const STORAGE = Size.gibibytes(100);
/** For all jobs together. */
const MAXIMUM_VCPUS = 256;
/** How long a job waits for a machine, and for one that will never come. */
const [PLACEMENT, SOON] = [Duration.hours(6), Duration.minutes(10)];
/** Of AWS Batch itself, not of the job: that is tried again by AWS Batch. */
const BATCH_ERRORS = ['Batch.ServerException', 'Batch.AWSBatchException', 'Batch.TooManyRequestsException'];

/** Runs the image that trains on AWS Batch, for trainings that outgrow a Lambda function. It costs nothing while idle. */
export class TrainingBatch extends Construct {
  /** What a job may do. */
  readonly role: Role;
  readonly queue: JobQueue;
  readonly job: EcsJobDefinition;
  /** What a training may take, waiting for a machine included. */
  private readonly longest: Duration;

  constructor(scope: Construct, id: string, { config, code, environment }: TrainingBatchProps) {
    super(scope, id);
    if (!('image' in code)) throw new Error('Expected a container image for AWS Batch but received none.');
    this.longest = Duration.minutes(config.maximumTrainingMinutes).plus(PLACEMENT);
    const { image: directory, ...assets } = code;
    const logs = (name: string) =>
      new LogGroup(this, name, { retention: config.logDays, removalPolicy: RemovalPolicy.DESTROY });
    // No gateways, which would cost by the hour: jobs have addresses of their own, and nothing listens on them.
    // (Its types ignore optional properties' rules.)
    const vpc = new Vpc(this, 'Network', {
      natGateways: 0,
      subnetConfiguration: [{ name: 'Jobs', subnetType: SubnetType.PUBLIC }],
      flowLogs: { all: { destination: FlowLogDestination.toCloudWatchLogs(logs('Flows')) } },
      restrictDefaultSecurityGroup: false,
    }) as IVpc;
    this.role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('ecs-tasks.amazonaws.com') });
    const container = {
      image: ContainerImage.fromAsset(directory, {
        ...assets,
        target: 'job',
        platform: Platform.LINUX_AMD64,
      }),
      jobRole: this.role,
      logging: LogDriver.awsLogs({ streamPrefix: 'train', logGroup: logs('Logs') }),
      environment: {
        AWS_REGION: Stack.of(this).region,
        POWERTOOLS_SERVICE_NAME: config.stackName,
        POWERTOOLS_METRICS_NAMESPACE: METRICS_NAMESPACE,
        DOLLARS_PER_HOUR: String(config.trainingHourlyPrice),
        ...environment,
      },
    };
    const { trainingInstance: instance } = config;
    const compute = instance
      ? this.instances(vpc, instance)
      : new FargateComputeEnvironment(this, 'Compute', { vpc, maxvCpus: MAXIMUM_VCPUS });
    this.queue = new JobQueue(this, 'Queue', {
      computeEnvironments: [{ computeEnvironment: compute, order: 1 }],
      jobStateTimeLimitActions: [
        { reason: JobStateTimeLimitActionsReason.INSUFFICIENT_INSTANCE_CAPACITY, maxTime: PLACEMENT },
        { reason: JobStateTimeLimitActionsReason.COMPUTE_ENVIRONMENT_MAX_RESOURCE, maxTime: SOON },
        { reason: JobStateTimeLimitActionsReason.JOB_RESOURCE_REQUIREMENT, maxTime: SOON },
      ],
    });
    const definition = instance
      ? new EcsEc2ContainerDefinition(this, 'Container', {
          ...container,
          cpu: config.trainingVcpus,
          memory: Size.mebibytes(config.trainingMemory),
        })
      : new EcsFargateContainerDefinition(this, 'Container', {
          ...container,
          ...FARGATE,
          ephemeralStorageSize: STORAGE,
          assignPublicIp: true,
        });
    Validations.of(definition.executionRole).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'ECR has no resources for authorization tokens; only the one repository may be read.',
    });
    this.job = new EcsJobDefinition(this, 'Job', {
      container: definition,
      // What was interrupted goes on from its last checkpoint.
      retryAttempts: 3,
      retryStrategies: [
        RetryStrategy.of(Action.EXIT, Reason.custom({ onExitCode: String(PERMANENT_EXIT) })),
        RetryStrategy.of(Action.RETRY, Reason.custom({ onReason: '*' })),
      ],
      timeout: Duration.days(14),
    });
  }

  private instances(vpc: IVpc, type: string): ManagedEc2EcsComputeEnvironment {
    // By a name of its own, as AWS makes no Fargate environment one of instances.
    const compute = new ManagedEc2EcsComputeEnvironment(this, 'Instances', {
      vpc,
      maxvCpus: MAXIMUM_VCPUS,
      instanceTypes: [new InstanceType(type)],
      useOptimalInstanceClasses: false,
      launchTemplate: new LaunchTemplate(this, 'Template', {
        // Where images for ECS have their root, which is too small for faces, features and checkpoints otherwise.
        blockDevices: [
          {
            deviceName: '/dev/xvda',
            volume: BlockDeviceVolume.ebs(STORAGE.toGibibytes(), {
              volumeType: EbsDeviceVolumeType.GP3,
              encrypted: true,
            }),
          },
        ],
        requireImdsv2: true,
      }),
    });
    const policy = 'arn:<AWS::Partition>:iam::aws:policy/service-role/AmazonEC2ContainerServiceforEC2Role';
    Validations.of(compute).acknowledge({
      id: `AwsSolutions-IAM4[Policy::${policy}]`,
      reason: 'AWS defines what an instance needs to join a cluster; jobs have a role of their own.',
    });
    return compute;
  }

  /** @returns what a state machine does to train, first and last: the job itself can't answer how it ended */
  states(scope: Construct, { table }: TrainingTable): readonly [BatchSubmitJob, DynamoGetItem] {
    const id = JsonPath.executionName;
    const job = new TimedJob(scope, 'Train', {
      longest: this.longest,
      jobName: id,
      jobQueueArn: this.queue.jobQueueArn,
      jobDefinitionArn: this.job.jobDefinitionArn,
      containerOverrides: { environment: { TRAINING_ID: id } },
      resultPath: JsonPath.DISCARD,
    });
    const outcome = new DynamoGetItem(scope, 'Read the outcome', {
      table: table as ITable,
      key: {
        kind: DynamoAttributeValue.fromString('training'),
        id: DynamoAttributeValue.fromString(id),
      },
      consistentRead: true,
      resultSelector: { status: JsonPath.stringAt('$.Item.outcome.S') },
      resultPath: '$.outcome',
    });
    job.addRetry({ ...BUSY, errors: BATCH_ERRORS });
    outcome.addRetry(AGAIN);
    job.next(outcome);
    return [job, outcome];
  }

  /** Lets a state machine see how its jobs are, should it miss that they ended, and end them when it is stopped. */
  grantWatch({ role }: StateMachine): void {
    const jobs = Stack.of(this).formatArn({
      service: 'batch',
      resource: 'job',
      resourceName: '*',
      arnFormat: ArnFormat.SLASH_RESOURCE_NAME,
    });
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['batch:DescribeJobs'], resources: ['*'] }));
    role.addToPrincipalPolicy(new PolicyStatement({ actions: ['batch:TerminateJob'], resources: [jobs] }));
  }
}

/**
 * A job whose state ends after some time, waiting for a machine included. Without, quotas may let it wait for ever:
 * what the CDK calls a timeout, as the job's own does, begins when the job does.
 */
class TimedJob extends BatchSubmitJob {
  readonly #longest: Duration;

  constructor(
    scope: Construct,
    id: string,
    { longest, ...props }: BatchSubmitJobProps & { readonly longest: Duration },
  ) {
    super(scope, id, props);
    this.#longest = longest;
  }

  override toStateJson(): object {
    return { ...super.toStateJson(), TimeoutSeconds: this.#longest.toSeconds() };
  }
}
