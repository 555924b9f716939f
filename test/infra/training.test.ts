import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import path from 'node:path';
import { describe, it } from 'node:test';
import aslValidator from 'asl-validator';
import { IgnoreMode, IgnoreStrategy } from 'aws-cdk-lib';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { build } from 'esbuild';
import { z } from 'zod';
import { trainImage } from '../../infra/code.ts';
import { indexDataset } from '../../training/dataset/catalogue.ts';
import type { Folder } from '../../training/dataset/folder.ts';
import { synthesise } from './synthesis.ts';

const template = synthesise();

const stateSchema = z.looseObject({
  Type: z.string(),
  Next: z.string().optional(),
  TimeoutSeconds: z.int().optional(),
  Retry: z
    .array(
      z.looseObject({
        ErrorEquals: z.array(z.string()),
        MaxAttempts: z.int(),
        IntervalSeconds: z.number().optional(),
        BackoffRate: z.number().optional(),
        MaxDelaySeconds: z.number().optional(),
      }),
    )
    .optional(),
  Catch: z.array(z.looseObject({ ErrorEquals: z.array(z.string()), Next: z.string() })).optional(),
  Choices: z.array(z.looseObject({ Next: z.string() })).optional(),
});
/** The states that a map has each of its items pass. */
const processorSchema = z.looseObject({
  StartAt: z.string(),
  States: z.record(
    z.string(),
    z.looseObject({ End: z.boolean(), ResultPath: z.null().optional(), OutputPath: z.null().optional() }),
  ),
});
const definitionSchema = z.looseObject({ StartAt: z.string(), States: z.record(z.string(), stateSchema) });

/** The state machine, with a name wherever the template has a reference. */
function definitionOf(of: Template): z.infer<typeof definitionSchema> {
  const [machine] = Object.values(of.findResources('AWS::StepFunctions::StateMachine'));
  const parts: (string | object)[] = machine?.Properties.DefinitionString['Fn::Join'][1];
  const text = parts.map((part) => (typeof part === 'string' ? part : Object.values(part).flat()[0]));
  return definitionSchema.parse(JSON.parse(text.join('').replaceAll('AWS::Partition', 'aws')));
}

/** Seconds from the first try to the last. */
const patienceOf = ({
  MaxAttempts = 0,
  IntervalSeconds = 1,
  BackoffRate = 2,
  MaxDelaySeconds = Number.POSITIVE_INFINITY,
}: Partial<NonNullable<z.infer<typeof stateSchema>['Retry']>[number]> = {}): number =>
  Array.from({ length: MaxAttempts }, (_, index) =>
    Math.min(MaxDelaySeconds, IntervalSeconds * BackoffRate ** index),
  ).reduce((sum, delay) => sum + delay, 0);

describe('state machine', () => {
  for (const trainer of ['lambda', 'batch']) {
    it(`is valid with the trainer ${trainer}`, () => {
      const definition = definitionOf(synthesise({ trainer }));
      assert.deepEqual(aslValidator(definition, { checkArn: false }).errors, []);
    });
  }

  it('notes how a training ended, whichever state fails, and fails itself', () => {
    const { States } = definitionOf(template);
    const working = ['Survey', 'Prepare', 'Train', 'Judge'];
    for (const name of working) {
      assert.deepEqual(
        States[name]?.Catch?.map(({ ErrorEquals, Next }) => [ErrorEquals, Next]),
        [[['States.ALL'], 'Note the failure']],
      );
    }
    assert.equal(States['Note the failure']?.Next, 'Failed');
    assert.equal(States.Failed?.Type, 'Fail');
    assert.equal(States.Judge?.Next, 'Conclude');
  });

  it('tries again what may go better the next time, and nothing else', () => {
    const { States } = definitionOf(template);
    for (const name of ['Survey', 'Train', 'Judge', 'Conclude', 'Note the failure']) {
      const [permanent, busy, others] = States[name]?.Retry ?? [];
      assert.equal(permanent?.MaxAttempts, 0);
      assert.ok(permanent?.ErrorEquals.includes('TrainingError'));
      assert.ok(busy?.ErrorEquals.includes('Lambda.TooManyRequestsException'));
      // Photos may take all of the account's concurrency for as long as a backlog lasts.
      assert.ok(patienceOf(busy) > 3600);
      assert.deepEqual([others?.ErrorEquals, others?.MaxAttempts], [['States.ALL'], 3]);
    }
  });

  it('carries a data set of 100,000 labelled photos within what Step Functions takes', async () => {
    const { States } = definitionOf(template);
    const { StartAt, States: inner } = processorSchema.parse(States.Prepare?.ItemProcessor);
    const cut = inner[StartAt];
    assert.ok(cut?.End);
    const { batches } = await indexDataset(labelledFolder(100_000));
    const inputs = batches.map((batch) => ({
      id: 'age-20260101-000000-0000',
      work: { name: 'people', prefix: `prepared/people/${'0'.repeat(32)}/`, batch: batch.name },
    }));
    // What a state makes of its input when its answer is of no interest.
    const outputs = inputs.map((input) =>
      cut.OutputPath === null ? {} : cut.ResultPath === null ? input : {},
    );
    assert.ok(inputs.length > 700);
    for (const payload of [...inputs, outputs]) {
      const bytes = Buffer.byteLength(JSON.stringify(payload));
      assert.ok(bytes <= 256 * 1024, `${bytes} bytes`);
    }
    // In the history of the execution are the states of the map, not those of its items.
    assert.equal(
      States.Prepare?.ItemProcessor && Object(States.Prepare.ItemProcessor).ProcessorConfig.Mode,
      'DISTRIBUTED',
    );
  });

  it('has the reason noted of every execution that does not succeed', () => {
    const [conclude] = Object.keys(template.findResources('AWS::Lambda::Function')).filter((id) =>
      id.startsWith('TrainingConclude'),
    );
    template.hasResourceProperties('AWS::Events::Rule', {
      EventBusName: Match.absent(),
      EventPattern: {
        source: ['aws.states'],
        'detail-type': ['Step Functions Execution Status Change'],
        detail: {
          status: ['FAILED', 'TIMED_OUT', 'ABORTED'],
          stateMachineArn: [{ Ref: Match.stringLikeRegexp('^TrainingMachine') }],
        },
      },
      Targets: [Match.objectLike({ Arn: { 'Fn::GetAtt': [conclude, 'Arn'] }, InputPath: '$.detail' })],
    });
  });

  it('waits for AWS Batch as long as a training may take, and tries again what Batch itself got wrong', () => {
    const stack = synthesise({ trainer: 'batch', maximumTrainingMinutes: 60 });
    const { States } = definitionOf(stack);
    assert.equal(States.Train?.TimeoutSeconds, 7 * 3600);
    const [busy] = States.Train?.Retry ?? [];
    assert.ok(busy?.ErrorEquals.includes('Batch.ServerException'));
    assert.ok(patienceOf(busy) > 3600);
    assert.deepEqual(States['Read the outcome']?.Retry?.[0]?.ErrorEquals, ['States.ALL']);
    stack.hasResourceProperties('AWS::IAM::Policy', {
      PolicyName: Match.stringLikeRegexp('^TrainingMachine'),
      PolicyDocument: Match.objectLike({
        Statement: Match.arrayWith([
          Match.objectLike({ Action: 'batch:DescribeJobs', Resource: '*' }),
          Match.objectLike({ Action: 'batch:TerminateJob' }),
        ]),
      }),
    });
  });

  it('prepares until nothing is left to prepare, and trains until it is trained', () => {
    const { States } = definitionOf(template);
    assert.equal(States.Prepare?.Next, 'Survey');
    assert.deepEqual(
      States['Is it trained?']?.Choices?.map(({ Next }) => Next),
      ['Train', 'Judge'],
    );
  });
});

/** A folder of photos with long names, a box each and further columns. */
function labelledFolder(count: number): Folder {
  const names = Array.from({ length: count }, (_, index) => `photos/${'n'.repeat(200)}-${index}.jpg`);
  const rows = names.map(
    (name, index) =>
      `${name},${index % 100},${index % 2 ? 'F' : 'M'},person-${index},1000,1000,250,250,${'g'.repeat(300)}`,
  );
  const labels = ['file,age,gender,subject,x,y,width,height,origin', ...rows].join('\n');
  return {
    description: 'a folder',
    name: 'people',
    list: async () => ['labels.csv', ...names].sort().map((name) => ({ name, size: 50_000, tag: name })),
    read: async () => Buffer.from(labels),
  };
}

describe('roles of a training', () => {
  /** "action prefix" of all that a role may do with the training bucket. */
  const allowed = (name: string): string[] => {
    const policies = Object.entries(template.findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => id.startsWith(`Training${name}RoleDefaultPolicy`)) ?? [];
    const statements: { Action: string | string[]; Resource: unknown }[] =
      policy?.Properties.PolicyDocument.Statement;
    return statements
      .filter(({ Resource }) => JSON.stringify(Resource).includes('TrainingDataBucket'))
      .flatMap(({ Action, Resource }) => {
        const prefix: string = Object(Resource)['Fn::Join']?.[1].at(-1) ?? '';
        return [Action].flat().map((action) => `${action.replace('s3:', '')} ${prefix}`.trim());
      })
      .sort();
  };

  it('let each function read and write what is its part, and no other', () => {
    assert.deepEqual(allowed('Survey'), [
      ...['GetObject /datasets/*', 'GetObject /prepared/*', 'ListBucket'],
      ...['PutObject /prepared/*', 'PutObject /trainings/*'],
    ]);
    assert.deepEqual(allowed('Prepare'), [
      ...['GetObject /datasets/*', 'GetObject /prepared/*', 'ListBucket', 'PutObject /prepared/*'],
    ]);
    assert.deepEqual(allowed('Train'), [
      ...['AbortMultipartUpload /features/*', 'AbortMultipartUpload /trainings/*'],
      ...['GetObject /features/*', 'GetObject /prepared/*', 'GetObject /trainings/*', 'ListBucket'],
      ...['PutObject /features/*', 'PutObject /trainings/*'],
    ]);
    assert.deepEqual(allowed('Judge'), [
      ...['GetObject /models/*', 'GetObject /prepared/*', 'GetObject /trainings/*', 'ListBucket'],
      'PutObject /models/*',
    ]);
    assert.deepEqual(allowed('Conclude'), []);
    assert.deepEqual(allowed('Machine'), ['GetObject /trainings/*']);
  });
});

describe('trainer', () => {
  it('is a function with as much memory, time and storage as there is', () => {
    template.hasResourceProperties('AWS::Lambda::Function', {
      PackageType: 'Image',
      MemorySize: 10_240,
      Timeout: 900,
      EphemeralStorage: { Size: 10_240 },
      Architectures: ['x86_64'],
    });
  });

  it('may be left out, and the API then says so', () => {
    const stack = synthesise({ trainer: 'none' });
    stack.resourceCountIs('AWS::StepFunctions::StateMachine', 0);
    stack.resourcePropertiesCountIs('AWS::Lambda::Function', { PackageType: 'Image' }, 0);
    const machine = { Environment: { Variables: { TRAINING_MACHINE: Match.anyValue() } } };
    stack.resourcePropertiesCountIs('AWS::Lambda::Function', machine, 0);
    template.resourcePropertiesCountIs('AWS::Lambda::Function', machine, 1);
  });

  it('may be AWS Batch, on Fargate or on instances of a type', () => {
    const fargate = synthesise({ trainer: 'batch' });
    fargate.resourcePropertiesCountIs('AWS::Lambda::Function', { PackageType: 'Image' }, 0);
    fargate.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: Match.objectLike({ Type: 'FARGATE' }),
    });
    const instances = synthesise({
      ...{ trainer: 'batch', trainingInstance: 'c7i.8xlarge' },
      ...{ trainingVcpus: 32, trainingMemory: 60_000 },
    });
    instances.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: Match.objectLike({ Type: 'EC2', InstanceTypes: ['c7i.8xlarge'] }),
    });
    // What is of another kind has to have another name, or CloudFormation tries to change one into the other.
    assert.notDeepEqual(
      ...([fargate, instances].map((stack) =>
        Object.keys(stack.findResources('AWS::Batch::ComputeEnvironment')),
      ) as [string[], string[]]),
    );
    instances.hasResourceProperties('AWS::Batch::JobDefinition', {
      ContainerProperties: Match.objectLike({
        ResourceRequirements: Match.arrayWith([
          { Type: 'MEMORY', Value: '60000' },
          { Type: 'VCPU', Value: '32' },
        ]),
      }),
    });
    // As much for faces, features and checkpoints as on Fargate.
    instances.hasResourceProperties('AWS::EC2::LaunchTemplate', {
      LaunchTemplateData: Match.objectLike({
        BlockDeviceMappings: [
          {
            DeviceName: '/dev/xvda',
            Ebs: Match.objectLike({ VolumeSize: 100, VolumeType: 'gp3', Encrypted: true }),
          },
        ],
      }),
    });
    instances.hasResourceProperties('AWS::Batch::ComputeEnvironment', {
      ComputeResources: Match.objectLike({ LaunchTemplate: Match.anyValue() }),
    });
  });

  it('has an image with all the sources that its function imports', async () => {
    const { image, exclude, file } = trainImage({ weights: 'best' });
    const { metafile } = await build({
      entryPoints: [
        'functions/training/train/handler.ts',
        'functions/training/train/job.ts',
        'training/native.ts',
      ],
      absWorkingDir: image,
      bundle: true,
      platform: 'node',
      format: 'esm',
      packages: 'external',
      outdir: 'none',
      write: false,
      metafile: true,
    });
    const ignored = IgnoreStrategy.fromCopyOptions({ exclude, ignoreMode: IgnoreMode.DOCKER }, image);
    const sources = Object.keys(metafile.inputs);
    assert.ok(sources.length > 50);
    const weights = 'models/default/pretrained/backbone/weights.bin';
    for (const source of [...sources, file, 'package-lock.json', weights]) {
      assert.ok(existsSync(path.join(image, source)), source);
      assert.ok(!ignored.ignores(path.join(image, source)), source);
    }
    for (const other of [
      '.local/stack.json',
      '.git/config',
      'node_modules/zod/package.json',
      'infra/app.ts',
    ]) {
      assert.ok(ignored.ignores(path.join(image, other)), other);
    }
    const permissive = IgnoreStrategy.fromCopyOptions(trainImage({ weights: 'permissive' }), image);
    assert.ok(permissive.ignores(path.join(image, weights)));
    assert.ok(!permissive.ignores(path.join(image, file)));
  });
});

describe('budget', () => {
  it('is told to what starts trainings, and to what all of them pass', () => {
    const stack = synthesise({ maximumTrainingMinutes: 90, maximumTrainingDollars: 1.5 });
    const variables = { MAXIMUM_TRAINING_MINUTES: '90', MAXIMUM_TRAINING_DOLLARS: '1.5' };
    const told = Object.keys(
      stack.findResources('AWS::Lambda::Function', {
        Properties: { Environment: { Variables: variables } },
      }),
    );
    assert.deepEqual(
      told.map((id) => id.replace(/Function.*/, '')),
      ['Http', 'TrainingSurvey'],
    );
    assert.equal(stack.findOutputs('*').maximumTrainingDollars?.Value, '1.5');
  });
});

describe('schedule', () => {
  it('is there only when it is set', () => {
    const schedules = Object.keys(template.findResources('AWS::Scheduler::Schedule'));
    assert.deepEqual(
      schedules.filter((id) => id.startsWith('Training')),
      [],
    );
  });

  it('starts the training that is set, and may do nothing else', () => {
    const stack = synthesise({
      trainingSchedule: 'cron(0 3 ? * SUN *)',
      trainingData: 'faces',
      trainingTask: 'gender',
    });
    stack.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'cron(0 3 ? * SUN *)',
      Target: Match.objectLike({
        Input: JSON.stringify({ task: 'gender', data: 'faces', network: 'transfer' }),
      }),
    });
    const policies = Object.entries(stack.findResources('AWS::IAM::Policy'));
    const [, policy] = policies.find(([id]) => id.startsWith('TrainingScheduleRole')) ?? [];
    assert.deepEqual(
      policy?.Properties.PolicyDocument.Statement.map(({ Action }: { Action: unknown }) => Action),
      ['states:StartExecution'],
    );
  });
});
