import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Match, type Template } from 'aws-cdk-lib/assertions';
import { z } from 'zod';
import { synthesise } from './synthesis.ts';

const template = synthesise();

const oneOrMore = <T extends z.ZodType>(schema: T) =>
  z.union([z.array(schema), schema.transform((one) => [one])]);
const statementSchema = z.looseObject({
  Effect: z.enum(['Allow', 'Deny']),
  Action: oneOrMore(z.string()),
  Resource: oneOrMore(z.unknown()),
  Principal: z.unknown().optional(),
  Condition: z.unknown().optional(),
});
type Statement = z.infer<typeof statementSchema>;

/** The statements of every policy in the template, by the logical id of the resource that holds it. */
function statements(of: Template): Map<string, Statement[]> {
  const resources = z.record(z.string(), z.looseObject({ Properties: z.looseObject({}).optional() }));
  const found = new Map<string, Statement[]>();
  for (const [id, { Properties }] of Object.entries(resources.parse(of.toJSON().Resources))) {
    const { PolicyDocument: document } = Properties ?? {};
    if (document === undefined) continue;
    found.set(id, z.object({ Statement: z.array(statementSchema) }).parse(document).Statement);
  }
  return found;
}

/** The actions that some policy allows for every resource. */
const allowedForAll = (policies: ReadonlyMap<string, readonly Statement[]>): Set<string> =>
  new Set(
    [...policies.values()]
      .flat()
      .filter(({ Effect, Resource }) => Effect === 'Allow' && Resource.includes('*'))
      .flatMap(({ Action }) => Action),
  );

const idsOf = (type: string, props?: unknown): string[] => Object.keys(template.findResources(type, props));

describe('permissions', () => {
  const all = statements(template);

  it('are for all resources only where AWS knows no narrower ones: traces', () => {
    assert.deepEqual(allowedForAll(all), new Set());
    assert.deepEqual(
      allowedForAll(statements(synthesise({ tracing: true }))),
      new Set([
        'xray:PutTraceSegments',
        'xray:PutTelemetryRecords',
        'xray:GetSamplingRules',
        'xray:GetSamplingTargets',
      ]),
    );
  });

  it('are granted to nobody unnamed, and name every action', () => {
    for (const statement of [...all.values()].flat().filter(({ Effect }) => Effect === 'Allow')) {
      assert.doesNotMatch(JSON.stringify(statement.Principal ?? {}), /"\*"/);
      for (const action of statement.Action) assert.doesNotMatch(action, /\*/);
    }
  });

  it('of each function are what it needs and nothing else', () => {
    const common = [
      'logs:CreateLogStream',
      'logs:PutLogEvents',
      'sqs:ReceiveMessage',
      'sqs:ChangeMessageVisibility',
      'sqs:GetQueueUrl',
      'sqs:DeleteMessage',
      'sqs:GetQueueAttributes',
      'events:PutEvents',
      'dynamodb:GetItem',
      'dynamodb:UpdateItem',
      's3:GetObject',
      's3:DeleteObject',
      's3:ListBucket',
    ];
    for (const [stage, more] of [
      ['Detect', ['s3:PutObject', 's3:GetObjectTagging', 'sqs:SendMessage', 'dynamodb:DeleteItem']],
      ['Age', []],
      ['Gender', []],
    ] as const) {
      const [[, own] = []] = [...all].filter(([id]) => id.startsWith(`${stage}RoleDefaultPolicy`));
      const actions = own?.flatMap(({ Action }) => Action) ?? [];
      assert.deepEqual(new Set(actions), new Set([...common, ...more]));
    }
  });

  it('to read the gallery have only the API and the function that tells likeness, where it is asked for', () => {
    const readers = (of: Template) =>
      [...statements(of)]
        .filter(([, list]) => list.some(({ Resource }) => JSON.stringify(Resource).includes('/gallery/')))
        .map(([id, list]) => [
          id.replace(/Role.*/, ''),
          ...list
            .filter(({ Resource }) => JSON.stringify(Resource).includes('/gallery/'))
            .flatMap(({ Action }) => Action),
        ]);
    assert.deepEqual(readers(template), []);
    const asked = synthesise({ attributes: 'age,gender,expression,looks' });
    assert.deepEqual(readers(asked).sort(), [
      ['Http', 's3:GetObject'],
      ['Looks', 's3:GetObject'],
    ]);
  });

  it('of what looks after photos are to see letters and leave them, and to read no more than it must', () => {
    const [[, own] = []] = [...all].filter(([id]) => id.startsWith('SweepRoleDefaultPolicy'));
    const actions = own?.flatMap(({ Action }) => Action) ?? [];
    assert.deepEqual(
      new Set(actions),
      new Set([
        ...['logs:CreateLogStream', 'logs:PutLogEvents'],
        ...['sqs:ReceiveMessage', 'sqs:ChangeMessageVisibility', 'sqs:SendMessage', 'events:PutEvents'],
        ...['dynamodb:GetItem', 'dynamodb:UpdateItem', 'dynamodb:Query'],
        ...['s3:GetObject', 's3:DeleteObject', 's3:ListBucket'],
      ]),
    );
  });

  it('come from no managed policy', () => {
    template.resourceCountIs('AWS::IAM::Role', 13);
    template.allResourcesProperties('AWS::IAM::Role', { ManagedPolicyArns: Match.absent() });
  });

  it('let S3 send to the upload queue only for the photo bucket of this account', () => {
    const [queue] = idsOf('AWS::SQS::Queue').filter((id) => id.startsWith('DetectQueue'));
    const senders = [...all].flatMap(([id, list]) =>
      id.startsWith('DetectQueuePolicy') ? list.filter(({ Effect }) => Effect === 'Allow') : [],
    );
    assert.equal(senders.length, 1);
    const [sender] = senders;
    assert.deepEqual(sender?.Principal, { Service: 's3.amazonaws.com' });
    assert.deepEqual(sender?.Resource, [{ 'Fn::GetAtt': [queue, 'Arn'] }]);
    const [bucket] = Object.values(
      template.findResources('AWS::S3::Bucket', { Properties: { BucketName: Match.anyValue() } }),
    );
    assert.deepEqual(sender?.Condition, {
      ArnEquals: {
        'aws:SourceArn': {
          'Fn::Join': ['', ['arn:', { Ref: 'AWS::Partition' }, ':s3:::', bucket?.Properties.BucketName]],
        },
      },
      StringEquals: { 'aws:SourceAccount': { Ref: 'AWS::AccountId' } },
    });
  });

  it('let only detect send to the queues of those who estimate', () => {
    for (const stage of ['Age', 'Gender', 'Own']) {
      const [queue] = idsOf('AWS::SQS::Queue').filter((id) => id.startsWith(`${stage}Queue`));
      const senders = [...all].filter(([, list]) =>
        list.some(
          ({ Effect, Action, Resource }) =>
            Effect === 'Allow' &&
            [Action].flat().includes('sqs:SendMessage') &&
            JSON.stringify(Resource).includes(`"${queue}"`),
        ),
      );
      assert.deepEqual(
        senders.map(([id]) => id.replace(/DefaultPolicy.*/, '')),
        ['DetectRole'],
      );
    }
  });
});

describe('data', () => {
  it('travels over TLS only', () => {
    const refusing = [...statements(template)].filter(([, list]) =>
      list.some(
        ({ Effect, Condition }) =>
          Effect === 'Deny' && JSON.stringify(Condition) === '{"Bool":{"aws:SecureTransport":"false"}}',
      ),
    );
    const stores = ['AWS::S3::Bucket', 'AWS::SQS::Queue', 'AWS::SNS::Topic'].flatMap((type) => idsOf(type));
    assert.equal(stores.length, 13);
    const policies = template.toJSON().Resources;
    const covered = refusing.flatMap(([id]) => {
      const { Bucket, Queues = [], Topics = [] } = policies[id].Properties;
      return [Bucket, ...Queues, ...Topics].filter(Boolean).map(({ Ref }) => Ref);
    });
    assert.deepEqual(new Set(covered), new Set(stores));
  });

  it('is encrypted where it lies', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      BucketEncryption: {
        ServerSideEncryptionConfiguration: [{ ServerSideEncryptionByDefault: { SSEAlgorithm: 'AES256' } }],
      },
    });
    template.allResourcesProperties('AWS::SQS::Queue', { SqsManagedSseEnabled: true });
  });

  it('is never public', () => {
    template.allResourcesProperties('AWS::S3::Bucket', {
      PublicAccessBlockConfiguration: {
        BlockPublicAcls: true,
        BlockPublicPolicy: true,
        IgnorePublicAcls: true,
        RestrictPublicBuckets: true,
      },
    });
  });

  it('goes when its time is up: chips after a week, items by their own date, logs as configured', () => {
    template.hasResource('AWS::S3::Bucket', {
      Properties: {
        BucketName: Match.absent(),
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 7 })] },
      },
      DeletionPolicy: 'Delete',
    });
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      KeySchema: [{ AttributeName: 'photo', KeyType: 'HASH' }],
      TimeToLiveSpecification: { AttributeName: 'expiresAt', Enabled: true },
    });
    template.allResourcesProperties('AWS::Logs::LogGroup', { RetentionInDays: 30 });
    template.allResourcesProperties('AWS::Lambda::Function', {
      LoggingConfig: { LogGroup: Match.anyValue() },
    });
  });

  it('outlives the stack or goes with it, as configured, and so do photos age', () => {
    const photos = { BucketName: Match.anyValue() };
    template.hasResource('AWS::S3::Bucket', { Properties: photos, DeletionPolicy: 'RetainExceptOnCreate' });
    template.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'RetainExceptOnCreate' });
    const passing = synthesise({ removalPolicy: 'destroy', photoDays: 7 });
    passing.hasResource('AWS::S3::Bucket', {
      Properties: {
        ...photos,
        LifecycleConfiguration: { Rules: [Match.objectLike({ ExpirationInDays: 7 })] },
      },
      DeletionPolicy: 'Delete',
    });
    passing.hasResource('AWS::DynamoDB::Table', { DeletionPolicy: 'Delete' });
  });

  it('can be restored', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      PointInTimeRecoverySpecification: { PointInTimeRecoveryEnabled: true },
    });
  });
});
