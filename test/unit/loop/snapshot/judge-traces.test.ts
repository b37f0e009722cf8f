import { describe, expect, test } from 'vitest';
import type { Settings } from '../../../../shared/domain/models/settings.ts';
import { judgedRecordSchema, type SnapshotRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { judgeTraces } from '../../../../shared/loop/snapshot/judge-traces.ts';
import { chunkVerdictsSchema } from '../../../../shared/loop/state/judge-report.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { readJson, readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Judge, JudgeRequest } from '../../../../shared/ports/judge.ts';
import { doneAtOnce, noUsage } from '../../../../shared/ports/long-work.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { completeStage } from '../../../helpers/complete-stage.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleHead, samplePrepared } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const spam = labelOutput('spam');
const ham = labelOutput('ham');
const record = (traceId: string, change: Partial<SnapshotRecord>): SnapshotRecord => ({
  traceId,
  groupId: traceId,
  folds: [0],
  use: 'evidence',
  timestamp: '2026-01-01T00:00:00Z',
  input: `text ${traceId}`,
  slice: null,
  steps: null,
  recorded: spam,
  judgement: null,
  answer: spam,
  confidence: 0.9,
  runnerUp: null,
  ...change,
});

const human = { kind: 'human', id: 'ana', reason: '' } as const;

/** What becomes of a chunk of records, with this judge. */
async function judged(
  records: readonly SnapshotRecord[],
  judge: Judge,
  { traces = 10, settings = {} as Partial<Settings> } = {},
) {
  const plain = memoryPorts();
  const ports = { ...plain, judges: new Map([...plain.judges, [judge.name, judge]]) };
  const model = sampleModel({ judge: judge.name, settings: { ...sampleModel().settings, ...settings } });
  await putPlan(ports, { model });
  const run = { runId: 'r1', modelId: model.modelId, seed: 1 };
  await writeJsonl(ports.objects, 'answered.jsonl', records);
  const { output } = await completeStage(
    judgeTraces,
    {
      run,
      lease: await acquireLease(run, 'test', 15, ports),
      iteration: 0,
      item: 'chunk-0000',
      prepared: { ...samplePrepared, traces },
      answered: { chunkId: 'chunk-0000', answeredKey: 'answered.jsonl' },
    },
    ports,
  );
  return {
    output,
    records: await readJsonl(ports.objects, output.judgedKey, judgedRecordSchema),
    verdicts:
      output.verdictsKey === null ? null : await readJson(ports.objects, output.verdictsKey, chunkVerdictsSchema),
  };
}

test('the judge of the model is asked, as often as it takes, for what no judgement on record settles', async () => {
  const asked: JudgeRequest[] = [];
  const judge: Judge = {
    name: 'slow',
    mustAgree: false,
    async start(_key, request) {
      asked.push(request);
      return { status: 'working', handle: 1, done: 0, total: 2, waitSeconds: 0 };
    },
    async advance(handle) {
      if (handle === 1) return { status: 'working', handle: 2, done: 1, total: 2, waitSeconds: 0 };
      const by = { kind: 'llm', id: 'slow', reason: 'as the rubric says' } as const;
      const value = [
        { traceId: 'passes', verdict: 'pass' as const, expected: null, judge: by },
        { traceId: 'fails', verdict: 'fail' as const, expected: ham, judge: by },
        { traceId: 'settled', verdict: 'fail' as const, expected: ham, judge: by },
      ];
      return { status: 'done', value: { answers: value, unusable: 0, trouble: null }, usage: noUsage };
    },
  };
  const { records } = await judged(
    [
      record('settled', { judgement: { verdict: 'pass', expected: spam, judge: human } }),
      record('passes', {}),
      record('fails', {}),
      record('unsaid', {}),
      record('silent', { answer: null }),
    ],
    judge,
  );

  expect(asked.map(({ answers }) => answers.map(({ traceId }) => traceId))).toEqual([['passes', 'fails', 'unsaid']]);
  expect(records.map(({ traceId, verdict, expected, judgedBy }) => [traceId, verdict, expected, judgedBy?.id])).toEqual(
    [
      ['settled', 'pass', spam, 'ana'],
      ['passes', 'pass', spam, 'slow'],
      ['fails', 'fail', ham, 'slow'],
      ['unsaid', 'unknown', null, undefined],
      ['silent', 'unknown', null, undefined],
    ],
  );
});

describe('a judge that must agree with people', () => {
  const byPeople = (traceId: string, verdict: 'pass' | 'fail') =>
    record(traceId, { judgement: { verdict, expected: verdict === 'pass' ? spam : ham, judge: human } });

  /** Passes every answer. */
  function passing(asked: JudgeRequest[], change: Partial<Judge> = {}): Judge {
    return {
      name: 'strict',
      mustAgree: true,
      ...doneAtOnce(async (request: JudgeRequest) => {
        asked.push(request);
        const by = { kind: 'llm', id: 'strict', reason: '' } as const;
        const answers = request.answers.map(({ traceId }) => ({
          traceId,
          verdict: 'pass' as const,
          expected: null,
          judge: by,
        }));
        return { answers, unusable: 1, trouble: 'The money ran out.' };
      }),
      ...change,
    };
  }
  const idsOf = (asked: readonly JudgeRequest[]) =>
    asked.flatMap(({ answers }) => answers.map(({ traceId }) => traceId));

  test('is heard apart, with how it agrees, and settles nothing yet', async () => {
    const asked: JudgeRequest[] = [];
    const given = [byPeople('right', 'pass'), byPeople('wrong', 'fail'), record('open', {})];
    const { records, verdicts } = await judged(given, passing(asked), { settings: { rubric: 'be kind' } });
    expect(idsOf(asked).sort()).toEqual(['open', 'right', 'wrong']);
    expect(asked[0]).toMatchObject({ rubric: 'be kind', run: { runId: 'r1' } });
    expect(records.map(({ traceId, verdict }) => [traceId, verdict])).toEqual([
      ['right', 'pass'],
      ['wrong', 'fail'],
      ['open', 'unknown'],
    ]);
    expect(verdicts).toMatchObject({
      name: 'strict',
      said: [{ traceId: 'open', verdict: 'pass' }],
      agreement: { passes: { of: 1, agreed: 1 }, fails: { of: 1, agreed: 0 } },
      unusable: 1,
      trouble: 'The money ran out.',
    });
  });

  test('is asked of a chunk no more than its share of the limits', async () => {
    const asked: JudgeRequest[] = [];
    const open = Array.from({ length: 10 }, (_, at) => record(`open${at}`, {}));
    const people = Array.from({ length: 10 }, (_, at) => byPeople(`person${at}`, 'pass'));
    const settings = { judgeLimit: 15, agreementSample: 16 };
    await judged([...open, ...people], passing(asked), { traces: 100, settings });
    // A fifth of 15 is 3; a fifth of 16, rounded up, is 4, half of it of those that people passed.
    expect(idsOf(asked).filter((id) => id.startsWith('open'))).toHaveLength(3);
    expect(idsOf(asked).filter((id) => id.startsWith('person'))).toHaveLength(2);
  });

  test('goes on later while it works, and has written nothing', async () => {
    const ports = memoryPorts();
    const slow = passing([], {
      start: async () => ({ status: 'working', handle: 1, done: 0, total: 1, waitSeconds: 9 }),
    });
    await putPlan(ports, { model: sampleModel({ judge: slow.name }) });
    await writeJsonl(ports.objects, 'answered.jsonl', [record('open', {})]);
    const answered = { chunkId: 'chunk-0000', answeredKey: 'answered.jsonl' };
    const result = await judgeTraces.run(
      { ...sampleHead, prepared: samplePrepared, answered },
      stageContext({ ...ports, judges: new Map([[slow.name, slow]]) }, (file) => `here/${file}`),
    );
    expect(result).toBeInstanceOf(Unfinished);
    expect(await ports.objects.list('here/')).toEqual([]);
  });
});

describe('a judge that need not agree with people', () => {
  const never: Judge = {
    name: 'never',
    mustAgree: false,
    start: () => Promise.reject(new Error('asked')),
    advance: () => Promise.reject(new Error('asked')),
  };

  test('is not asked where every answer is settled, held or left out', async () => {
    const held: Partial<SnapshotRecord> = { unsettled: { why: 'held', reason: 'not a label yet' } };
    const given = [
      record('settled', { judgement: { verdict: 'pass', expected: spam, judge: human } }),
      record('held', held),
      record('silent', { answer: null }),
    ];
    const { records, output } = await judged(given, never);
    expect(records.map(({ verdict }) => verdict)).toEqual(['pass', 'unknown', 'unknown']);
    expect(output).toMatchObject({ chunkId: 'chunk-0000', verdictsKey: null });
  });
});

test.each([
  ['', null],
  ['be kind', 'be kind'],
])('the rubric %j of the model reaches its judge as %j', async (rubric, told) => {
  const asked: JudgeRequest[] = [];
  const judge: Judge = {
    name: 'plain',
    mustAgree: false,
    ...doneAtOnce(async (request: JudgeRequest) => {
      asked.push(request);
      return { answers: [], unusable: 0, trouble: null };
    }),
  };
  const steps = [{ type: 'message' as const, output: 'I look it up.' }];
  await judged([record('open', { steps })], judge, { settings: { rubric } });
  expect(asked).toMatchObject([{ rubric: told, run: { runId: 'r1' }, answers: [{ steps: { mistake: null } }] }]);
});
