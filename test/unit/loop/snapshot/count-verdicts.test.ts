import { describe, expect, it } from 'vitest';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { type SnapshotRecord, triagedRecordSchema } from '../../../../shared/domain/traces/trace-record.ts';
import { Unfinished } from '../../../../shared/loop/engine/stage.ts';
import { countVerdicts } from '../../../../shared/loop/snapshot/count-verdicts.ts';
import { judgeTraces } from '../../../../shared/loop/snapshot/judge-traces.ts';
import { withSecondOpinion } from '../../../../shared/loop/snapshot/second-opinion.ts';
import { triageTraces } from '../../../../shared/loop/snapshot/triage-traces.ts';
import { type ChunkVerdicts, judgesFileSchema } from '../../../../shared/loop/state/judge-report.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { readJson, readJsonl, writeJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { completeStage } from '../../../helpers/complete-stage.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { type ScriptedAnswer, ScriptedChatModel } from '../../../helpers/scripted-chat-model.ts';
import { judgeAsking, judgement } from '../../../helpers/scripted-judge.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const ham = labelOutput('ham');
const spam = labelOutput('spam');
const ana = { kind: 'human', id: 'ana', reason: '' } as const;

/** 60 answers that people passed, 60 that they failed, and 30 that nobody judged; what is spam says so. */
function traffic(): SnapshotRecord[] {
  return Array.from({ length: 150 }, (_, at): SnapshotRecord => {
    const isSpam = at % 2 === 0;
    const right = isSpam ? spam : ham;
    const {
      verdict: _verdict,
      expected: _expected,
      judgedBy: _by,
      triage: _triage,
      part: _part,
      ...record
    } = sampleRecord(`t${at}`);
    const judged = { verdict: isSpam ? ('pass' as const) : ('fail' as const), expected: right, judge: ana };
    const text = isSpam ? `win prize number ${at}` : `meeting ${at} at noon`;
    return { ...record, input: text, recorded: spam, answer: spam, judgement: at < 120 ? judged : null };
  });
}

/** A chat model that finds an answer right by rule. */
const saying = (isRight: (input: string) => boolean): ScriptedAnswer => {
  return ({ messages }) => {
    const input = /begin input\]\n(.*)\n/.exec(messages[1]?.text ?? '')?.[1] ?? '';
    return isRight(input) ? judgement('pass') : judgement('fail', 'ham');
  };
};
const careful = saying((input) => input.startsWith('win'));

async function triaged(script: readonly ScriptedAnswer[], settings: object = {}) {
  const chat = new ScriptedChatModel(script);
  const base = memoryPorts();
  const ports = {
    ...base,
    judges: new Map([['llm', judgeAsking(chat, { objects: base.objects, clock: base.clock })]]),
  };
  const model = sampleModel({ judge: 'llm' });
  await putPlan(ports, { model: { ...model, settings: { ...model.settings, ...settings } } });
  const run = { runId: 'r1', modelId: model.modelId, seed: 1 };
  const head = { run, lease: await acquireLease(run, 'test', 15, ports), iteration: 0 };
  const prepared = { ...samplePrepared, traces: 150 };
  await writeJsonl(ports.objects, 'answered.jsonl', traffic());
  await writeJsonl(ports.objects, 'parent-examples.jsonl', []);
  const answered = { chunkId: 'chunk-0000', answeredKey: 'answered.jsonl' };
  const { output: judged } = await completeStage(
    judgeTraces,
    { ...head, item: 'chunk-0000', prepared, answered },
    ports,
  );
  const { output } = await completeStage(triageTraces, { ...head, item: 'all', prepared, judged: [judged] }, ports);
  const records = await readJsonl(ports.objects, output.triagedKey, triagedRecordSchema);
  const { judge } = await readJson(ports.objects, output.judgesKey ?? '', judgesFileSchema);
  if (judge === null) throw new Error('nothing is told of the judge');
  const unjudged = records.filter(({ judgement: settled }) => settled === null);
  return { output, judge, records, unjudged, chat };
}

describe('verdicts of a judge that must agree with people', () => {
  it('count where it does, on what nobody else judged', async () => {
    const { judge, records, unjudged, chat } = await triaged([careful]);
    expect(judge).toMatchObject({
      name: 'llm',
      counts: true,
      agreement: { passes: { of: 60, agreed: 60 }, fails: { of: 60, agreed: 60 } },
      said: { of: 30, passes: 15 },
      unusable: 0,
      trouble: null,
    });
    expect(judge.spent.usd).toBeGreaterThan(0);
    expect(chat.asked).toHaveLength(150);
    expect(unjudged.map(({ verdict }) => verdict)).not.toContain('unknown');
    expect(unjudged.filter(({ verdict }) => verdict === 'fail').map(({ expected }) => expected)).toEqual(
      Array.from({ length: 15 }, () => ham),
    );
    expect(new Set(unjudged.map(({ judgedBy }) => judgedBy?.id))).toEqual(new Set(['llm:scripted']));
    const people = records.filter(({ judgement: settled }) => settled !== null);
    expect(new Set(people.map(({ judgedBy }) => judgedBy?.kind))).not.toContain('llm');
  });

  it.each<[string, ScriptedAnswer, RegExp]>([
    ['one that passes everything', judgement('pass'), /found wrong it finds 0\.0 %/],
    ['one that errs by system', saying((input) => input.startsWith('meeting')), /found right it finds 0\.0 %/],
  ])('of %s are told and do not count', async (_what, script, why) => {
    const { judge, unjudged } = await triaged([script]);
    expect(judge.counts).toBe(false);
    expect(judge.why).toMatch(why);
    expect(judge.said.of).toBe(30);
    expect(new Set(unjudged.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });

  it('do not count where too few of the same answers were judged by people', async () => {
    const { judge, unjudged } = await triaged([careful], { agreementSample: 60 });
    expect(judge.why).toContain('30 of 50 passes and 30 of 50 fails');
    expect(new Set(unjudged.map(({ verdict }) => verdict))).toEqual(new Set(['unknown']));
  });

  it('are asked for as many answers as the settings allow', async () => {
    const { judge, chat } = await triaged([careful], { judgeLimit: 7 });
    expect(judge.said.of).toBe(7);
    expect(chat.asked).toHaveLength(127);
  });

  it('are missing where the chat model does not answer, and all else is as without one', async () => {
    const { judge, output, unjudged } = await triaged([new RatchetError('ChatUnavailable', 'It is down.')]);
    expect(judge).toMatchObject({ counts: false, said: { of: 0 }, trouble: expect.stringContaining('It is down.') });
    expect(output).toMatchObject({ passes: 60, failures: 60, unknown: 30 });
    expect(unjudged).toHaveLength(30);
  });
});

describe('a second opinion that must agree with people', () => {
  const suspect = { category: 'suspect-judgement', kind: 'flipped-label', reason: 'doubtful' } as const;
  const records = [
    ...traffic()
      .slice(0, 120)
      .map((record) => ({
        ...sampleRecord(record.traceId),
        ...record,
        verdict: record.judgement?.verdict ?? ('unknown' as const),
      })),
    sampleRecord('doubted', { input: 'win a cup', expected: spam, triage: suspect }),
  ];
  const opinion = async (script: ScriptedAnswer) => {
    const base = memoryPorts();
    const judge = judgeAsking(new ScriptedChatModel([script]), { votes: 3, objects: base.objects, clock: base.clock });
    const context = stageContext({ ...base, judges: new Map([['committee', judge]]) });
    const after = await withSecondOpinion(records, { ...sampleModel(), secondOpinion: 'committee' }, context);
    if (after instanceof Unfinished) throw new Error('it is not done');
    return { report: after.report, category: after.records.at(-1)?.triage.category };
  };

  it('clears a suspect where it does agree', async () => {
    expect(await opinion(careful)).toMatchObject({ report: { counts: true }, category: 'clean' });
  });

  it('leaves it to a person where it does not', async () => {
    expect(await opinion(judgement('pass'))).toMatchObject({
      report: { counts: false, said: { of: 1, passes: 1 } },
      category: 'suspect-judgement',
    });
  });
});

describe('what a judge said of several chunks', () => {
  const chunk = (change: Partial<ChunkVerdicts>): ChunkVerdicts => ({
    name: 'llm',
    said: [],
    agreement: { passes: { of: 30, agreed: 29 }, fails: { of: 30, agreed: 30 } },
    unusable: 0,
    trouble: null,
    spent: { inputTokens: 100, outputTokens: 10, usd: 0.25 },
    ...change,
  });

  it('is counted together: agreement, cost, what was unusable, and the first trouble', () => {
    const chunks = [
      chunk({ unusable: 2 }),
      chunk({ unusable: 3, trouble: 'It was slow.', spent: { inputTokens: 40, outputTokens: 5, usd: 0.5 } }),
      chunk({ trouble: 'It went down.', agreement: { passes: { of: 4, agreed: 3 }, fails: { of: 6, agreed: 5 } } }),
    ];
    const { report, records } = countVerdicts([], chunks);
    expect(records).toEqual([]);
    expect(report).toMatchObject({
      name: 'llm',
      agreement: { passes: { of: 64, agreed: 61 }, fails: { of: 66, agreed: 65 } },
      counts: true,
      unusable: 5,
      trouble: 'It was slow.',
      spent: { inputTokens: 240, outputTokens: 25, usd: 1 },
      said: { of: 0, passes: 0 },
    });
    expect(countVerdicts([], [])).toEqual({ records: [], report: null });
  });
});
