import { describe, expect, it } from 'vitest';
import type { TriagedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { withSecondOpinion } from '../../../../shared/loop/snapshot/second-opinion.ts';
import type { AnswerToJudge, Judge } from '../../../../shared/ports/judge.ts';
import { doneAtOnce, noUsage } from '../../../../shared/ports/long-work.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const suspect = {
  category: 'suspect-judgement',
  kind: 'flipped-label',
  reason: 'wrong with probability 0.80',
} as const;
const records: TriagedRecord[] = [
  sampleRecord('clean'),
  sampleRecord('borne out', { triage: suspect }),
  sampleRecord('denied', { triage: suspect }),
  sampleRecord('not answered', { triage: suspect }),
  sampleRecord('poison', { triage: { category: 'poison', kind: 'gibberish', reason: '' } }),
];

/** A judge that bears out one record and denies another. */
function secondJudge(asked: AnswerToJudge[]): Judge {
  const by = { kind: 'llm', id: 'second', reason: 'read it' } as const;
  return {
    name: 'second',
    mustAgree: false,
    ...doneAtOnce(async ({ answers }) => {
      asked.push(...answers);
      const said = [
        { traceId: 'borne out', verdict: 'pass' as const, expected: null, judge: by },
        { traceId: 'denied', verdict: 'fail' as const, expected: null, judge: by },
      ];
      return { answers: said, unusable: 0, trouble: null };
    }),
  };
}

function contextWith(judge: Judge) {
  const ports = memoryPorts();
  return stageContext({ ...ports, judges: new Map([[judge.name, judge]]) });
}

describe('a second opinion', () => {
  it('clears the suspects that it bears out, and leaves the others to a person', async () => {
    const asked: AnswerToJudge[] = [];
    const model = { ...sampleModel(), secondOpinion: 'second' };
    const after = await withSecondOpinion(records, model, contextWith(secondJudge(asked)));
    if (after instanceof Unfinished) throw new Error('it is not done');
    expect(after.records.map(({ triage }) => triage.category)).toEqual([
      'clean',
      'clean',
      'suspect-judgement',
      'suspect-judgement',
      'poison',
    ]);
    expect(after.records[1]?.triage.reason).toBe(
      'wrong with probability 0.80; judge second bears the given output out',
    );
  });

  it('is asked about the outputs given to suspects alone, and is not told that anybody doubts them', async () => {
    const asked: AnswerToJudge[] = [];
    const model = { ...sampleModel(), secondOpinion: 'second' };
    await withSecondOpinion(records, model, contextWith(secondJudge(asked)));
    expect(asked.map(({ traceId, answer, expected }) => [traceId, answer, expected])).toEqual(
      ['borne out', 'denied', 'not answered'].map((traceId) => [traceId, 'spam', null]),
    );
  });

  it('is asked of nobody where the model names none, or nothing is suspect', async () => {
    const asked: AnswerToJudge[] = [];
    const context = contextWith(secondJudge(asked));
    expect(await withSecondOpinion(records, sampleModel(), context)).toEqual({ records, report: null });
    const clean = records.slice(0, 1);
    const named = { ...sampleModel(), secondOpinion: 'second' };
    expect(await withSecondOpinion(clean, named, context)).toEqual({ records: clean, report: null });
    expect(asked).toEqual([]);
  });

  it('is waited for where the judge takes longer than a call', async () => {
    const slow: Judge = {
      name: 'second',
      mustAgree: false,
      start: async () => ({ status: 'working', handle: { job: 1 }, done: 0, total: 3, waitSeconds: 60 }),
      advance: async () => ({ status: 'done', value: { answers: [], unusable: 0, trouble: null }, usage: noUsage }),
    };
    const model = { ...sampleModel(), secondOpinion: 'second' };
    const context = contextWith(slow);
    const waiting = await withSecondOpinion(records, model, context);
    if (!(waiting instanceof Unfinished)) throw new Error('it did not wait');
    expect(waiting.work.waitSeconds).toBe(60);
    const after = await withSecondOpinion(records, model, { ...context, handle: waiting.work.handle });
    expect(after).toEqual({ records, report: null });
  });
});
