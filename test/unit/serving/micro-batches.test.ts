import { describe, expect, it } from 'vitest';
import type { Prediction } from '../../../shared/ports/predictor.ts';
import { MicroBatches } from '../../../shared/serving/micro-batches.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';

/** Answers an input with itself. */
function echo(calls: string[][], wait: () => Promise<void> = async () => undefined) {
  return async (inputs: readonly string[], alternatives: number): Promise<readonly Prediction[]> => {
    calls.push([...inputs, `top ${alternatives}`]);
    await wait();
    if (inputs.includes('fault')) throw new Error('no answer');
    return inputs.map((input) => ({ output: labelOutput(input), confidence: 1, alternatives: [] }));
  };
}

function outputs(predictions: readonly Prediction[]): unknown[] {
  return predictions.map(({ output }) => output);
}

describe('inputs that come at about the same time', () => {
  it('are answered in one call, each to who asked', async () => {
    const calls: string[][] = [];
    const batches = new MicroBatches(echo(calls));
    const answers = await Promise.all([batches.ask(['a'], 1), batches.ask(['b', 'c'], 3), batches.ask(['d'], 2)]);
    expect(answers.map(outputs)).toEqual([['a'], ['b', 'c'], ['d']]);
    expect(calls).toEqual([['a', 'b', 'c', 'd', 'top 3']]);
    expect(batches.waiting).toBe(0);
  });

  it('wait no longer than for the two calls that are under way, and go along in the next', async () => {
    const calls: string[][] = [];
    const gate = Promise.withResolvers<void>();
    const batches = new MicroBatches(echo(calls, () => gate.promise));
    const asked = [batches.ask(['a'], 1)];
    await new Promise(setImmediate);
    asked.push(batches.ask(['b'], 1));
    await new Promise(setImmediate);
    asked.push(batches.ask(['c'], 1), batches.ask(['d'], 1));
    await new Promise(setImmediate);
    expect(calls.length).toBe(2);
    expect(batches.waiting).toBe(4);
    gate.resolve();
    expect((await Promise.all(asked)).map(outputs)).toEqual([['a'], ['b'], ['c'], ['d']]);
    expect(calls[2]).toEqual(['c', 'd', 'top 1']);
  });

  it('fail together, and those after them do not', async () => {
    const batches = new MicroBatches(echo([]));
    const failed = await Promise.allSettled([batches.ask(['fault'], 1), batches.ask(['a'], 1)]);
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(outputs(await batches.ask(['b'], 1))).toEqual(['b']);
    expect(batches.waiting).toBe(0);
  });
});
