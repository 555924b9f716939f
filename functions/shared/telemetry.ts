import { Logger } from '@aws-lambda-powertools/logger';
import { injectLambdaContext } from '@aws-lambda-powertools/logger/middleware';
import { Metrics } from '@aws-lambda-powertools/metrics';
import middy from '@middy/core';

/** How a function reports what it does. */
export interface Telemetry {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

export const createTelemetry = (): Telemetry => ({
  logger: new Logger(),
  metrics: new Metrics(),
});

/** A handler yet to be given its function, in which each invocation is logged and measured. */
export function instrument<Event, Result>({ logger, metrics }: Telemetry) {
  /** Powertools' own middleware warns whenever there is nothing to publish, which is the rule here. */
  const publish = () => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return middy<Event, Result>()
    .use(injectLambdaContext(logger, { clearState: true }))
    .use({ after: publish, onError: publish });
}
