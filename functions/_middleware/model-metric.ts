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

/** Records a fraction of one model; what is told beside it is in the log, for queries. */
export function rateForModel(
  modelId: string,
  name: string,
  value: number,
  beside: Readonly<Record<string, string>> = {},
): void {
  const metric = metrics.singleMetric().addDimensions({ modelId });
  for (const [key, text] of Object.entries(beside)) metric.addMetadata(key, text);
  metric.addMetric(name, MetricUnit.NoUnit, value);
}
