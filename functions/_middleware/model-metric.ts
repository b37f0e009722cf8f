import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { metrics } from './powertools.ts';

/** Counts something of one model. */
export function countForModel(
  modelId: string,
  name: string,
  value: number,
  dimensions: Readonly<Record<string, string>> = {},
): void {
  metrics
    .singleMetric()
    .addDimensions({ modelId, ...dimensions })
    .addMetric(name, MetricUnit.Count, value);
}

/** Records a fraction of one model. */
export function rateForModel(modelId: string, name: string, value: number): void {
  metrics.singleMetric().addDimensions({ modelId }).addMetric(name, MetricUnit.NoUnit, value);
}
