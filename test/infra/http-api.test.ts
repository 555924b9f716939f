import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { Match } from 'aws-cdk-lib/assertions';
import { synthesise } from './synthesis.ts';

const template = synthesise();
const OPEN = ['GET /', 'GET /assets/{name}', 'GET /health', 'GET /openapi.json', 'GET /reference'];

it('has executions of its own only where that is set, and mails about costs too', () => {
  const reserved = (context: object) =>
    Object.values(synthesise({ ...context }).findResources('AWS::Lambda::Function')).flatMap(
      ({ Properties }) => Properties.ReservedConcurrentExecutions ?? [],
    );
  assert.deepEqual(reserved({}), []);
  assert.deepEqual(reserved({ apiConcurrency: 50 }), [50]);
  const stack = synthesise({ monthlyBudget: 200, alarmEmail: 'me@example.com' });
  stack.hasResourceProperties('AWS::Budgets::Budget', {
    Budget: { BudgetType: 'COST', TimeUnit: 'MONTHLY', BudgetLimit: { Amount: 200, Unit: 'USD' } },
    NotificationsWithSubscribers: [
      { Notification: { NotificationType: 'ACTUAL', Threshold: 80 } },
      { Notification: { NotificationType: 'FORECASTED', Threshold: 100 } },
    ],
  });
});

describe('HTTP API', () => {
  it('leads every request to one function, which no other API may call', () => {
    template.resourceCountIs('AWS::ApiGatewayV2::Api', 1);
    const routes = Object.values(template.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]);
    assert.deepEqual(Object.fromEntries(routes), {
      $default: 'NONE',
      ...Object.fromEntries(OPEN.map((route) => [route, 'NONE'])),
    });
    template.hasResourceProperties('AWS::ApiGatewayV2::Integration', {
      IntegrationType: 'AWS_PROXY',
      PayloadFormatVersion: '2.0',
    });
    const permissions = Object.values(template.findResources('AWS::Lambda::Permission'));
    const callers = permissions.map(({ Properties }) => Properties.Principal);
    // The other one belongs to the rule about trainings that ended.
    assert.deepEqual([...new Set(callers)].sort(), ['apigateway.amazonaws.com', 'events.amazonaws.com']);
    for (const { Properties } of permissions) {
      if (Properties.Principal !== 'apigateway.amazonaws.com') continue;
      assert.match(JSON.stringify(Properties.SourceArn), /execute-api/);
    }
  });

  it('asks for signatures where access is for AWS identities, but not where there is no data', () => {
    const iam = synthesise({ apiAccess: 'iam' });
    const routes = Object.values(iam.findResources('AWS::ApiGatewayV2::Route')).map(({ Properties }) => [
      Properties.RouteKey,
      Properties.AuthorizationType,
    ]);
    assert.deepEqual(Object.fromEntries(routes), {
      $default: 'AWS_IAM',
      ...Object.fromEntries(OPEN.map((route) => [route, 'NONE'])),
    });
    // Nobody signs what browsers ask before a request to another origin.
    const open = synthesise({ apiAccess: 'iam', corsOrigins: 'https://example.com' });
    open.hasResourceProperties('AWS::ApiGatewayV2::Route', {
      RouteKey: 'OPTIONS /{proxy+}',
      AuthorizationType: 'NONE',
    });
    open.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: {
        AllowHeaders: Match.arrayWith(['authorization', 'x-amz-date', 'x-amz-security-token']),
      },
    });
    iam.hasResourceProperties('AWS::Lambda::Function', {
      Environment: { Variables: Match.objectLike({ API_ACCESS: 'iam' }) },
    });
  });

  it('is limited, and logs who asked for nothing but what came of it', () => {
    synthesise({ apiRate: 7 }).hasResourceProperties('AWS::ApiGatewayV2::Stage', {
      StageName: '$default',
      AutoDeploy: true,
      DefaultRouteSettings: { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 7 },
      // What anyone may ask for uses up nobody's requests for anything else.
      RouteSettings: Object.fromEntries(
        OPEN.map((route) => [route, { ThrottlingRateLimit: 7, ThrottlingBurstLimit: 7 }]),
      ),
    });
    const routes = Object.keys(template.findResources('AWS::ApiGatewayV2::Route'));
    const [depends] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage')).map(
      ({ DependsOn }) => DependsOn,
    );
    assert.equal(routes.filter((id) => depends.includes(id)).length, OPEN.length);
    const [stage] = Object.values(template.findResources('AWS::ApiGatewayV2::Stage'));
    const { Format } = stage?.Properties.AccessLogSettings ?? {};
    assert.doesNotMatch(Format, /sourceIp|userAgent|\$context\.path|authorizer/);
    assert.match(Format, /\$context\.status/);
  });

  it('is closed to other web pages unless their origins are set', () => {
    template.allResourcesProperties('AWS::ApiGatewayV2::Api', { CorsConfiguration: Match.absent() });
    const open = synthesise({ corsOrigins: 'https://example.com,http://localhost:3000' });
    open.hasResourceProperties('AWS::ApiGatewayV2::Api', {
      CorsConfiguration: {
        AllowOrigins: ['https://example.com', 'http://localhost:3000'],
        AllowMethods: ['GET', 'POST', 'PUT', 'DELETE'],
        AllowCredentials: Match.absent(),
      },
    });
    open.hasResourceProperties('AWS::S3::Bucket', {
      CorsConfiguration: {
        CorsRules: [
          Match.objectLike({
            AllowedMethods: ['POST'],
            AllowedOrigins: Match.arrayWith(['https://example.com', 'http://localhost:3000']),
          }),
        ],
      },
    });
  });

  it('keeps keys and labels as it keeps photos', () => {
    for (const [context, policy] of [
      [{}, 'RetainExceptOnCreate'],
      [{ removalPolicy: 'destroy' }, 'Delete'],
    ] as const) {
      const stack = synthesise(context);
      stack.hasResource('AWS::DynamoDB::Table', {
        Properties: { KeySchema: [{ AttributeName: 'hash', KeyType: 'HASH' }] },
        DeletionPolicy: policy,
      });
      const [labels] = Object.entries(stack.findResources('AWS::S3::Bucket')).filter(([id]) =>
        id.startsWith('Labels'),
      );
      assert.equal(labels?.[1].DeletionPolicy, policy);
    }
  });

  it('lists a folder by the index that has what a list shows', () => {
    template.hasResourceProperties('AWS::DynamoDB::Table', {
      GlobalSecondaryIndexes: Match.arrayWith([
        {
          IndexName: 'by-folder',
          KeySchema: [
            { AttributeName: 'folder', KeyType: 'HASH' },
            { AttributeName: 'uploadedAt', KeyType: 'RANGE' },
          ],
          Projection: {
            ProjectionType: 'INCLUDE',
            NonKeyAttributes: ['status', 'completedAt', 'expiresAt', 'facesFound', 'failure'],
          },
        },
      ]),
    });
  });
});

describe('function', () => {
  it('may do what its routes do, below its own folder, and nothing else', () => {
    const [policy] = Object.entries(template.findResources('AWS::IAM::Policy')).filter(([id]) =>
      id.startsWith('HttpRoleDefaultPolicy'),
    );
    const statements: { Action: string | string[]; Resource: unknown }[] =
      policy?.[1].Properties.PolicyDocument.Statement;
    const allowed = statements.flatMap(({ Action, Resource }) =>
      [Action].flat().map((action) => `${action} ${place(Resource)}`),
    );
    assert.deepEqual(
      allowed.sort(),
      [
        'dynamodb:DeleteItem Table',
        ...['DeleteItem', 'GetItem', 'PutItem', 'Query', 'UpdateItem'].map(
          (action) => `dynamodb:${action} TrainingTable`,
        ),
        'dynamodb:GetItem Table',
        'dynamodb:PutItem Table',
        'dynamodb:Query Table/index/by-folder',
        'dynamodb:Query TrainingTable/index/by-time',
        'dynamodb:UpdateItem Keys',
        'dynamodb:UpdateItem Table',
        'logs:CreateLogStream Http',
        'logs:PutLogEvents Http',
        's3:DeleteObject Chips/*',
        's3:DeleteObject Labels/*',
        's3:DeleteObject Photos/api/*',
        's3:GetObject Photos/*',
        's3:GetObjectTagging Photos/*',
        's3:ListBucket Labels',
        's3:ListBucket Photos',
        's3:GetObject TrainingData/models/*',
        's3:ListBucket TrainingData',
        'states:DescribeExecution executions of TrainingMachine',
        'states:StartExecution TrainingMachine',
        'states:StopExecution executions of TrainingMachine',
        's3:PutObject Labels/*',
        's3:PutObject Photos/api/*',
      ].sort(),
    );
  });
});

/** A resource of a statement: the construct it belongs to, and what of it. */
function place(resource: unknown): string {
  if (typeof resource === 'string') return resource;
  const { 'Fn::GetAtt': attribute, 'Fn::Join': join } = Object(resource);
  const [target, ...rest] = join ? join[1] : [attribute ? { 'Fn::GetAtt': attribute } : resource];
  if (target === 'arn:')
    return `executions of ${nameOf(rest.find((part: object) => 'Fn::GetAtt' in Object(part)))}`;
  return `${nameOf(target)}${rest.join('')}`;
}

function nameOf(reference: { 'Fn::GetAtt'?: string[]; Ref?: string }): string | undefined {
  const id = reference['Fn::GetAtt']?.[0] ?? reference.Ref ?? '';
  return /^(?:Training[A-Z])?[A-Z]?[a-z]+/.exec(id)?.[0];
}

describe('webhook', () => {
  it('is there only when it has an address', () => {
    const rules = Object.keys(template.findResources('AWS::Events::Rule'));
    assert.deepEqual(
      rules.filter((id) => id.startsWith('Webhook')),
      [],
    );
    template.resourceCountIs('AWS::SecretsManager::Secret', 0);
  });

  it('has every finished photo posted to it, with a key, for a day', () => {
    const stack = synthesise({ webhookUrl: 'https://example.com/faces?x=1' });
    stack.hasResourceProperties('AWS::Events::ApiDestination', {
      InvocationEndpoint: 'https://example.com/faces?x=1',
      HttpMethod: 'POST',
    });
    stack.hasResourceProperties('AWS::Events::Connection', {
      AuthorizationType: 'API_KEY',
      AuthParameters: { ApiKeyAuthParameters: Match.objectLike({ ApiKeyName: 'x-facedrop-key' }) },
    });
    stack.hasResourceProperties('AWS::Events::Rule', {
      EventPattern: { source: ['facedrop'], 'detail-type': ['Photo analysed', 'Photo failed'] },
      Targets: [
        Match.objectLike({
          RetryPolicy: { MaximumEventAgeInSeconds: 86_400 },
          DeadLetterConfig: Match.anyValue(),
        }),
      ],
    });
    stack.hasResourceProperties('AWS::CloudWatch::Alarm', {
      MetricName: 'ApproximateNumberOfMessagesVisible',
      AlarmDescription: Match.stringLikeRegexp('webhook'),
    });
  });
});
