import { describe, expect, it } from 'vitest';
import type { TriagedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { withSecondOpinion } from '../../../../shared/loop/snapshot/second-opinion.ts';
import type { AnswerToJudge, Judge } from '../../../../shared/ports/judge.ts';
import { doneAtOnce, noUsage } from '../../../../shared/ports/long-work.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
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

  it('clears nothing else, whatever the judge says, and is not asked of what nobody gave an output', async () => {
    const asked: AnswerToJudge[] = [];
    const model = { ...sampleModel(), secondOpinion: 'second' };
    const others = [
      sampleRecord('poison', { triage: { category: 'poison', kind: 'gibberish', reason: '' } }),
      sampleRecord('no output', { triage: suspect, expected: null, verdict: 'unknown' }),
      sampleRecord('borne out', { triage: suspect }),
    ];
    const chatty = secondJudge(asked);
    const judge: Judge = {
      ...chatty,
      ...doneAtOnce(async ({ answers }) => {
        asked.push(...answers);
        const by = { kind: 'llm', id: 'second', reason: '' } as const;
        const said = others.map(({ traceId }) => ({ traceId, verdict: 'pass' as const, expected: null, judge: by }));
        return { answers: said, unusable: 0, trouble: null };
      }),
    };
    const after = await withSecondOpinion(others, model, contextWith(judge));
    if (after instanceof Unfinished) throw new Error('it is not done');
    expect(asked.map(({ traceId }) => traceId)).toEqual(['borne out']);
    expect(after.records.map(({ triage }) => [triage.category, triage.kind])).toEqual([
      ['poison', 'gibberish'],
      ['suspect-judgement', 'flipped-label'],
      ['clean', 'none'],
    ]);
  });
});

describe('a second opinion that must agree with people', () => {
  const ana = { kind: 'human', id: 'ana', reason: '' } as const;
  const people = (['pass', 'fail'] as const).flatMap((verdict) =>
    Array.from({ length: 60 }, (_, at) =>
      sampleRecord(`${verdict} ${at}`, { judgement: { verdict, expected: labelOutput('spam'), judge: ana } }),
    ),
  );
  const doubted = [
    sampleRecord('suspect', { triage: suspect }),
    sampleRecord('gibberish', {
      judgement: { verdict: 'pass', expected: labelOutput('spam'), judge: ana },
      triage: { category: 'poison', kind: 'gibberish', reason: '' },
    }),
  ];

  /** What comes of a judge that says this of what people passed and failed; it passes what is suspect. */
  async function after(says: (traceId: string) => 'pass' | 'fail') {
    const asked: string[] = [];
    const strict: Judge = {
      name: 'second',
      mustAgree: true,
      ...doneAtOnce(async ({ answers }) => {
        asked.push(...answers.map(({ traceId }) => traceId));
        const by = { kind: 'llm', id: 'second', reason: '' } as const;
        const said = answers.map(({ traceId }) => ({ traceId, verdict: says(traceId), expected: null, judge: by }));
        return { answers: said, unusable: 0, trouble: null };
      }),
    };
    const { settings, ...model } = sampleModel();
    const found = await withSecondOpinion(
      [...people, ...doubted],
      { ...model, settings: { ...settings, agreementSample: 120 }, secondOpinion: 'second' },
      contextWith(strict),
    );
    if (found instanceof Unfinished) throw new Error('it is not done');
    return { ...found, asked, suspect: found.records.find(({ traceId }) => traceId === 'suspect')?.triage.category };
  }

  it('counts where it agrees with them, on records that are clean', async () => {
    const { report, asked, suspect: category } = await after((id) => (id.startsWith('fail') ? 'fail' : 'pass'));
    expect(category).toBe('clean');
    expect(asked.sort()).toEqual([...people.map(({ traceId }) => traceId), 'suspect'].sort());
    expect(report).toMatchObject({
      name: 'second',
      counts: true,
      agreement: { passes: { of: 60, agreed: 60 }, fails: { of: 60, agreed: 60 } },
      said: { of: 1, passes: 1 },
    });
  });

  it('clears nothing where it does not, and says so', async () => {
    const { report, records: all, suspect: category } = await after(() => 'pass');
    expect(category).toBe('suspect-judgement');
    expect(all).toEqual([...people, ...doubted]);
    expect(report).toMatchObject({ counts: false, agreement: { fails: { of: 60, agreed: 0 } } });
  });
});
