import type { MiddlewareObj } from '@middy/core';
import { metrics } from './powertools.ts';

/**
 * Publishes what was measured, however the work ended, and cold starts. Says nothing where nothing was measured, which is
 * usual: metrics of one model are published by themselves.
 */
export function publishMetrics(): MiddlewareObj {
  const publish = (): void => {
    if (metrics.hasStoredMetrics()) metrics.publishStoredMetrics();
  };
  return {
    before: ({ context }) => metrics.captureColdStartMetric(context.functionName),
    after: publish,
    onError: publish,
  };
}
