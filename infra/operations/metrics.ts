import { Duration } from 'aws-cdk-lib';
import { Metric, Stats } from 'aws-cdk-lib/aws-cloudwatch';
import { METRIC, METRICS_NAMESPACE } from '../../functions/shared/metrics.ts';

/** How finely dashboard and alarms look at the metrics. */
export const PERIOD = Duration.minutes(5);

/** The functions' own metrics of one stack. */
export function pipelineMetrics(stackName: string) {
  const metric = (metricName: string, statistic: string) =>
    new Metric({
      namespace: METRICS_NAMESPACE,
      metricName,
      dimensionsMap: { service: stackName },
      statistic,
      period: PERIOD,
    });
  return {
    done: metric(METRIC.photosDone, Stats.SUM),
    failed: metric(METRIC.photosFailed, Stats.SUM),
    faces: metric(METRIC.facesFound, Stats.SUM),
    modelsNotLoaded: metric(METRIC.modelsNotLoaded, Stats.SUM),
    medianTime: metric(METRIC.uploadToResult, Stats.p(50)),
    slowTime: metric(METRIC.uploadToResult, Stats.p(95)),
  };
}
