import { expect, test } from 'vitest';
import { analyzeShard } from '../../../../../shared/adapters/analysts/statistical/analyze-shard.ts';
import { shardAnalysisSchema } from '../../../../../shared/adapters/analysts/statistical/shard-analysis.ts';
import { classification } from '../../../../../shared/tasks/classification/classification.ts';
import { madeUpInput, passing, planted, stream } from './planted.ts';

test('a shard hands on every failure, counts its passes, and survives JSON', () => {
  const random = stream('shard');
  const confused = Array.from({ length: 24 }, () => planted(madeUpInput('transfer', random), 'transfer', 'pay_bill'));
  const passes = passing(30, random);
  const analysis = analyzeShard('a', [...passes, ...confused], classification);
  expect(analysis.failures.map(({ traceId }) => traceId).sort()).toEqual(confused.map(({ traceId }) => traceId).sort());
  expect(Object.values(analysis.passes).reduce((sum, { count }) => sum + count, 0)).toBe(passes.length);
  expect(shardAnalysisSchema.parse(JSON.parse(JSON.stringify(analysis)))).toEqual(analysis);
});
