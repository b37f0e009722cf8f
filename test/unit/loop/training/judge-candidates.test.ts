import { describe, expect, test } from 'vitest';
import { asOutput, type Output } from '../../../../shared/domain/base/output.ts';
import { type EvaluationAnswer, evaluationAnswerSchema } from '../../../../shared/domain/evaluation/evaluation-set.ts';
import type { EvidenceRecord } from '../../../../shared/domain/evaluation/evidence-record.ts';
import type { Settings } from '../../../../shared/domain/models/settings.ts';
import type { Verdict } from '../../../../shared/domain/traces/judgement.ts';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { judgingFileKey } from '../../../../shared/loop/engine/gate-file.ts';
import { stageKey } from '../../../../shared/loop/engine/stage.ts';
import { judgingSchema } from '../../../../shared/loop/state/evaluation.ts';
import type { JudgesFile } from '../../../../shared/loop/state/judge-report.ts';
import { judgeCandidates } from '../../../../shared/loop/training/judge-candidates.ts';
import { readJson, readJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { AnswerToJudge, Judge } from '../../../../shared/ports/judge.ts';
import { doneAtOnce } from '../../../../shared/ports/long-work.ts';
import { generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
import { FaultyObjectStore, type ObjectFault } from '../../../helpers/faulty-object-store.ts';
import { sampleModel } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleEvidence, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { stageContext } from '../../../helpers/stage-context.ts';

const says = (text: string): Output => asOutput(text);
const right = says('Yes.');
const ana = { kind: 'human', id: 'ana', reason: '' } as const;

/** Ten questions that are answered by "Yes.", where the champion says "No.", which a person failed. */
const ids = Array.from({ length: 10 }, (_, at) => `t${at}`);
const evidence = ids.map((id) => sampleEvidence(id, { expected: right, right: false, answer: says('No.') }));
const records = ids.map((id) =>
  sampleRecord(id, {
    recorded: says('No.'),
    answer: says('No.'),
    judgement: { verdict: 'fail', expected: right, judge: ana },
    verdict: 'fail',
    expected: right,
    judgedBy: ana,
  }),
);

/** Passes what begins with "yes", and says nothing of what begins with "?"; asked about so many, it has no more money. */
class Judging {
  readonly asked: AnswerToJudge[] = [];
  readonly rubrics: (string | null)[] = [];
  readonly judge: Judge;
  constructor(most = Number.POSITIVE_INFINITY, mustAgree = false) {
    this.judge = {
      name: 'made-up',
      mustAgree,
      ...doneAtOnce(async ({ answers, rubric }) => {
        const now = answers.slice(0, most);
        this.rubrics.push(rubric);
        this.asked.push(...now);
        return {
          answers: now.flatMap(({ traceId, answer }) => {
            const text = String(answer).toLowerCase();
            const verdict: Verdict = text.startsWith('yes') ? 'pass' : 'fail';
            const judge = { kind: 'llm', id: 'made-up', reason: '' } as const;
            return text.startsWith('?') ? [] : [{ traceId, verdict, expected: null, judge }];
          }),
          unusable: 0,
          trouble: now.length < answers.length ? 'No more money.' : null,
        };
      }),
    };
  }
}

interface Given {
  readonly judge?: Judge;
  readonly settings?: Partial<Settings>;
  readonly records?: readonly SplitRecord[];
  readonly evidence?: readonly EvidenceRecord[];
  readonly judges?: JudgesFile | null;
  readonly iteration?: number;
  readonly ports?: MemoryPorts;
  /** Faults of the store while the stage runs. */
  readonly faults?: readonly ObjectFault[];
}

/** What becomes of the answers of candidates, by candidate and trace. */
async function judge(candidates: readonly Readonly<Record<string, string>>[], given: Given = {}) {
  const plain = given.ports ?? memoryPorts();
  const judges = new Map([
    ...plain.judges,
    ...(given.judge === undefined ? [] : [[given.judge.name, given.judge] as const]),
  ]);
  const ports = { ...plain, judges };
  const model = sampleModel({
    task: generationSpecFrom({ options: { checker: 'judge' } }),
    judge: given.judge?.name ?? 'rule',
    settings: { ...sampleModel().settings, rubric: 'be kind', ...given.settings },
  });
  if (given.ports === undefined) await putPlan(ports, { model });
  await writeJsonl(ports.objects, 'records', given.records ?? records);
  const weighed = given.evidence ?? evidence;
  for (const [key, file] of Object.entries({ evidence: weighed, none: [] })) await writeJsonl(ports.objects, key, file);
  if (given.judges) await writeJson(ports.objects, 'judges.json', given.judges);
  const iteration = given.iteration ?? 1;
  const evaluated = await Promise.all(
    candidates.map(async (answers, at) => {
      const list = weighed.flatMap(({ exampleId, expected }): EvaluationAnswer[] => {
        const text = answers[exampleId] ?? answers.all;
        if (text === undefined) return [];
        const same = text === String(expected);
        return [{ exampleId, output: says(text), confidence: 1, right: same, ...(!same && { undecided: true }) }];
      });
      const answersKey = `answers-${iteration}-${at}`;
      await writeJsonl(ports.objects, answersKey, list);
      return { candidateId: `c${at}`, answersKey, size: list.length, right: 0, fit: null };
    }),
  );
  const ref = (key: string) => ({ key, size: 0, right: 0 });
  const head = { ...sampleHead, iteration };
  const objects = new FaultyObjectStore(ports.objects);
  objects.faults = [...(given.faults ?? [])];
  const output = await judgeCandidates.run(
    {
      ...head,
      prepared: samplePrepared,
      split: { recordsKey: 'records', evidence: ref('evidence') },
      triaged: { judgesKey: given.judges ? 'judges.json' : null },
      lineage: { preceding: ref('none'), earlier: ref('none') },
      evaluated,
    },
    stageContext({ ...ports, objects }, (file) => stageKey('judge-candidates', head, file)),
  );
  if (!Array.isArray(output)) throw new Error('it is not done');
  const after = await Promise.all(
    output.map(({ answersKey }) => readJsonl(ports.objects, answersKey, evaluationAnswerSchema)),
  );
  const byTrace = after.map((answers) => new Map(answers.map((one) => [one.exampleId, one])));
  const isJudged = (await ports.objects.get(judgingFileKey(sampleHead.run, iteration))) !== undefined;
  const judging = isJudged
    ? await readJson(ports.objects, judgingFileKey(sampleHead.run, iteration), judgingSchema)
    : null;
  return { ports, output, after: byTrace, stopped: judging?.stopped ?? null };
}

const count = (answers: ReadonlyMap<string, EvaluationAnswer> | undefined, is: (one: EvaluationAnswer) => unknown) =>
  [...(answers?.values() ?? [])].filter(is).length;

/** Answers of which five read like the right output, and five take a judge. */
const half = { all: 'yes indeed', ...Object.fromEntries(ids.slice(5).map((id) => [id, 'Yes.'])) };

describe('what only a judge can tell of candidates’ answers', () => {
  test('it is asked once for all candidates, and is told neither whose an answer is nor of which trace', async () => {
    const judging = new Judging();
    const { after, output, stopped } = await judge(
      [
        { all: 'yes indeed', t0: 'Yes.', t1: 'never' },
        { all: 'yes indeed', t2: 'never' },
      ],
      { judge: judging.judge },
    );
    const asked = judging.asked.map(({ input, answer }) => `${input}: ${answer}`);
    expect(new Set(asked).size).toBe(asked.length);
    // Ten times "yes indeed", and twice "never".
    expect(asked).toHaveLength(12);
    expect(judging.asked.every(({ traceId, expected }) => !ids.includes(traceId) && expected === right)).toBe(true);
    expect(after.map((answers) => [count(answers, (one) => one.judged), count(answers, (one) => one.right)])).toEqual([
      [9, 9],
      [10, 9],
    ]);
    expect(after[0]?.get('t1')).toMatchObject({ right: false, judged: true });
    expect(count(after[0], (one) => one.undecided)).toBe(0);
    expect([stopped, ...output.map(({ right: rights }) => rights)]).toEqual([null, 9, 9]);
  });

  test('what was said of the champion’s answer, or of the one on record, is said of theirs too', async () => {
    const judging = new Judging();
    const { after } = await judge([{ all: 'no.', t1: 'No.' }], { judge: judging.judge, records: records.slice(0, 9) });
    // They read alike; what is new is t9, of which nothing is on record.
    expect(judging.asked).toHaveLength(1);
    expect(count(after[0], (one) => one.judged && !one.right)).toBe(10);
  });

  test('nothing is asked twice in later iterations, nor where the stage is begun again, not even what made no sense', async () => {
    const judging = new Judging();
    const { ports } = await judge([{ all: 'yes indeed', t0: '? what' }], { judge: judging.judge });
    expect(judging.asked).toHaveLength(10);
    await judge([{ all: 'yes indeed', t0: '? what' }], { judge: judging.judge, ports });
    const { after } = await judge([{ all: 'yes indeed', t0: '? what' }, { t3: 'never' }], {
      judge: judging.judge,
      ports,
      iteration: 2,
    });
    expect(judging.asked.slice(10).map(({ answer }) => answer)).toEqual(['never']);
    expect(after[0]?.get('t0')).toMatchObject({ undecided: true });
    expect(count(after[0], (one) => one.leftOut)).toBe(0);
    expect(count(after[0], (one) => one.judged)).toBe(9);
  });

  test('where only the judge has said what is right, it is shown no right output, as it was not for the champion', async () => {
    const judging = new Judging();
    const alone = evidence.map((record) => ({ ...record, fromJudge: true as const }));
    await judge([{ all: 'yes indeed' }], { judge: judging.judge, evidence: alone });
    expect(judging.asked.map(({ expected }) => expected)).toEqual(Array(10).fill(null));
  });

  test('where the money is spent, no record counts to which the judge did not come, however it reads', async () => {
    const judging = new Judging(4);
    const mixed = { all: 'yes indeed', t0: 'Yes.', t1: 'Yes.', t2: 'Yes.', t3: 'Yes.' };
    const { after, stopped } = await judge([mixed], { judge: judging.judge });
    const answers = after[0];
    expect(count(answers, (one) => one.judged)).toBe(4);
    expect(count(answers, (one) => one.undecided)).toBe(2);
    const others = count(answers, (one) => one.leftOut);
    expect(count(answers, (one) => one.right && !one.judged && !one.leftOut) + others).toBe(4);
    // Left out whole: the same records whatever was answered.
    const free = new Judging(4);
    const again = await judge([mixed, { all: 'Yes.' }], { judge: free.judge });
    expect(count(again.after[1], (one) => one.leftOut)).toBe(others + 2);
    expect(stopped).toBe('No more money.');
  });

  test('a judge that must agree with people is asked about so many at most, and about none while it does not', async () => {
    const report = (counts: boolean): JudgesFile => ({
      secondOpinion: null,
      judge: {
        name: 'made-up',
        agreement: { passes: { of: 0, agreed: 0 }, fails: { of: 0, agreed: 0 } },
        counts,
        why: 'It agrees with nobody.',
        said: { of: 0, passes: 0 },
        unusable: 0,
        trouble: null,
        spent: { inputTokens: 0, outputTokens: 0, usd: 0 },
      },
    });
    const few = new Judging(Number.POSITIVE_INFINITY, true);
    const limited = await judge([{ all: 'yes indeed' }], {
      judge: few.judge,
      judges: report(true),
      settings: { judgeLimit: 3 },
    });
    expect(few.asked).toHaveLength(3);
    expect(count(limited.after[0], (one) => one.undecided)).toBe(7);
    expect(limited.stopped).toContain('judgeLimit');
    const none = new Judging(Number.POSITIVE_INFINITY, true);
    const distrusted = await judge([half], { judge: none.judge, judges: report(false) });
    expect(none.asked).toEqual([]);
    expect(distrusted.stopped).toBe('What the judge made-up says does not count. It agrees with nobody.');
    expect(count(distrusted.after[0], (one) => one.leftOut)).toBe(0);
    expect(count(distrusted.after[0], (one) => one.right)).toBe(5);
    const unknown = await judge([half], { judge: none.judge });
    expect(none.asked).toEqual([]);
    expect(unknown.stopped).toBe('What the judge made-up says does not count.');
    // Of each candidate so many.
    const two = await judge([{ all: 'yes indeed' }, { all: 'never' }], {
      judge: few.judge,
      judges: report(true),
      settings: { judgeLimit: 3 },
    });
    expect(few.asked).toHaveLength(3 + 6);
    expect(two.stopped).toContain('3 answers of each candidate');
  });

  test('it is asked by the rubric of the model, where there is one', async () => {
    const judging = new Judging();
    await judge([{ all: 'yes indeed' }], { judge: judging.judge });
    await judge([{ all: 'yes indeed' }], { judge: judging.judge, settings: { rubric: '' } });
    expect(judging.rubrics).toEqual(['be kind', null]);
  });

  test('what it makes no sense of is not asked again, though that be all; what cannot be read of it is', async () => {
    const judging = new Judging();
    const { ports } = await judge([{ all: '? what' }], { judge: judging.judge });
    await judge([{ all: '? what' }], { judge: judging.judge, ports });
    expect(judging.asked).toHaveLength(10);
    await ports.objects.put(stageKey('judge-candidates', sampleHead, 'said.jsonl'), new TextEncoder().encode('{'));
    await judge([{ all: '? what' }], { judge: judging.judge, ports });
    expect(judging.asked).toHaveLength(20);
  });

  test('what it said is not taken for lost where it cannot be read just now', async () => {
    const judging = new Judging();
    const { ports } = await judge([{ all: 'yes indeed' }], { judge: judging.judge });
    const faults = [{ key: /said\.jsonl$/, kind: 'broken', times: 1 } as const];
    await expect(judge([{ all: 'yes indeed' }], { judge: judging.judge, ports, faults })).rejects.toThrow('EIO');
    expect(judging.asked).toHaveLength(10);
  });

  test('it is waited for where that takes longer', async () => {
    const working = { status: 'working', handle: 'h', done: 1, total: 2, waitSeconds: 30 } as const;
    const slow: Judge = {
      name: 'made-up',
      mustAgree: false,
      start: async () => working,
      advance: async () => working,
    };
    await expect(judge([{ all: 'yes indeed' }], { judge: slow })).rejects.toThrow('it is not done');
  });

  test('without a judge who can tell all stays as it is but what is on record', async () => {
    const { after, stopped } = await judge([{ all: 'yes indeed', t0: 'Yes.', t1: 'No.' }]);
    expect(count(after[0], (one) => one.undecided)).toBe(8);
    expect(after[0]?.get('t1')).toMatchObject({ right: false, judged: true });
    expect(stopped).toContain('--judge llm');
    const mixed = await judge([half]);
    expect(count(mixed.after[0], (one) => one.right && !one.leftOut)).toBe(5);
    const settled = await judge([{ all: 'Yes.' }]);
    expect(settled.output[0]?.answersKey).toBe('answers-1-0');
  });
});
