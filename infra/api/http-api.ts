import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { AccessLogFormat } from 'aws-cdk-lib/aws-apigateway';
import {
  type CfnStage,
  CorsHttpMethod,
  HttpApi as GatewayApi,
  HttpMethod,
  HttpNoneAuthorizer,
  HttpStage,
  LogGroupLogDestination,
} from 'aws-cdk-lib/aws-apigatewayv2';
import { HttpIamAuthorizer } from 'aws-cdk-lib/aws-apigatewayv2-authorizers';
import { HttpLambdaIntegration } from 'aws-cdk-lib/aws-apigatewayv2-integrations';
import type { Function as LambdaFunction } from 'aws-cdk-lib/aws-lambda';
import { LogGroup } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { createFunction, type FunctionProps } from '../function.ts';

/** What anyone may read: it holds nobody's data. */
const OPEN = ['/', '/assets/{name}', '/health', '/openapi.json', '/reference'];

/** What pages on other origins may send along to say who they are. */
const HEADERS = {
  key: ['x-api-key'],
  iam: ['x-amz-date', 'x-amz-security-token', 'x-amz-content-sha256'],
} as const;

/** API Gateway waits no longer for a function, in seconds. */
const LONGEST_WAIT = 29;

/** What clients without a bucket of their own talk to: one function behind API Gateway. */
export class HttpApi extends Construct {
  readonly handler: LambdaFunction;
  readonly api: GatewayApi;

  constructor(scope: Construct, id: string, props: FunctionProps) {
    super(scope, id);
    const { config, environment } = props;
    this.handler = createFunction(this, {
      ...props,
      timeout: LONGEST_WAIT,
      concurrency: config.apiConcurrency,
      environment: {
        API_ACCESS: config.apiAccess,
        API_ADMINS: config.apiAdmins.join(' '),
        IDENTITY_RATE: String(config.identityRate),
        IDENTITY_QUOTA: String(config.identityQuota),
        ...environment,
      },
    });

    const defaultIntegration = new HttpLambdaIntegration('Integration', this.handler);
    this.api = new GatewayApi(this, 'Api', {
      apiName: config.stackName,
      description: 'Analyse photos at once, or upload them and get the results later; correct and erase them',
      createDefaultStage: false,
      defaultIntegration,
      ...(config.apiAccess === 'iam' && { defaultAuthorizer: new HttpIamAuthorizer() }),
      ...(config.corsOrigins.length > 0 && {
        corsPreflight: {
          allowOrigins: config.corsOrigins,
          allowMethods: [CorsHttpMethod.GET, CorsHttpMethod.POST, CorsHttpMethod.PUT, CorsHttpMethod.DELETE],
          allowHeaders: ['authorization', 'content-type', ...HEADERS[config.apiAccess]],
          exposeHeaders: ['retry-after'],
        },
      }),
    });
    // Routes of their own have limits of their own.
    const open = OPEN.flatMap((path) =>
      this.api.addRoutes({
        path,
        methods: [HttpMethod.GET],
        integration: defaultIntegration,
        authorizer: new HttpNoneAuthorizer(),
      }),
    );
    // Browsers don't sign what they ask before a request to another origin.
    if (config.apiAccess === 'iam' && config.corsOrigins.length > 0) {
      this.api.addRoutes({
        path: '/{proxy+}',
        methods: [HttpMethod.OPTIONS],
        integration: defaultIntegration,
        authorizer: new HttpNoneAuthorizer(),
      });
    }
    const logGroup = new LogGroup(this, 'AccessLogs', {
      retention: config.logDays,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const throttle = { rateLimit: config.apiRate, burstLimit: config.apiRate };
    const stage = new HttpStage(this, 'Stage', {
      httpApi: this.api,
      autoDeploy: true,
      throttle,
      accessLogSettings: {
        destination: new LogGroupLogDestination(logGroup),
        // Nobody's address, and no photo's name.
        format: AccessLogFormat.custom(
          JSON.stringify({
            time: '$context.requestTime',
            id: '$context.requestId',
            method: '$context.httpMethod',
            route: '$context.routeKey',
            status: '$context.status',
            milliseconds: '$context.responseLatency',
            error: '$context.integrationErrorMessage',
          }),
        ),
      },
    });
    // They have to be there before the stage has settings for them.
    stage.node.addDependency(...open);
    (stage.node.defaultChild as CfnStage).routeSettings = Object.fromEntries(
      OPEN.map((path) => [
        `GET ${path}`,
        { ThrottlingRateLimit: throttle.rateLimit, ThrottlingBurstLimit: throttle.burstLimit },
      ]),
    );
    Validations.of(this.api).acknowledge({
      id: 'AwsSolutions-APIG4',
      reason:
        'The function asks for API keys itself, on every route that leads to data, so that local stacks do as AWS does; ' +
        'with apiAccess=iam API Gateway asks for signatures and leaves open what holds no data.',
    });
  }
}
