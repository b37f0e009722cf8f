import { MetricUnit } from '@aws-lambda-powertools/metrics';
import { afterEach, expect, test, vi } from 'vitest';
import { lambdaFunction } from '../../../../functions/_middleware/lambda-function.ts';
import { countForModel } from '../../../../functions/_middleware/model-metric.ts';
import { metrics } from '../../../../functions/_middleware/powertools.ts';
import { lambdaContext } from '../../../helpers/lambda-context.ts';

// As the deployment sets them, before the one instance of a container is made.
vi.hoisted(() => {
  Object.assign(process.env, { POWERTOOLS_METRICS_NAMESPACE: 'Ratchet', POWERTOOLS_SERVICE_NAME: 'ratchet-tested' });
});

afterEach(() => {
  vi.restoreAllMocks();
});

/** What a function writes, as lines of its log. */
async function logOf(work: () => Promise<unknown>): Promise<readonly Record<string, unknown>[]> {
  const written: string[] = [];
  const take = (chunk: unknown): boolean => {
    written.push(String(chunk));
    return true;
  };
  for (const stream of [process.stdout, process.stderr]) vi.spyOn(stream, 'write').mockImplementation(take);
  await lambdaFunction(work)({}, lambdaContext()).catch(() => undefined);
  vi.restoreAllMocks();
  const lines = written.join('').split('\n');
  return lines.filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
}

test('a function that measures nothing, or of one model alone, is not warned about', async () => {
  await logOf(async () => null);
  expect(await logOf(async () => null)).toEqual([]);
  const lines = await logOf(async () => countForModel('support', 'TracesIngested', 3));
  expect(lines).toEqual([expect.objectContaining({ modelId: 'support', TracesIngested: 3 })]);
});

test('what was measured is published once, when the work fails too', async () => {
  for (const fails of [false, true]) {
    const lines = await logOf(async () => {
      metrics.addMetric('StagePassedOver', MetricUnit.Count, 1);
      if (fails) throw new Error('it failed');
    });
    expect(lines.filter((line) => 'StagePassedOver' in line)).toHaveLength(1);
    expect(lines.filter(({ level }) => level === 'WARN')).toEqual([]);
  }
  expect(metrics.hasStoredMetrics()).toBe(false);
});
