import { Stack } from 'aws-cdk-lib';
import {
  AlarmStatusWidget,
  Dashboard,
  GraphWidget,
  type IMetric,
  SingleValueWidget,
  Stats,
} from 'aws-cdk-lib/aws-cloudwatch';
import { Construct } from 'constructs';
import type { HttpApi } from '../api/http-api.ts';
import type { Config } from '../config.ts';
import type { Stage } from '../pipeline/stage.ts';
import type { Training } from '../training/training.ts';
import type { Alarms } from './alarms.ts';
import { PERIOD, pipelineMetrics } from './metrics.ts';

export interface PipelineDashboardProps {
  readonly config: Config;
  readonly stages: Readonly<Record<string, Stage>>;
  readonly api: HttpApi;
  readonly training: Training;
  readonly alarms: Alarms;
}

/** One page: how many photos, how long they take, what waits, what went wrong. */
export class PipelineDashboard extends Construct {
  constructor(
    scope: Construct,
    id: string,
    { config, stages, api, training, alarms }: PipelineDashboardProps,
  ) {
    super(scope, id);
    const { done, failed, faces, medianTime, slowTime } = pipelineMetrics(config.stackName);
    const each = (metric: (name: string, stage: Stage) => IMetric) =>
      Object.entries(stages).map(([name, stage]) => metric(name, stage));
    const graph = (title: string, left: IMetric[], label?: string) =>
      new GraphWidget({ title, left, leftYAxis: { min: 0, ...(label && { label }) }, width: 8 });

    // Dashboards' names are an account's, whatever the region.
    const dashboardName = `${config.stackName}-${Stack.of(this).region}`;
    const dashboard = new Dashboard(this, 'Dashboard', { dashboardName });
    dashboard.addWidgets(
      new SingleValueWidget({
        title: 'Photos',
        metrics: [done, failed, faces],
        setPeriodToTimeRange: true,
        width: 8,
        height: 4,
      }),
      new AlarmStatusWidget({ title: 'Alarms', alarms: alarms.alarms, width: 16, height: 4 }),
    );
    dashboard.addWidgets(
      graph('Photos', [done, failed]),
      graph(
        'From upload to result',
        [medianTime.with({ label: 'median' }), slowTime.with({ label: '95th percentile' })],
        'ms',
      ),
      graph(
        'Time per invocation, 95th percentile',
        each((name, { handler }) =>
          handler.metricDuration({ label: name, period: PERIOD, statistic: Stats.p(95) }),
        ),
        'ms',
      ),
    );
    dashboard.addWidgets(
      graph(
        'Messages waiting',
        each((name, { queue }) =>
          queue.metricApproximateNumberOfMessagesVisible({ label: name, period: PERIOD }),
        ),
      ),
      graph(
        'Age of the oldest message',
        each((name, { queue }) => queue.metricApproximateAgeOfOldestMessage({ label: name, period: PERIOD })),
        's',
      ),
      graph(
        'Dead letters',
        each((name, { deadLetters }) =>
          deadLetters.metricApproximateNumberOfMessagesVisible({ label: name, period: PERIOD }),
        ),
      ),
    );
    dashboard.addWidgets(
      graph(
        'Concurrent executions',
        each((name, { handler }) =>
          handler.metric('ConcurrentExecutions', { label: name, period: PERIOD, statistic: Stats.MAXIMUM }),
        ),
      ),
      graph(
        'Errors',
        each((name, { handler }) => handler.metricErrors({ label: name, period: PERIOD })),
      ),
      graph(
        'Throttles',
        each((name, { handler }) => handler.metricThrottles({ label: name, period: PERIOD })),
      ),
    );
    const { api: gateway } = api;
    dashboard.addWidgets(
      graph('HTTP API: requests', [
        gateway.metricCount({ label: 'all', period: PERIOD, statistic: Stats.SUM }),
      ]),
      graph('HTTP API: refused and failed', [
        gateway.metricClientError({ label: 'refused', period: PERIOD, statistic: Stats.SUM }),
        gateway.metricServerError({ label: 'failed', period: PERIOD, statistic: Stats.SUM }),
      ]),
      graph(
        'HTTP API: time per request',
        [
          gateway.metricLatency({ label: 'median', period: PERIOD, statistic: Stats.p(50) }),
          gateway.metricLatency({ label: '95th percentile', period: PERIOD, statistic: Stats.p(95) }),
        ],
        'ms',
      ),
    );
    if (!training.machine) return;
    const { machine } = training.machine;
    const sum = { period: PERIOD, statistic: Stats.SUM };
    dashboard.addWidgets(
      graph('Trainings', [
        machine.metricStarted({ label: 'started', ...sum }),
        machine.metricSucceeded({ label: 'ended', ...sum }),
        machine.metricFailed({ label: 'failed', ...sum }),
      ]),
      graph(
        'Trainings: from start to end',
        [machine.metricTime({ label: 'longest', statistic: Stats.MAXIMUM })],
        'ms',
      ),
    );
  }
}
