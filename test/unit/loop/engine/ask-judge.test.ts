import { describe, expect, test } from 'vitest';
import type { PinnedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { askJudge, type JudgeQuestions, sampleOf } from '../../../../shared/loop/engine/ask-judge.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import type { AnswerToJudge, Judge, JudgeRequest } from '../../../../shared/ports/judge.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const spam = labelOutput('spam');
const openIds = Array.from({ length: 6 }, (_, at) => `open ${at}`);
const open = openIds.map(
  (traceId): AnswerToJudge => ({ traceId, input: `text of ${traceId}`, answer: spam, expected: null }),
);
const byPerson = (traceId: string, verdict: 'pass' | 'fail', change: Partial<PinnedRecord> = {}) =>
  sampleRecord(traceId, {
    judgement: { verdict, expected: null, judge: { kind: 'human', id: 'ana', reason: '' } },
    ...change,
  });

/** What comes of a judge that passes every answer, and what it was asked. */
async function ask(change: Partial<Omit<JudgeQuestions, 'judge'>> = {}, { mustAgree = true } = {}) {
  const asked: JudgeRequest[] = [];
  const told: string[] = [];
  const judge: Judge = {
    name: 'strict',
    mustAgree,
    async start(key, request, _deadline, tell) {
      asked.push(request);
      told.push(key);
      tell?.(1, 2);
      const by = { kind: 'llm', id: 'strict', reason: '' } as const;
      const verdict = 'pass' as const;
      return {
        status: 'done',
        value: {
          answers: request.answers.map(({ traceId }) => ({ traceId, verdict, expected: null, judge: by })),
          unusable: 2,
          trouble: 'The money ran out.',
        },
        usage: { inputTokens: 10, outputTokens: 20, usd: 0.5 },
      };
    },
    advance: () => expect.unreachable('it went on'),
  };
  const memory = memoryPorts();
  const observer = { ...memory.observer, progress: (_: number, __: number, unit: string) => void told.push(unit) };
  const found = await askJudge(
    { judge, model: sampleModel(), name: 'judging', unit: 'answers', open, records: [], sample: 10, ...change },
    stageContext({ ...memory, observer }, (file) => `here/${file}`),
  );
  if (found instanceof Unfinished) throw new Error('it is not done');
  const [request = expect.unreachable('it was not asked')] = asked;
  return { found, request, told, ids: request.answers.map(({ traceId }) => traceId) };
}

describe('a judge that must agree with people', () => {
  test('is asked what people judged too, in an order that does not tell which answers those are', async () => {
    const records = Array.from({ length: 12 }, (_, at) => byPerson(`person ${at}`, at % 2 === 0 ? 'pass' : 'fail'));
    const { ids, found } = await ask({ records, sample: 20 });
    expect([...ids].sort()).toEqual([...open, ...records].map(({ traceId }) => traceId).sort());
    const places = open.map(({ traceId }) => ids.indexOf(traceId));
    expect(places.every((place) => place < open.length)).toBe(false);
    expect(places.every((place) => place >= records.length)).toBe(false);
    const again = await ask({ records: records.toReversed(), open: open.toReversed(), sample: 20 });
    expect(again.ids).toEqual(ids);
    expect(found.agreement).toEqual({ passes: { of: 6, agreed: 6 }, fails: { of: 6, agreed: 0 } });
  });

  test('is told the answer on record with the way to it, and not what people said of it', async () => {
    const steps = [{ type: 'message' as const, output: 'I look it up.' }];
    const ham = labelOutput('ham');
    const { request } = await ask({ open: [], records: [byPerson('t', 'fail', { recorded: ham, steps })] });
    expect(request.answers).toEqual([
      {
        traceId: 't',
        input: 'text of t',
        answer: ham,
        expected: null,
        steps: { text: expect.stringContaining('I look it up.'), mistake: null },
      },
    ]);
    const plain = await ask({ open: [], records: [byPerson('t', 'fail')] });
    expect(plain.request.answers.map((answer) => 'steps' in answer)).toEqual([false]);
  });

  test('is asked of as many that people passed as they failed, at most', async () => {
    const people = (verdict: 'pass' | 'fail', count: number) =>
      Array.from({ length: count }, (_, at) => byPerson(`${verdict} ${at}`, verdict));
    const { found } = await ask({ records: [...people('pass', 30), ...people('fail', 3)], sample: 15 });
    expect(found.agreement).toMatchObject({ passes: { of: 8 }, fails: { of: 3 } });
  });

  test('is held against no answer that no person settled, that is not on record or that it is asked about', async () => {
    const unsettled = { why: 'disputed', reason: 'people disagree' } as const;
    const records = [
      sampleRecord('by a judge'),
      sampleRecord('by nobody', { judgement: null }),
      byPerson('disputed', 'pass', { unsettled }),
      byPerson('unrecorded', 'pass', { recorded: null }),
      byPerson('open 1', 'fail'),
    ];
    const { ids, found } = await ask({ records });
    expect(ids).toEqual(openIds);
    expect(found.agreement).toEqual({ passes: { of: 0, agreed: 0 }, fails: { of: 0, agreed: 0 } });
  });

  test('says of the open answers alone, with what it took and what went wrong', async () => {
    const { found } = await ask({ records: [byPerson('person', 'pass')] });
    expect(found.answers.map(({ traceId }) => traceId).sort()).toEqual(openIds);
    expect(found).toMatchObject({
      unusable: 2,
      trouble: 'The money ran out.',
      spent: { inputTokens: 10, outputTokens: 20, usd: 0.5 },
    });
  });
});

test('a judge that need not agree is asked about the open answers alone', async () => {
  const { ids, found } = await ask({ records: [byPerson('person', 'pass')] }, { mustAgree: false });
  expect(ids).toEqual(openIds);
  expect(found.agreement.passes.of).toBe(0);
});

test('a judge works under the name and the unit that the stage gives, and out of the budget of its run', async () => {
  const { request, told } = await ask();
  expect(told).toEqual(['here/judging', 'answers']);
  expect([request.rubric, 'run' in request]).toEqual([null, false]);
  const allowance = { turns: 1, turnsOfOne: 1, analyzerOutputTokens: 1, microUsd: 5 };
  const run = { runId: 'r1', modelId: 'm1', seed: 1, allowance };
  const { settings, ...model } = sampleModel();
  const ruled = await ask({ run, model: { ...model, settings: { ...settings, rubric: 'be kind' } } });
  expect(ruled.request).toMatchObject({ run, rubric: 'be kind', task: model.task });
});

test('a judge that takes longer than a call is waited for', async () => {
  const slow: Judge = {
    name: 'slow',
    mustAgree: true,
    start: async () => ({ status: 'working', handle: 'later', done: 0, total: 3, waitSeconds: 9 }),
    advance: () => expect.unreachable('it went on'),
  };
  const questions = {
    judge: slow,
    model: sampleModel(),
    name: 'judging',
    unit: 'answers',
    open,
    records: [],
    sample: 1,
  };
  const waiting = await askJudge(questions, stageContext(memoryPorts()));
  expect(waiting).toBeInstanceOf(Unfinished);
});

test('a sample depends on ids alone, and is of no more than there are', () => {
  const records = Array.from({ length: 40 }, (_, at) => ({ traceId: `t${at}` }));
  const sample = sampleOf(records, 10);
  expect(new Set(sample).size).toBe(10);
  expect(sampleOf(records.toReversed(), 10)).toEqual(sample);
  expect(sample).not.toEqual(records.slice(0, 10));
  expect(sampleOf(records, 40)).toBe(records);
  expect(sampleOf(records, 41)).toBe(records);
  expect([sampleOf(records, 0), sampleOf(records, -1)]).toEqual([[], []]);
});
