import assert from 'node:assert/strict';
import path from 'node:path';
import { describe, it } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesise } from './synthesis.ts';

const template = synthesise();

const idsOf = (type: string, props?: unknown): string[] => Object.keys(template.findResources(type, props));

const SNAPSHOT = path.resolve(import.meta.dirname, '..', 'snapshots', 'template.json');

// After a change that is meant: node --test --test-update-snapshots test/infra/stack.test.ts
it('the template is the one that was reviewed', (t) => {
  const text = JSON.stringify(template.toJSON(), undefined, 2);
  // What the functions contain is not the template's business.
  t.assert.fileSnapshot(text.replaceAll(/[0-9a-f]{64}(?=\.zip|")/g, '<hash>'), SNAPSHOT, {
    serializers: [(lines) => `${lines}\n`],
  });
});

describe('pipeline', () => {
  it('starts with a notification for every photo that is put, deleted or expires', () => {
    const [queue] = idsOf('AWS::SQS::Queue').filter((id) => id.startsWith('DetectQueue'));
    const Queue = { 'Fn::GetAtt': [queue, 'Arn'] };
    template.hasResourceProperties('AWS::S3::Bucket', {
      NotificationConfiguration: {
        QueueConfigurations: [
          { Event: 's3:ObjectCreated:*', Queue },
          { Event: 's3:ObjectRemoved:*', Queue },
          { Event: 's3:LifecycleExpiration:*', Queue },
        ],
      },
    });
  });

  it('has queues that hide a message longer than its function may run, and give it up only after receives beyond its tries', () => {
    const stack = synthesise({ timeout: 30, maximumTries: 5 });
    stack.resourceCountIs('AWS::SQS::Queue', 8);
    stack.resourcePropertiesCountIs(
      'AWS::SQS::Queue',
      { VisibilityTimeout: 60, RedrivePolicy: { maxReceiveCount: 26 } },
      4,
    );
    stack.resourcePropertiesCountIs(
      'AWS::SQS::Queue',
      { RedrivePolicy: Match.absent(), MessageRetentionPeriod: 14 * 24 * 60 * 60 },
      4,
    );
    stack.resourcePropertiesCountIs('AWS::Lambda::Function', { Timeout: 30 }, 4);
  });

  it('keeps messages, and chips, through an outage of days', () => {
    template.allResourcesProperties('AWS::SQS::Queue', { MessageRetentionPeriod: 14 * 24 * 60 * 60 });
  });

  it('looks after photos that come to no end, every few minutes', () => {
    const [sweep] = idsOf('AWS::Lambda::Function').filter((id) => id.startsWith('Sweep'));
    template.hasResourceProperties('AWS::Scheduler::Schedule', {
      ScheduleExpression: 'rate(5 minutes)',
      Target: Match.objectLike({ Arn: { 'Fn::GetAtt': [sweep, 'Arn'] } }),
    });
  });

  it('takes batches and answers for each message in them', () => {
    template.resourceCountIs('AWS::Lambda::EventSourceMapping', 4);
    template.allResourcesProperties('AWS::Lambda::EventSourceMapping', {
      FunctionResponseTypes: ['ReportBatchItemFailures'],
      BatchSize: 5,
      ScalingConfig: { MaximumConcurrency: 10 },
    });
  });

  for (const [estimators, groups] of [
    ['age / gender', ['age', 'gender', 'own']],
    ['age+gender', ['age+gender', 'own']],
    ['gender+own / age', ['gender+own', 'age']],
  ] as const) {
    it(`has estimates ordered in a queue for each group of ${estimators}`, () => {
      const [detect] = Object.values(
        synthesise({ estimators }).findResources('AWS::Lambda::Function', {
          Properties: { Environment: { Variables: { ESTIMATE_QUEUES: Match.anyValue() } } },
        }),
      );
      const [, parts] = detect?.Properties.Environment.Variables.ESTIMATE_QUEUES['Fn::Join'] ?? [];
      const queues = parts.map((part: string | { Ref: string }) =>
        typeof part === 'string' ? part : part.Ref.replace(/Queue.*/, ''),
      );
      const idOf = (group: string) =>
        group.replaceAll(/(?:^|\+)(\w)/g, (_, letter: string) => letter.toUpperCase());
      assert.equal(queues.join(''), groups.map((group) => `${group}=${idOf(group)}`).join(' '));
    });
  }

  it('runs on the current Node.js with the one layer', () => {
    const [layer] = idsOf('AWS::Lambda::LayerVersion');
    const common = { Architectures: ['arm64'] };
    const trained = { ...common, PackageType: 'Image', Architectures: ['x86_64'] };
    template.resourcePropertiesCountIs('AWS::Lambda::Function', trained, 1);
    template.resourcePropertiesCountIs(
      'AWS::Lambda::Function',
      { ...common, Runtime: 'nodejs24.x', Layers: [{ Ref: layer }] },
      idsOf('AWS::Lambda::Function').length - 1,
    );
    synthesise({ engine: 'tfjs' }).allResourcesProperties('AWS::Lambda::Function', {
      Architectures: ['x86_64'],
    });
  });

  it('writes traces, and may write them, only when it is told to', () => {
    synthesise({ tracing: true }).allResourcesProperties('AWS::Lambda::Function', {
      TracingConfig: { Mode: 'Active' },
    });
    template.allResourcesProperties('AWS::Lambda::Function', { TracingConfig: Match.absent() });
    assert.doesNotMatch(JSON.stringify(template.toJSON()), /xray/i);
  });

  it('outputs all that clients need', () => {
    assert.deepEqual(Object.keys(template.findOutputs('*')), [
      'photoBucket',
      'chipBucket',
      'table',
      'eventBus',
      'uploadQueue',
      'uploadDeadLetters',
      'estimators',
      'attributes',
      'apiUrl',
      'keyTable',
      'labelBucket',
      'trainingBucket',
      'trainingTable',
      'maximumTrainingMinutes',
      'maximumTrainingDollars',
      'trainingMachine',
    ]);
  });
});

describe('alarms', () => {
  it('watch dead letters, backlog, errors and throttles of each stage, and the time a photo takes', () => {
    for (const [metric, threshold, count] of [
      ['ApproximateNumberOfMessagesVisible', 0, 4],
      ['ApproximateAgeOfOldestMessage', 4 * 6 * 60, 4],
      ['Errors', 0, 5],
      ['Throttles', 0, 5],
      ['5xx', 0, 1],
      ['UploadToResult', 60_000, 1],
      ['ModelsNotLoaded', 0, 1],
    ] as const) {
      template.resourcePropertiesCountIs(
        'AWS::CloudWatch::Alarm',
        { MetricName: metric, Threshold: threshold },
        count,
      );
    }
    template.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'UploadToResult',
      Namespace: 'facedrop',
      Dimensions: [{ Name: 'service', Value: 'facedrop' }],
      ExtendedStatistic: 'p95',
    });
  });

  it('say what refuses the HTTP API: the account, or what is reserved for it', () => {
    for (const [context, cause] of [
      [{}, "the account's concurrency is used up"],
      [{ apiConcurrency: 50 }, 'all 50 executions that are reserved for it'],
    ] as const) {
      synthesise(context).hasResourceProperties('AWS::CloudWatch::Alarm', {
        AlarmDescription: Match.stringLikeRegexp(
          `Invocations of the HTTP API's function were throttled: ${cause}`,
        ),
      });
    }
  });

  it('reach the topic, and a person when there is an address', () => {
    const [topic] = idsOf('AWS::SNS::Topic').filter((id) => id.startsWith('Alarms'));
    template.allResourcesProperties('AWS::CloudWatch::Alarm', { AlarmActions: [{ Ref: topic }] });
    template.hasResourceProperties('AWS::SNS::TopicPolicy', {
      Topics: [{ Ref: topic }],
      PolicyDocument: {
        Statement: Match.arrayWith([
          Match.objectLike({
            Effect: 'Allow',
            Principal: { Service: 'cloudwatch.amazonaws.com' },
            Action: 'sns:Publish',
          }),
        ]),
      },
    });
    synthesise({ alarmEmail: 'me@example.com' }).hasResourceProperties('AWS::SNS::Subscription', {
      Protocol: 'email',
      Endpoint: 'me@example.com',
    });
  });
});
