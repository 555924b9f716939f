import { Aws } from 'aws-cdk-lib';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { CfnSchedule } from 'aws-cdk-lib/aws-scheduler';
import { Construct } from 'constructs';
import type { Start } from '../../functions/training/shared/training.ts';
import type { TrainingMachine } from './machine.ts';

export interface TrainingScheduleProps {
  /** As EventBridge Scheduler writes it. */
  readonly expression: string;
  readonly start: Start;
  readonly machine: TrainingMachine;
}

/** Starts a training again and again. When its task is being trained already, that one is noted as skipped. */
export class TrainingSchedule extends Construct {
  constructor(scope: Construct, id: string, { expression, start, machine }: TrainingScheduleProps) {
    super(scope, id);
    const role = new Role(this, 'Role', {
      assumedBy: new ServicePrincipal('scheduler.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Aws.ACCOUNT_ID } },
      }),
    });
    machine.machine.grantStartExecution(role);
    new CfnSchedule(this, 'Schedule', {
      scheduleExpression: expression,
      // Nobody waits for it.
      flexibleTimeWindow: { mode: 'FLEXIBLE', maximumWindowInMinutes: 15 },
      target: {
        arn: machine.machine.stateMachineArn,
        roleArn: role.roleArn,
        input: JSON.stringify(start),
        retryPolicy: { maximumRetryAttempts: 3, maximumEventAgeInSeconds: 3600 },
      },
    });
  }
}
