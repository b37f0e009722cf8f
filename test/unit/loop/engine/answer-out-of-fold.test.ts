import { describe, expect, test } from 'vitest';
import { endpointFault } from '../../../../shared/adapters/backends/endpoint/endpoint-fault.ts';
import type { Json } from '../../../../shared/domain/base/json.ts';
import type { Answering } from '../../../../shared/domain/models/fold-models.ts';
import { analystRun } from '../../../../shared/loop/engine/analyst-run.ts';
import { answerOutOfFold, type OutOfFoldRequest } from '../../../../shared/loop/engine/answer-out-of-fold.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { InputFault } from '../../../../shared/ports/input-fault.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { foldModels } from '../../../helpers/fold-models.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { samplePlan } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const checkpoint: Answering = { served: { predictor: 'embedded', ref: 'served', digest: null }, folds: foldModels(10) };
const items = Array.from({ length: 25 }, (_, at) => ({
  traceId: `t-${at}`,
  input: `text ${at}`,
  folds: at % 5 === 4 ? [] : [(at * 7) % 10],
  use: at % 5 === 4 ? ('none' as const) : ('evidence' as const),
}));
const refused = { input: 'bad', folds: [3], use: 'evidence' as const };
const modelOf = ({ folds: [fold] }: (typeof items)[number]) => (fold === undefined ? 'served' : `part-${fold}`);
const secondsACall = 60;

/** A predictor that answers with the model's name, a minute a call, with what it was asked. */
function slowly() {
  const ports = memoryPorts();
  const asked: { model: string; inputs: readonly string[] }[] = [];
  const told: string[] = [];
  const predictor: Predictor = {
    ...(ports.predictors.get('embedded') ?? expect.fail('no predictor')),
    chunk: 2,
    async predict({ ref }, inputs, options) {
      const place = inputs.indexOf(refused.input);
      if (place >= 0) throw new InputFault(endpointFault('EndpointRefused', 'x', 'no', undefined), [place]);
      asked.push({ model: ref, inputs: [...inputs] });
      ports.clock.advance(secondsACall * 1_000);
      options?.onProgress?.(inputs.length, inputs.length);
      return inputs.map((input) => {
        const output = labelOutput(`${ref} on ${input}`);
        return { output, confidence: 1, alternatives: [{ output, confidence: 1 }] };
      });
    },
  };
  const observer = {
    note: () => undefined,
    progress: (done: number, total: number, unit: string) => told.push(`${done}/${total} ${unit}`),
  };
  const all = { ...ports, observer, predictors: new Map([['embedded', predictor]]) };
  const call = (handle: Json | null, seconds: number, change: Partial<OutOfFoldRequest> = {}) =>
    answerOutOfFold(
      { name: 'answers', checkpoint, items, unit: 'traces answered', paidBy: analystRun(samplePlan()), ...change },
      { ...stageContext(all), handle, deadline: ports.clock.now() + seconds * 1_000 },
    );
  return { asked, told, call };
}

const expected = items.map((item) => `${modelOf(item)} on ${item.input}`);
function outputsOf(given: Awaited<ReturnType<typeof answerOutOfFold>>) {
  if (given instanceof Unfinished) throw new Error('it is not done');
  return given.map((answer) => answer?.output);
}

describe('answers out of fold', () => {
  test('come from the model that has not seen each item, in the order of the items', async () => {
    const { call, asked } = slowly();
    expect(outputsOf(await call(null, 3_600))).toEqual(expected);
    expect(asked.flatMap(({ inputs }) => inputs)).toHaveLength(items.length);
    expect(new Set(asked.map(({ model }) => model)).size).toBe(9);
  });

  test('are asked for until the deadline, model after model, and never twice', async () => {
    const { call, asked } = slowly();
    let given = await call(null, 2.5 * secondsACall);
    let calls = 1;
    while (given instanceof Unfinished) {
      expect(given.work).toMatchObject({ status: 'working', total: items.length, waitSeconds: 0 });
      expect(given.work.done).toBeGreaterThan(0);
      calls += 1;
      given = await call(given.work.handle, 2.5 * secondsACall);
    }
    expect(outputsOf(given)).toEqual(expected);
    expect(calls).toBe(Math.ceil(asked.length / 2));
    expect(asked.flatMap(({ inputs }) => inputs)).toHaveLength(items.length);
  });

  test('are found again by a call that knows nothing of those before it, as after a kill', async () => {
    const { call, asked } = slowly();
    expect(await call(null, 0)).toBeInstanceOf(Unfinished);
    expect(outputsOf(await call(null, 3_600))).toEqual(expected);
    expect(asked.flatMap(({ inputs }) => inputs)).toHaveLength(items.length);
  });

  test('are told of as one count over all models', async () => {
    const { call, told } = slowly();
    await call(null, 3_600);
    expect(told.at(-1)).toBe(`${items.length}/${items.length} traces answered`);
    const counts = told.map((line) => Number.parseInt(line, 10));
    expect(counts).toEqual(counts.toSorted((a, b) => a - b));
  });

  test('name the trace that a fault is about, whatever slice and model it was asked in', async () => {
    const { call } = slowly();
    const fault = await rejection(call(null, 3_600, { items: [...items, { ...refused, traceId: 'the-one' }] }));
    expect([fault.name, fault.message]).toEqual([
      'EndpointRefused',
      'The endpoint x refuses the request: no. It was asked about trace the-one.',
    ]);
  });

  test('are none of none', async () => {
    const { call, asked } = slowly();
    expect(outputsOf(await call(null, 3_600, { items: [] }))).toEqual([]);
    expect(asked).toEqual([]);
  });
});
