import type { RemovalPolicy } from 'aws-cdk-lib';
import type { ILayerVersion, Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { LabelBucket } from '../api/label-bucket.ts';
import type { PipelineCode, TrainCode } from '../code.ts';
import type { Config } from '../config.ts';
import { createFunction, type FunctionProps } from '../function.ts';
import { TrainingBatch } from './batch.ts';
import { TrainingBucket } from './bucket.ts';
import { TrainingMachine, type TrainingWorkers } from './machine.ts';
import { TrainingSchedule } from './schedule.ts';
import { TrainingTable } from './table.ts';
import { createTrainFunction } from './train-function.ts';

export interface TrainingProps {
  readonly config: Config;
  readonly code: PipelineCode;
  readonly layer: ILayerVersion;
  /** Corrections that can be learned from. */
  readonly labels: LabelBucket;
  readonly removalPolicy: RemovalPolicy;
}

/** In MB and seconds. */
const LIGHT = { memory: 1769, timeout: 900 };
/** Two vCPUs, nearly, and within what new accounts may have. */
const HEAVY = { memory: 3008, timeout: 900, storage: 10_240 };
const BRIEF = { memory: 512, timeout: 60 };

/** Everything that trainings need: where their data lies, and what works on it. */
export class Training extends Construct {
  readonly data: TrainingBucket;
  readonly table: TrainingTable;
  /** Absent where the stack has no trainer. */
  readonly machine: TrainingMachine | undefined;
  private readonly config: Config;

  constructor(scope: Construct, id: string, { config, code, layer, labels, removalPolicy }: TrainingProps) {
    super(scope, id);
    this.config = config;
    this.data = new TrainingBucket(this, 'Data', { trainingDays: config.trainingDays, removalPolicy });
    this.table = new TrainingTable(this, 'Table', { removalPolicy });
    // Trained networks are ONNX.
    if (config.trainer === 'none' || config.engine !== 'onnx') return;

    const onLayer = (
      name: string,
      bundle: string,
      size: Partial<FunctionProps> & typeof LIGHT,
    ): LambdaFunction => createFunction(new Construct(this, name), { config, layer, code: bundle, ...size });
    const functions: TrainingWorkers = {
      survey: onLayer('Survey', code.functions.survey, LIGHT),
      prepare: onLayer('Prepare', code.functions.prepare, LIGHT),
      train: this.trainer(config, code.train),
      judge: onLayer('Judge', code.functions.judge, HEAVY),
      conclude: onLayer('Conclude', code.functions.conclude, BRIEF),
    };
    const { survey, prepare, judge, conclude } = functions;
    for (const handler of [survey, prepare, judge, conclude]) this.table.grantNote(handler);
    for (const handler of [survey, prepare]) labels.grantRead(handler);
    this.tellBudget(survey);
    survey.addEnvironment('TRAINING_DAYS', String(config.trainingDays));
    survey.addEnvironment('CORRECTIONS_PER_OWNER', String(config.correctionsPerOwner));
    if (config.referenceData !== undefined) survey.addEnvironment('REFERENCE_DATA', config.referenceData);
    judge.addEnvironment('PROMOTION_FACES', String(config.promotionFaces));
    judge.addEnvironment('PROMOTION_YEARS', String(config.promotionYears));
    judge.addEnvironment('PROMOTE_CORRECTIONS', String(config.promoteCorrections));
    judge.addEnvironment('PROMOTION_SHARE', String(config.promotionShare));
    this.data.grantSurvey(survey);
    this.data.grantPrepare(prepare);
    this.data.grantJudge(judge);
    this.data.name(conclude);
    this.machine = new TrainingMachine(this, 'Machine', {
      config,
      data: this.data,
      table: this.table,
      workers: functions,
    });
    if (config.trainingSchedule !== undefined) {
      new TrainingSchedule(this, 'Schedule', {
        expression: config.trainingSchedule,
        start: { task: config.trainingTask, data: config.trainingData, network: config.trainingNetwork },
        machine: this.machine,
      });
    }
  }

  private trainer(config: Config, code: TrainCode): LambdaFunction | TrainingBatch {
    const trainer =
      config.trainer === 'batch'
        ? new TrainingBatch(this, 'Batch', {
            config,
            code,
            environment: {
              TRAINING_BUCKET: this.data.bucket.bucketName,
              TRAINING_TABLE: this.table.table.tableName,
              WEIGHTS: config.weights,
            },
          })
        : createTrainFunction(new Construct(this, 'Train'), { config, code });
    const worker = trainer instanceof TrainingBatch ? trainer.role : trainer;
    this.table.grantNote(worker);
    this.data.grantTrain(worker);
    return trainer;
  }

  /** Lets a function start, show and cancel trainings. */
  grantDirect(handler: LambdaFunction): void {
    this.table.grantManage(handler);
    this.machine?.grantStart(handler);
    this.tellBudget(handler);
  }

  private tellBudget(handler: LambdaFunction): void {
    const { maximumTrainingMinutes: minutes, maximumTrainingDollars: dollars } = this.config;
    handler.addEnvironment('MAXIMUM_TRAINING_MINUTES', String(minutes));
    handler.addEnvironment('MAXIMUM_TRAINING_DOLLARS', String(dollars));
  }
}
