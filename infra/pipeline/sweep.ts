import { Aws, Duration } from 'aws-cdk-lib';
import { Grant, Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import { createFunction, type FunctionProps } from '../function.ts';
import type { Stage } from './stage.ts';

export interface SweepProps extends Pick<FunctionProps, 'config' | 'code' | 'layer'> {
  readonly detect: Stage;
  readonly estimators: readonly Stage[];
}

/** How often, and how long it may take: both sweeps at once would do no harm. */
const [EVERY, TIMEOUT, MEMORY] = [Duration.minutes(5), Duration.minutes(5), 512];

/** Restarts or gives up photos that are stuck: those in dead-letter queues, and those that have been pending for a day. */
export class Sweep extends Construct {
  readonly handler: LambdaFunction;

  constructor(scope: Construct, id: string, { config, code, layer, detect, estimators }: SweepProps) {
    super(scope, id);
    const deadLetters = [detect, ...estimators].map((stage) => stage.deadLetters);
    this.handler = createFunction(this, {
      ...{ config, code, layer },
      memory: MEMORY,
      timeout: TIMEOUT.toSeconds(),
      environment: {
        ITEM_DAYS: String(config.itemDays),
        UPLOAD_QUEUE: detect.queue.queueUrl,
        DEAD_LETTERS: deadLetters.map(({ queueUrl }) => queueUrl).join(' '),
      },
    });
    // To look at letters, not to remove them.
    Grant.addToPrincipal({
      grantee: this.handler,
      actions: ['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility'],
      resourceArns: deadLetters.map(({ queueArn }) => queueArn),
    });
    Grant.addToPrincipal({
      grantee: this.handler,
      actions: ['sqs:SendMessage'],
      resourceArns: [detect.queue.queueArn],
    });
    const role = new Role(this, 'ScheduleRole', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    Grant.addToPrincipal({
      grantee: role,
      actions: ['lambda:InvokeFunction'],
      resourceArns: [this.handler.functionArn],
    });
    new CfnSchedule(this, 'Schedule', {
      scheduleExpression: `rate(${EVERY.toMinutes()} minutes)`,
      flexibleTimeWindow: { mode: 'OFF' },
      // The next one comes soon.
      target: {
        arn: this.handler.functionArn,
        roleArn: role.roleArn,
        retryPolicy: { maximumRetryAttempts: 0 },
      },
    });
  }
}
