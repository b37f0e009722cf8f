import { describe, expect, test } from 'vitest';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import type { Json } from '../../../../shared/domain/base/json.ts';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { type Answered, answerInSlices } from '../../../../shared/loop/engine/answer-in-slices.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Prediction, PredictOptions, Predictor } from '../../../../shared/ports/predictor.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { MemoryBudgets } from '../../../helpers/memory-budgets.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { samplePlan } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const secondsASlice = 60;
const inputs = Array.from({ length: 10 }, (_, index) => `text ${index}`);
const checkpoint = { served: { predictor: 'embedded', ref: 'a', digest: 'd' } };
const answerTo = (input: string): Prediction => ({ output: labelOutput(input), confidence: 1, alternatives: [] });

/** A predictor that likes three inputs at once and takes a minute for them; `failAt` is killed at that request. */
function slowly({ failAt = Number.POSITIVE_INFINITY } = {}) {
  const ports = memoryPorts();
  const asked: (readonly string[])[] = [];
  const state = { failAt, chunk: 3 };
  const predictor: Predictor = {
    name: 'embedded',
    tasks: ['classification'],
    ranked: true,
    get chunk() {
      return state.chunk;
    },
    async predict(_checkpoint, slice) {
      if (asked.length === state.failAt) throw new Error('killed');
      asked.push(slice);
      ports.clock.advance(secondsASlice * 1_000);
      return slice.map(answerTo);
    },
  };
  const all = { ...ports, predictors: new Map([['embedded', predictor]]) };
  const call = (handle: Json | null, seconds: number, name = 'answers') =>
    answerInSlices(
      { name, checkpoint, inputs, paidBy: analystRun(samplePlan()) },
      { ...stageContext(all), handle, deadline: ports.clock.now() + seconds * 1_000 },
    );
  return { ports, asked, state, call };
}

function workOf(given: readonly Answered[] | Unfinished) {
  if (!(given instanceof Unfinished)) throw new Error('it is done');
  return given.work;
}

describe('answers in slices', () => {
  test('come in the order of the inputs, however many slices they took', async () => {
    const { call, asked } = slowly();
    expect(await call(null, 3_600)).toEqual(inputs.map(answerTo));
    expect(asked.map(({ length }) => length)).toEqual([3, 3, 3, 1]);
  });

  test('are asked for until the deadline leaves no time for another slice, then go on where they were', async () => {
    const { call, asked } = slowly();
    const first = workOf(await call(null, 2.5 * secondsASlice));
    expect(first).toMatchObject({ done: 6, total: 10, waitSeconds: 0 });
    expect(asked).toHaveLength(2);
    expect(await call(first.handle, 3_600)).toEqual(inputs.map(answerTo));
    expect(asked.flat()).toEqual(inputs);
  });

  test('get on by a slice a call, however short the calls are', async () => {
    const { call, asked } = slowly();
    let given = await call(null, 0);
    while (given instanceof Unfinished) given = await call(given.work.handle, 0);
    expect(given).toEqual(inputs.map(answerTo));
    expect(asked.flat()).toEqual(inputs);
  });

  test('are asked for where a slice ends with the deadline, and at least once where it has passed', async () => {
    const exact = slowly();
    const work = workOf(await exact.call(null, 2 * secondsASlice));
    expect(work).toMatchObject({ done: 6, handle: { name: 'answers', slices: 4, done: 2 } });
    expect(workOf(await slowly().call(null, -1))).toMatchObject({ done: 3 });
  });

  test('are none to no inputs', async () => {
    const { asked, ports } = slowly();
    const request = { name: 'answers', checkpoint, inputs: [], paidBy: analystRun(samplePlan()) };
    expect(await answerInSlices(request, stageContext(ports))).toEqual([]);
    expect(asked).toEqual([]);
  });

  test('name as many alternatives as are wished, or as the predictor says, and progress is told', async () => {
    const ports = memoryPorts();
    const [known] = ports.predictors.values();
    if (known === undefined) throw new Error('there is no predictor');
    const how: PredictOptions[] = [];
    const predictor: Predictor = {
      ...known,
      chunk: 6,
      predict: async (_, slice, options = {}) => {
        options.onProgress?.(slice.length, slice.length);
        how.push(options);
        return slice.map(answerTo);
      },
    };
    const told: (readonly unknown[])[] = [];
    const observer = { ...ports.observer, progress: (...progress: readonly unknown[]) => void told.push(progress) };
    const all = { ...ports, observer, predictors: new Map([[predictor.name, predictor]]) };
    const request = { name: 'answers', checkpoint, inputs, paidBy: analystRun(samplePlan()) };
    await answerInSlices({ ...request, alternatives: 3, unit: 'texts' }, stageContext(all));
    await answerInSlices({ ...request, name: 'others' }, stageContext(all));
    expect(how.map(({ alternatives }) => alternatives)).toEqual([3, 3, undefined, undefined]);
    expect(how.map((options) => 'alternatives' in options)).toEqual([true, true, false, false]);
    expect(told).toEqual([
      [6, 10, 'texts'],
      [10, 10, 'texts'],
      [6, 10, 'inputs answered'],
      [10, 10, 'inputs answered'],
    ]);
  });

  test('are made anew where a kept slice has too few, and not where the store fails', async () => {
    const { call, asked, ports } = slowly();
    const { handle } = workOf(await call(null, 2.5 * secondsASlice));
    const [first = ''] = await ports.objects.list('answers-');
    await writeJsonl(ports.objects, first, [answerTo('text 0')]);
    expect(await call(handle, 3_600)).toEqual(inputs.map(answerTo));
    expect(asked).toHaveLength(5);
    for (const error of [new Error('no network'), new RatchetError('LeaseLost', 'It is lost.')]) {
      ports.objects.get = async () => {
        throw error;
      };
      await expect(call(null, 3_600, 'again')).rejects.toThrow(error.message);
    }
    expect(asked).toHaveLength(5);
  });

  test('of a call that was killed between slices are joined when it is started again', async () => {
    const { call, asked, state } = slowly({ failAt: 2 });
    await expect(call(null, 3_600)).rejects.toThrow('killed');
    state.failAt = Number.POSITIVE_INFINITY;
    expect(await call(null, 3_600)).toEqual(inputs.map(answerTo));
    expect(asked.flat()).toEqual(inputs);
  });

  test('are made anew where a kept slice is damaged or gone, also one that was passed by', async () => {
    const { call, asked, ports } = slowly();
    const { handle } = workOf(await call(null, 2.5 * secondsASlice));
    const [first = '', second = ''] = await ports.objects.list('answers-');
    await ports.objects.put(first, new TextEncoder().encode('{"output":'));
    await ports.objects.delete(second);
    expect(await call(handle, 3_600)).toEqual(inputs.map(answerTo));
    expect(asked).toHaveLength(6);
  });

  test('go on when the predictor likes other slices meanwhile', async () => {
    const { call, state } = slowly();
    const { handle } = workOf(await call(null, 0));
    state.chunk = 4;
    expect(await call(handle, 3_600)).toEqual(inputs.map(answerTo));
  });

  test('of one slice are kept nowhere: what they are asked for is written at once', async () => {
    const { call, state, ports } = slowly();
    state.chunk = 10;
    expect(await call(null, 0)).toEqual(inputs.map(answerTo));
    expect(await ports.objects.list('')).toEqual([]);
  });

  test('take no other’s handle for theirs', async () => {
    const { call, asked } = slowly();
    const { handle } = workOf(await call(null, 2.5 * secondsASlice));
    await call(handle, 3_600, 'others');
    expect(asked.flat()).toEqual([...inputs.slice(0, 6), ...inputs]);
  });
});

describe('answers that cost something', () => {
  test('are asked for as far as the budget of the run covers the most that they may cost, each once', async () => {
    const ports = memoryPorts();
    const [known] = ports.predictors.values();
    if (known === undefined) throw new Error('there is no predictor');
    const asked: string[] = [];
    const predictor: Predictor = {
      ...known,
      chunk: 3,
      mostCost: async (_, slice) => slice.length * 0.01,
      async predict(_, slice, options) {
        asked.push(...slice);
        options?.onUsage?.({ inputTokens: 1, outputTokens: 1, usd: slice.length * 0.008 });
        return slice.map(answerTo);
      },
    };
    const budgets = new MemoryBudgets();
    const all = { ...ports, budgets, predictors: new Map([[predictor.name, predictor]]) };
    const paidBy = analystRun(samplePlan({ run: { ...samplePlan().run, budgetUsd: 0.06 } }));
    const answer = () => answerInSlices({ name: 'answers', checkpoint, inputs, paidBy }, stageContext(all));
    const covered = [...inputs.slice(0, 6).map(answerTo), null, null, null, null];
    expect(await answer()).toEqual(covered);
    expect(await answer()).toEqual(covered);
    expect(asked).toEqual(inputs.slice(0, 6));
    expect((await budgets.get(paidBy.runId))?.spent.microUsd).toBe(48_000);
    // What costs nothing is asked whatever is left.
    const free: Predictor = { ...predictor, mostCost: async () => null };
    const alike = { ...ports, budgets, predictors: new Map([[free.name, free]]) };
    const given = await answerInSlices({ name: 'free', checkpoint, inputs, paidBy }, stageContext(alike));
    expect(given).toEqual(inputs.map(answerTo));
    expect((await alike.objects.list('free')).filter((name) => name.endsWith('.cost.json'))).toEqual([]);
  });
});
