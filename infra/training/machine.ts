import { ArnFormat, type CfnElement, Stack, Validations } from 'aws-cdk-lib';
import { Rule, RuleTargetInput } from 'aws-cdk-lib/aws-events';
import { LambdaFunction as LambdaTarget } from 'aws-cdk-lib/aws-events-targets';
import { Grant, PolicyStatement } from 'aws-cdk-lib/aws-iam';
import { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import type { IBucket } from 'aws-cdk-lib/aws-s3';
import {
  Choice,
  Condition,
  DefinitionBody,
  DistributedMap,
  Fail,
  JsonPath,
  S3JsonItemReader,
  StateMachine,
  StateMachineType,
  Succeed,
  TaskInput,
} from 'aws-cdk-lib/aws-stepfunctions';
import { LambdaInvoke, type LambdaInvokeProps } from 'aws-cdk-lib/aws-stepfunctions-tasks';
import { Construct } from 'constructs';
import { PERMANENT_ERRORS } from '../../functions/training/shared/errors.ts';
import { UNHAPPY_ENDS } from '../../functions/training/shared/failure.ts';
import { FOLDER } from '../../functions/training/shared/folders.ts';
import type { Config } from '../config.ts';
import { TrainingBatch } from './batch.ts';
import type { TrainingBucket } from './bucket.ts';
import { AGAIN, BUSY } from './retry.ts';
import type { TrainingTable } from './table.ts';

/** What does a training's work. */
export interface TrainingWorkers {
  /** Checks a data set, and lists what of it is to be prepared. */
  readonly survey: LambdaFunction;
  /** Cuts out the faces of a batch of photos. */
  readonly prepare: LambdaFunction;
  /** Trains until it is done or its time is up. */
  readonly train: LambdaFunction | TrainingBatch;
  /** Judges what was trained, and puts it into service if it is better. */
  readonly judge: LambdaFunction;
  /** Notes how a training ended, and lets the next one begin. */
  readonly conclude: LambdaFunction;
}

export interface TrainingMachineProps {
  readonly config: Config;
  readonly data: TrainingBucket;
  readonly table: TrainingTable;
  readonly workers: TrainingWorkers;
}

/** Its execution's name is the training's id. */
const id = JsonPath.executionName;

/** A training from its start to its end: survey, prepare, train again and again, judge, conclude. */
export class TrainingMachine extends Construct {
  readonly machine: StateMachine;

  constructor(scope: Construct, name: string, { config, data, table, workers }: TrainingMachineProps) {
    super(scope, name);

    const failed = this.call('Note the failure', workers.conclude, {
      id,
      error: JsonPath.objectAt('$.error'),
    });
    failed.next(new Fail(this, 'Failed', { errorPath: '$.error.Error', causePath: '$.error.Cause' }));

    const survey = this.call(
      'Survey',
      workers.survey,
      { id, execution: JsonPath.executionId, start: JsonPath.objectAt('$$.Execution.Input') },
      { outputPath: '$.Payload' },
    );
    const cut = this.call(
      'Cut faces',
      workers.prepare,
      { id: JsonPath.stringAt('$.id'), work: JsonPath.objectAt('$.work') },
      // The answers of all of them are gathered, whatever the map does with the sum, and may have 256 KiB together.
      { outputPath: JsonPath.DISCARD },
    );
    const prepare = new DistributedMap(this, 'Prepare', {
      maxConcurrency: config.maximumConcurrency,
      // (Its types ignore optional properties' rules.)
      itemReader: new BatchReader({
        bucket: data.bucket as IBucket,
        key: JsonPath.stringAt('$.batches'),
      }),
      itemSelector: { id, work: JsonPath.objectAt('$$.Map.Item.Value') },
      mapExecutionType: StateMachineType.STANDARD,
      resultPath: JsonPath.DISCARD,
    });
    prepare.itemProcessor(cut);
    const [train, trained] = this.train(workers.train, table);
    const judge = this.call('Judge', workers.judge, { id });
    const conclude = this.call('Conclude', workers.conclude, {
      id,
      status: JsonPath.stringAt('$.outcome.status'),
    });
    for (const state of new Set([survey, prepare, train, trained, judge])) {
      state.addCatch(failed, { resultPath: '$.error' });
    }

    const outcome = '$.outcome.status';
    const ended = new Succeed(this, 'Ended');
    survey.next(
      new Choice(this, 'Is anything to be prepared?')
        .when(Condition.booleanEquals('$.ended', true), ended)
        .when(Condition.numberGreaterThan('$.count', 0), prepare)
        .otherwise(train),
    );
    // What was prepared is summed up, and what fell short comes round again.
    prepare.next(survey);
    trained.next(
      new Choice(this, 'Is it trained?')
        .when(Condition.stringEquals(outcome, 'continue'), train)
        .when(Condition.stringEquals(outcome, 'finished'), judge)
        .otherwise(conclude),
    );
    judge.next(conclude);
    conclude.next(ended);

    this.machine = new StateMachine(this, 'Machine', {
      definitionBody: DefinitionBody.fromChainable(survey),
      comment: 'Trains a network on a data set, and puts it into service if it is better',
      tracingEnabled: config.tracing,
    });
    if (workers.train instanceof TrainingBatch) workers.train.grantWatch(this.machine);
    this.tellOfEnds(workers.conclude);
    this.acknowledge(data, Object.values(workers), config.tracing);
  }

  /** Not every end passes "Note the failure": nothing catches data that is too large, and executions can be stopped. */
  private tellOfEnds(conclude: LambdaFunction): void {
    new Rule(this, 'Ends', {
      description: 'Records why a training ended that could not record it itself',
      eventPattern: {
        source: ['aws.states'],
        detailType: ['Step Functions Execution Status Change'],
        detail: { stateMachineArn: [this.machine.stateMachineArn], status: [...UNHAPPY_ENDS] },
      },
      targets: [new LambdaTarget(conclude, { event: RuleTargetInput.fromEventPath('$.detail') })],
    });
  }

  /** Lets a function start executions, see whether they are still running, and stop them. */
  grantStart(handler: LambdaFunction): void {
    this.machine.grantStartExecution(handler);
    const executions = Stack.of(this).formatArn({
      service: 'states',
      resource: 'execution',
      resourceName: `${this.machine.stateMachineName}:*`,
      arnFormat: ArnFormat.COLON_RESOURCE_NAME,
    });
    Grant.addToPrincipal({
      grantee: handler,
      actions: ['states:DescribeExecution', 'states:StopExecution'],
      resourceArns: [executions],
    });
    handler.addEnvironment('TRAINING_MACHINE', this.machine.stateMachineArn);
    const name = Stack.of(this).getLogicalId(this.machine.node.defaultChild as CfnElement);
    Validations.of(handler.role ?? handler).acknowledge({
      id: `AwsSolutions-IAM5[Resource::arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:<${name}.Name>:*]`,
      reason: 'Executions are named when they are started; the actions are narrowed to those of one machine.',
    });
  }

  private acknowledge(
    { bucket }: TrainingBucket,
    workers: readonly (LambdaFunction | TrainingBatch)[],
    traced: boolean,
  ): void {
    const functions = workers.filter((worker) => worker instanceof LambdaFunction);
    const idOf = ({ node }: Construct) => Stack.of(this).getLogicalId(node.defaultChild as CfnElement);
    // As CDK writes the name of the machine.
    const name = `{"Fn::Select":[6,{"Fn::Split":[":",{"Ref":"${idOf(this.machine)}"}]}]}`;
    const executions = `arn:<AWS::Partition>:states:<AWS::Region>:<AWS::AccountId>:execution:${name}`;
    const wide = [
      [
        functions.map((each) => `<${idOf(each)}.Arn>:*`),
        'The machine may call its functions in all their versions.',
      ],
      [
        [`${executions}:*`, `${executions}/*:*`],
        'Executions are named when they are started; the actions are narrowed to those of this machine.',
      ],
      [
        [`<${idOf(bucket)}.Arn>/${FOLDER.trainings}*`],
        'What is to be prepared lies in the folder of the training, which is named when it is started.',
      ],
      [
        ['arn:<AWS::Partition>:batch:<AWS::Region>:<AWS::AccountId>:job-definition/*'],
        'Every change of what a job runs gives its definition a new name.',
      ],
      [
        ['arn:<AWS::Partition>:batch:<AWS::Region>:<AWS::AccountId>:job/*'],
        'Jobs are named by AWS Batch when they are started.',
      ],
      [
        traced || functions.length < workers.length ? ['*'] : [],
        'X-Ray and AWS Batch only allow writing traces and watching jobs for all resources.',
      ],
    ] as const;
    Validations.of(this.machine).acknowledge(
      {
        id: 'AwsSolutions-SF1',
        reason:
          'Step Functions keeps the history of each execution for 90 days, the item of each training says how it ' +
          'ended, and its functions log what they do.',
      },
      ...(traced
        ? []
        : [{ id: 'AwsSolutions-SF2', reason: 'Traces cost; the setting `tracing` turns them on.' }]),
      ...wide.flatMap(([resources, reason]) =>
        resources.map((resource) => ({ id: `AwsSolutions-IAM5[Resource::${resource}]`, reason })),
      ),
    );
  }

  /** @returns the first and the last state of training: one and the same with a function, which can say how it ended */
  private train(worker: LambdaFunction | TrainingBatch, table: TrainingTable) {
    if (!(worker instanceof TrainingBatch)) {
      const resultSelector = { status: JsonPath.stringAt('$.Payload.status') };
      const state = this.call('Train', worker, { id }, { resultSelector, resultPath: '$.outcome' });
      return [state, state] as const;
    }
    return worker.states(this, table);
  }

  /** A state that calls a function; what that answers is of no interest unless said otherwise. */
  private call(
    name: string,
    lambdaFunction: LambdaFunction,
    payload: Record<string, unknown>,
    result: Pick<LambdaInvokeProps, 'outputPath' | 'resultPath' | 'resultSelector'> = {
      resultPath: JsonPath.DISCARD,
    },
  ): LambdaInvoke {
    const state = new LambdaInvoke(this, name, {
      lambdaFunction,
      payload: TaskInput.fromObject(payload),
      // `BUSY` has them, too.
      retryOnServiceExceptions: false,
      ...result,
    });
    state.addRetry({ errors: PERMANENT_ERRORS, maxAttempts: 0 });
    state.addRetry(BUSY);
    state.addRetry(AGAIN);
    return state;
  }
}

/** Reads only what it must of the bucket. */
class BatchReader extends S3JsonItemReader {
  override providePolicyStatements(): PolicyStatement[] {
    const { bucket } = this;
    const resources = [`${bucket?.bucketArn}/${FOLDER.trainings}*`];
    return [new PolicyStatement({ actions: ['s3:GetObject'], resources })];
  }
}
