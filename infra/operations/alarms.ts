import { ArnFormat, Duration, Stack } from 'aws-cdk-lib';
import { Alarm, ComparisonOperator, type IMetric, Stats, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import { PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Topic } from 'aws-cdk-lib/aws-sns';
import { EmailSubscription } from 'aws-cdk-lib/aws-sns-subscriptions';
import { Construct } from 'constructs';
import type { HttpApi } from '../api/http-api.ts';
import type { Config } from '../config.ts';
import type { Stage } from '../pipeline/stage.ts';
import type { Sweep } from '../pipeline/sweep.ts';
import type { Webhook } from '../pipeline/webhook.ts';
import type { Training } from '../training/training.ts';
import { PERIOD, pipelineMetrics } from './metrics.ts';

export interface AlarmsProps {
  readonly config: Config;
  readonly stages: Readonly<Record<string, Stage>>;
  readonly sweep: Sweep;
  readonly api: HttpApi;
  readonly webhook: Webhook | undefined;
  readonly training: Training;
}

/** Notifies people when photos fail, wait or take long. */
export class Alarms extends Construct {
  readonly topic: Topic;
  readonly alarms: Alarm[] = [];

  constructor(scope: Construct, id: string, { config, stages, sweep, api, webhook, training }: AlarmsProps) {
    super(scope, id);
    // Not encrypted with AWS's own key for topics: CloudWatch may not use that one, and alarms carry no photos.
    this.topic = new Topic(this, 'Topic', { enforceSSL: true });
    const { stackName, account } = Stack.of(this);
    this.topic.addToResourcePolicy(
      new PolicyStatement({
        principals: [new ServicePrincipal('cloudwatch.amazonaws.com')],
        actions: ['sns:Publish'],
        resources: [this.topic.topicArn],
        conditions: {
          ArnLike: {
            'aws:SourceArn': Stack.of(this).formatArn({
              service: 'cloudwatch',
              resource: 'alarm',
              resourceName: `${stackName}-*`,
              arnFormat: ArnFormat.COLON_RESOURCE_NAME,
            }),
          },
          StringEquals: { 'aws:SourceAccount': account },
        },
      }),
    );
    if (config.alarmEmail) this.topic.addSubscription(new EmailSubscription(config.alarmEmail));

    // Longer than messages take that fail on every try, however long that lasts: so long only a backlog has them wait.
    const longestWait = 6 * config.timeout * config.maximumTries;
    for (const [name, { deadLetters, queue, handler }] of Object.entries(stages)) {
      this.raise(
        `${name}DeadLetters`,
        deadLetters.metricApproximateNumberOfMessagesVisible({ period: PERIOD, statistic: Stats.MAXIMUM }),
        0,
        `Messages that ${name} could not process are in its dead-letter queue. See why in its logs, then run: npm run redrive.`,
      );
      this.raise(
        `${name}Backlog`,
        queue.metricApproximateAgeOfOldestMessage({ period: PERIOD, statistic: Stats.MAXIMUM }),
        longestWait,
        `A message has waited for ${name} longer than all its tries take: photos arrive faster than they are processed.`,
      );
      this.raise(
        `${name}Errors`,
        handler.metricErrors({ period: PERIOD }),
        0,
        `${name} crashed or ran out of time or memory. Its messages are tried again.`,
      );
      this.raise(
        `${name}Throttles`,
        handler.metricThrottles({ period: PERIOD }),
        0,
        `Invocations of ${name} were throttled: the account's concurrency is used up.`,
      );
    }
    this.raise(
      'sweepErrors',
      sweep.handler.metricErrors({ period: PERIOD }),
      0,
      'Sweep, which restarts stuck photos, failed. See why in its logs.',
    );
    this.raise(
      'apiErrors',
      api.api.metricServerError({ period: PERIOD, statistic: Stats.SUM }),
      0,
      'The HTTP API could not answer a request. See why in its logs.',
    );
    this.raise(
      'apiThrottles',
      api.handler.metricThrottles({ period: PERIOD }),
      0,
      `Invocations of the HTTP API's function were throttled: ${
        config.apiConcurrency > 0
          ? `all ${config.apiConcurrency} executions that are reserved for it (apiConcurrency) were busy`
          : "the account's concurrency is used up"
      }.`,
    );
    if (webhook) {
      this.raise(
        'webhookDeadLetters',
        webhook.deadLetters.metricApproximateNumberOfMessagesVisible({
          period: PERIOD,
          statistic: Stats.MAXIMUM,
        }),
        0,
        'Announcements that the webhook refused, or did not accept for a day, are in its dead-letter queue. See why with: npm run redrive -- --dry-run.',
      );
    }
    const metrics = pipelineMetrics(config.stackName);
    this.raise(
      'ModelsNotLoaded',
      metrics.modelsNotLoaded,
      0,
      'A trained model, or the gallery, could not be loaded; the last good one stays in service. See why in the logs. To go back to an earlier model, run: npm run models -- rollback TASK.',
    );
    const { machine } = training;
    if (machine) {
      this.raise(
        'trainingFailures',
        machine.machine.metricFailed({ period: PERIOD, statistic: Stats.SUM }),
        0,
        'A training failed. See why with: npm run train -- list.',
      );
    }
    this.raise(
      'Slow',
      metrics.slowTime,
      Duration.seconds(config.slowAfter).toMilliseconds(),
      `One photo in twenty takes more than ${config.slowAfter} s from its upload to its result.`,
    );
  }

  private raise(name: string, metric: IMetric, threshold: number, alarmDescription: string): void {
    const alarm = new Alarm(this, name, {
      metric,
      threshold,
      alarmDescription: `${Stack.of(this).stackName}: ${alarmDescription}`,
      comparisonOperator: ComparisonOperator.GREATER_THAN_THRESHOLD,
      evaluationPeriods: 1,
      treatMissingData: TreatMissingData.NOT_BREACHING,
    });
    alarm.addAlarmAction(new SnsAction(this.topic));
    this.alarms.push(alarm);
  }
}
