import { beforeEach, describe, expect, it } from 'vitest';
import { withoutModel } from '../../../../shared/agents/outcome.ts';
import { moveChampion } from '../../../../shared/domain/models/control.ts';
import { watchedTrainer } from '../../../../shared/domain/models/endpoint.ts';
import { defaultSettings } from '../../../../shared/domain/models/settings.ts';
import { gatherReport } from '../../../../shared/loop/report/gather-report.ts';
import type { Candidate } from '../../../../shared/loop/state/candidate.ts';
import type { RunPlan } from '../../../../shared/loop/state/run-plan.ts';
import type { ReportInput } from '../../../../shared/loop/state/run-result.ts';
import { runResultSchema } from '../../../../shared/loop/state/run-result.ts';
import { writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Ports } from '../../../../shared/ports/ports.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { gated } from '../../../helpers/gated-candidate.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { putPlan, sampleEvidence, sampleHead, samplePrepared, sampleRecord } from '../../../helpers/record-samples.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';

const [spam, ham] = [labelOutput('spam'), labelOutput('ham')];
const wrong = { verdict: 'fail' as const, answer: ham };
const reportKey = 'runs/m1/r1/0/write-report/all/report.html';

/** A run that ended before there was anything to decide on. */
const input: ReportInput = {
  ...sampleHead,
  prepared: samplePrepared,
  triaged: {
    triagedKey: 'triaged.jsonl',
    passes: 4,
    failures: 3,
    unknown: 2,
    clean: 9,
    fixableNoise: 0,
    poison: 0,
    suspects: 0,
    judgesKey: null,
  },
  split: {
    recordsKey: 'records.jsonl',
    evidence: { key: 'evidence.jsonl', size: 7, right: 4 },
    failures: 3,
    enoughEvidence: false,
    reason: 'too little',
    people: 'p',
    keptOut: null,
  },
  taxonomy: { taxonomyKey: null, clusters: [], unclustered: 0 },
  weaknesses: [],
  decision: {
    next: 'keep',
    reason: 'Too little evidence.',
    historyKey: null,
    chosen: null,
    answersKey: null,
    iteration: { number: 1, kind: 'first', move: 'first', historyKey: null },
  },
  finalTest: { testKey: null },
};

let ports: MemoryPorts;
beforeEach(() => {
  ports = memoryPorts();
});

const gather = (change: Partial<ReportInput> = {}, given: Ports = ports) =>
  gatherReport({ ...input, ...change }, reportKey, given);

async function put(records = [sampleRecord('t1')], plan: Partial<RunPlan> = {}): Promise<void> {
  await putPlan(ports, plan);
  await writeJsonl(ports.objects, 'records.jsonl', records);
  await writeJsonl(ports.objects, 'evidence.jsonl', []);
}

/** A candidate of an iteration that came before the gate. */
async function putCandidate(candidateId: string, iteration: number): Promise<void> {
  const candidate: Candidate = {
    candidateId,
    iteration,
    checkpointId: `checkpoint ${candidateId}`,
    datasetId: 'd2',
    datasetKey: 'datasets/d2.jsonl',
    mode: 'extend',
    configuration: sampleCheckpoint().configuration,
    artifactKey: 'artifacts/a',
    folds: { parts: 10, models: [] },
  };
  await writeJson(ports.objects, `${candidateId}.json`, candidate);
}

const count = (right: number, of: number) => ({ right, of });

/** Two iterations with a candidate each, the second of which the decision is about. */
async function putCandidates(next: 'promote' | 'keep'): Promise<Partial<ReportInput>> {
  const made = { gained: 40, lost: 2, forgets: 1, score: 0.9, spam: [0, 0, 0] as const };
  const [first, second] = [gated('a', { ...made, score: 0.85 }, defaultSettings), gated('b', made, defaultSettings)];
  for (const [at, entry] of [first, second].entries()) {
    await putCandidate(entry.candidate.candidateId, at + 1);
    await writeJson(ports.objects, `gate-${at + 1}.json`, { candidates: [entry] });
  }
  const iterations = [first, second].map(({ candidate: best, score }, at) => {
    const head = { iteration: at + 1, kind: 'first', move: at === 0 ? 'first' : 'more-gold' };
    return { ...head, best, score, rolledBack: at === 0, decision: 'on', gateKey: `gate-${at + 1}.json` };
  });
  await writeJson(ports.objects, 'history.json', {
    iterations,
    basis: {
      candidate: second.candidate,
      score: 0.9,
      dataset: { datasetId: 'd2', key: 'datasets/d2.jsonl', mode: 'extend' },
      configuration: sampleCheckpoint().configuration,
    },
    tried: [],
    next: null,
    ended: 'plateau',
  });
  await writeJson(ports.objects, 'test.json', {
    checkpointId: second.candidate.checkpointId,
    sets: [
      { name: 'traffic', before: count(4, 7), after: count(6, 7) },
      { name: 'failures', before: count(0, 3), after: count(2, 3) },
      { name: 'report', before: count(0, 0), after: count(0, 0) },
    ],
    byFacet: [{ facet: 'spam', before: { tp: 3, fp: 1, fn: 2 }, after: { tp: 4, fp: 0, fn: 1 } }],
    bySlice: [{ name: 'mobile', before: count(1, 2), after: count(2, 2) }],
    allFailuresFixed: count(2, 3),
    confusion: [{ expected: 'spam', answered: 'ham', right: false, before: 3, after: 1 }],
  });
  const answer = (exampleId: string, right: boolean, change: object = {}) => ({
    exampleId,
    output: right ? spam : ham,
    confidence: 0.7,
    right,
    ...change,
  });
  await writeJsonl(ports.objects, 'b-answers.jsonl', [
    answer('t1', true),
    answer('l0', false),
    answer('m0', false),
    answer('t2', false, { undecided: true }),
  ]);
  const decision = { ...input.decision, next, historyKey: 'history.json', chosen: second.candidate };
  return { decision, finalTest: { testKey: 'test.json' } };
}

describe('the report of a run that decided on no candidate', () => {
  it('has the champion, and says how much there was to go by', async () => {
    const leftOut = { traces: 5, by: 'setting' } as const;
    await put([sampleRecord('t1'), sampleRecord('t2')], { leftOut });
    const { data, result } = await gather();
    expect(data).toMatchObject({
      run: {
        status: 'finished',
        finishedAt: '2026-01-01T00:00:00.000Z',
        decision: 'kept',
        reason: 'Too little evidence.',
        resultId: 'c1',
        reportKey,
      },
      decision: 'kept',
      traffic: { traces: 2, passes: 4, failures: 3, unknown: 2, leftOut },
      evidence: { failures: 3, records: 7 },
      weighed: { size: 7, right: 4 },
      undecided: 0,
      ended: null,
      links: [],
      test: null,
      score: null,
      byFacet: [],
      untold: [],
      bySlice: [],
      allFailuresFixed: null,
      confusion: [],
      taxonomy: null,
      judges: [],
      candidates: [],
      decidedOn: null,
      iterations: [],
      regressed: [],
      calibration: null,
      drift: null,
      movedBack: [],
    });
    for (const absent of ['deployment', 'notCovered', 'moreForFolds', 'onRecord'])
      expect(data).not.toHaveProperty(absent);
    expect(data.nextSteps.length).toBeGreaterThan(0);
    expect(runResultSchema.parse(result)).toMatchObject({
      run: 'r1',
      decision: 'kept',
      why: expect.any(String),
      champion: 'c1',
      scores: { before: {}, after: null },
      gain: null,
      memory: {},
      judges: {},
      report: reportKey,
    });
  });

  it('tells of answers that the budget did not cover, of fold models that reach too little, and of who was not asked', async () => {
    await put([sampleRecord('t1')], { run: sampleRun({ budgetUsd: 2 }) });
    const { split } = input;
    const { data } = await gather({
      triaged: { ...input.triaged, notAsked: 30, notAskedUsd: 1.5 },
      split: { ...split, evidence: { ...split.evidence, more: 11 }, onRecord: true },
    });
    expect(data).toMatchObject({
      notCovered: { asked: 1, notAsked: 30, notAskedUsd: 1.5, budgetUsd: 2 },
      moreForFolds: 11,
      onRecord: true,
    });
    const unknown = await gather({ triaged: { ...input.triaged, notAsked: 30 } });
    expect(unknown.data.notCovered).toMatchObject({ notAskedUsd: null });
  });

  it('links to where the run can be looked at', async () => {
    await put();
    const link = (title: string) => ({ title, url: `https://host/${title}` });
    const links = {
      execution: (owner: string) => link(`of ${owner}`),
      objects: (prefix: string) => link(`in ${prefix}`),
    };
    const { data } = await gather({}, { ...ports, links });
    expect(data.links).toEqual([link('of test'), link('in runs/m1/r1/')]);
    const none = await gather({}, { ...ports, links: { execution: () => null, objects: links.objects } });
    expect(none.data.links).toEqual([link('in runs/m1/r1/')]);
  });

  it('shows failing traces, those that the champion was surest of first, but for poison', async () => {
    const poison = { category: 'poison', kind: 'gibberish', reason: '' } as const;
    await put([
      sampleRecord('b', { ...wrong, confidence: 0.6 }),
      sampleRecord('a', { ...wrong, confidence: 0.6 }),
      sampleRecord('sure', { ...wrong, confidence: 0.9 }),
      sampleRecord('poison', { ...wrong, triage: poison }),
      sampleRecord('unanswered', { verdict: 'fail', answer: null, confidence: 0 }),
      sampleRecord('fine'),
    ]);
    const { data } = await gather();
    expect(data.failing.count).toBe(4);
    expect(data.failing.examples.map(({ traceId }) => traceId)).toEqual(['sure', 'a', 'b', 'unanswered']);
    expect(data.failing.examples[0]).toEqual({
      traceId: 'sure',
      input: 'text of sure',
      expected: 'spam',
      before: { output: 'ham', right: false },
      after: null,
    });
    expect(data.failing.examples[3]?.before).toEqual({ output: null, right: false });
  });

  it('shows fifty of them at most', async () => {
    await put(Array.from({ length: 60 }, (_, at) => sampleRecord(`t${at}`, wrong)));
    const { failing } = (await gather()).data;
    expect([failing.count, failing.examples.length]).toEqual([60, 50]);
  });

  it('counts what triage found by sort, the most common first', async () => {
    const triage = (category: 'poison' | 'fixable-noise', kind: string, reason = '') => ({ category, kind, reason });
    await put([
      sampleRecord('t1', { triage: triage('poison', 'gibberish', 'no words') }),
      sampleRecord('t2', { triage: triage('fixable-noise', 'typos', 'first') }),
      sampleRecord('t3', { triage: triage('fixable-noise', 'typos', 'second') }),
      sampleRecord('t4', { triage: triage('fixable-noise', 'casing', 'shouts') }),
    ]);
    expect((await gather()).data.triage).toEqual([
      { category: 'fixable-noise', kind: 'typos', count: 2, example: 'first' },
      { category: 'fixable-noise', kind: 'casing', count: 1, example: 'shouts' },
      { category: 'poison', kind: 'gibberish', count: 1, example: 'no words' },
    ]);
  });

  it('names once what rests on one judge alone, what turns most first', async () => {
    const alone = (judge: string, turned: number) => ({ judge, from: null, word: 'x', to: 'ham', turned, of: 30 });
    const held = (id: string, judge: string, turned: number) =>
      sampleRecord(id, {
        triage: { category: 'suspect-judgement', kind: 'lone-judge', reason: '', alone: alone(judge, turned) },
      });
    await put([held('t1', 'llm/a', 5), held('t2', 'llm/a', 5), held('t3', 'llm/b', 20), sampleRecord('t4')]);
    expect((await gather()).data.alone).toEqual([alone('llm/b', 20), alone('llm/a', 5)]);
  });

  it('has what came of judges', async () => {
    await put();
    const report = {
      name: 'gpt',
      agreement: { passes: { of: 50, agreed: 45 }, fails: { of: 40, agreed: 30 } },
      counts: true,
      why: '',
      said: { of: 12, passes: 7 },
      unusable: 3,
      trouble: null,
      spent: { inputTokens: 1, outputTokens: 1, usd: 0.5 },
    };
    await writeJson(ports.objects, 'judges.json', { judge: null, secondOpinion: report });
    const triaged = { ...input.triaged, judgesKey: 'judges.json' };
    const one = await gather({ triaged });
    expect(one.data.judges).toEqual([{ role: 'second-opinion', report }]);
    expect(one.result.judges).toEqual({
      'second-opinion': { counts: true, tpr: 0.9, tnr: 0.75, said: 12, unusable: 3, usd: 0.5 },
    });
    await writeJson(ports.objects, 'judges.json', { judge: report, secondOpinion: null });
    expect((await gather({ triaged })).data.judges).toEqual([{ role: 'judge', report }]);
  });

  it('has the datasets of the run, and moves of the champion that followed from being watched', async () => {
    await put();
    const watched = { test: 'shadow' as const, judged: 90, against: 20, inFavour: 1, share: 0.5, evidence: 25 };
    let control = await ports.lineage.getControl('m1');
    for (const evidence of [undefined, watched]) {
      if (control === undefined) throw new Error('no control');
      const move = { at: '', to: 'c1', kind: 'rollback', by: 'ana', reason: '' } as const;
      const moved = moveChampion(control, { ...move, ...(evidence && { evidence }) });
      await ports.lineage.compareAndSetControl(control.version, moved);
      control = moved;
    }
    expect((await gather()).data.movedBack).toMatchObject([{ evidence: watched }]);
    await ports.lineage.putDataset(sampleDataset({ datasetId: 'own', runId: 'r1' }));
    await ports.lineage.putDataset(sampleDataset({ datasetId: 'other', runId: 'r0' }));
    expect((await gather()).data.datasets.map(({ datasetId }) => datasetId)).toEqual(['own']);
  });

  it('counts what a person should review, examples of a label that was split among it', async () => {
    const bare = { verdict: 'fail', expected: null, judge: { kind: 'llm', id: 'gpt', reason: '' } } as const;
    await put([sampleRecord('t1', { judgement: bare, verdict: 'fail', expected: null })], {
      leftOpenExamplesKey: 'open.jsonl',
    });
    const example = { exampleId: 'e1', input: 'an order', output: spam, weight: 1, slice: 'gold', folds: [] };
    await writeJsonl(ports.objects, 'open.jsonl', [{ ...example, provenance: { kind: 'file', line: 1 } }]);
    const { data, result, review } = await gather();
    expect(review.lines.map(({ input: text }) => text).toSorted()).toEqual(['an order', 'text of t1']);
    expect(data.review).toEqual({ counts: review.counts, lines: 2 });
    expect(result.review).toBe(2);
    expect(review.lines.find(({ input: text }) => text === 'an order')?.timestamp).toBe('2026-01-01T00:00:00.000Z');
  });

  it('tells of agents', async () => {
    await put();
    const folder = 'runs/m1/r1/0/build-taxonomy/all/taxonomy.json.agent';
    await writeJson(ports.objects, `${folder}/outcome.json`, withoutModel('a', 'analyst', folder));
    const { data, result } = await gather();
    expect(data.agents).toHaveLength(1);
    expect(result.agents).toMatchObject([{ role: 'analyst', stage: 'build-taxonomy', agents: 1 }]);
  });
});

describe('the report of a run that decided on a candidate', () => {
  const records = [
    sampleRecord('t1', wrong),
    sampleRecord('t2'),
    sampleRecord('l0'),
    sampleRecord('m0'),
    sampleRecord('l1', { expected: null, verdict: 'unknown' }),
  ];

  it('has all candidates, the figures before and after, and what was lost', async () => {
    await put(records);
    const change = await putCandidates('keep');
    const { data, result } = await gather(change);
    expect(data).toMatchObject({
      decision: 'kept',
      run: { resultId: 'c1' },
      ended: 'plateau',
      championScore: 0.8,
      decidedOn: 'b',
      candidates: [
        { candidateId: 'a', iteration: 1, checkpointId: 'checkpoint a', datasetId: 'd2', mode: 'extend', score: 0.85 },
        { candidateId: 'b', iteration: 2, score: 0.9, isAverage: true, margin: 0.0025 },
      ],
      iterations: [
        { iteration: 1, move: 'first', bestCandidateId: 'a', score: 0.85, rolledBack: true, decision: 'on' },
        { iteration: 2, move: 'more-gold', bestCandidateId: 'b', score: 0.9, rolledBack: false },
      ],
      test: [
        { name: 'traffic', before: count(4, 7), after: count(6, 7) },
        { name: 'failures', before: count(0, 3), after: count(2, 3) },
        { name: 'report', before: count(0, 0) },
      ],
      byFacet: [
        {
          facet: 'spam',
          recall: { before: count(3, 5), after: count(4, 5) },
          precision: { before: count(3, 4), after: count(4, 4) },
        },
      ],
      untold: ['spam'],
      bySlice: [{ name: 'mobile', before: count(1, 2), after: count(2, 2) }],
      allFailuresFixed: count(2, 3),
      confusion: [{ expected: 'spam', answered: 'ham', before: 3, after: 1 }],
    });
    expect(data.test?.[0]?.before.lower).toBeGreaterThan(0.2);
    expect(data.regressed).toEqual([
      {
        traceId: 'l0',
        input: 'text of l0',
        expected: 'spam',
        before: { output: 'spam', right: true },
        after: { output: 'ham', right: false },
      },
      expect.objectContaining({ traceId: 'm0', after: { output: 'ham', right: false } }),
    ]);
    expect(runResultSchema.parse(result)).toMatchObject({
      champion: 'c1',
      scores: {
        before: { traffic: 0.8, failures: 0 },
        after: { traffic: 0.9, failures: 2 / 3 },
      },
      gain: { of: 500, gained: 40, lost: 2 },
      memory: { preceding: { lost: 1, gained: 0, of: 100 } },
    });
    expect(result.scores.before).not.toHaveProperty('report');
    expect(result.gain).not.toHaveProperty('partly');
    expect(result.memory.preceding).not.toHaveProperty('lostNet');
    expect(result).not.toHaveProperty('notDeployed');
  });

  it('after a promotion has the new champion, whose confidences are those out of fold', async () => {
    await put(records);
    await writeJsonl(ports.objects, 'evidence.jsonl', [sampleEvidence('t1'), sampleEvidence('t2')]);
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'checkpoint b', parentId: 'c1' }));
    await ports.lineage.putCheckpoint(
      sampleCheckpoint({ checkpointId: 'older', scores: { 'traffic-validation': 0.6 } }),
    );
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'old', scores: { 'out-of-fold': 0.7 } }));
    await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'unknown' }));
    const { data, result } = await gather(await putCandidates('promote'));
    expect(data).toMatchObject({
      decision: 'promoted',
      run: { decision: 'promoted', resultId: 'checkpoint b' },
      deployment: { to: null, problem: null, wasAtEndpoint: false },
      calibration: { checkpointId: 'checkpoint b', map: { n: 1 } },
    });
    expect(result).toMatchObject({ decision: 'promoted', champion: 'checkpoint b', why: null });
    const lineage = new Map(data.lineage.map(({ checkpointId, champion, score }) => [checkpointId, [champion, score]]));
    expect(Object.fromEntries(lineage)).toEqual({
      c1: [false, 0.8],
      'checkpoint b': [true, 0.9],
      old: [false, 0.7],
      older: [false, 0.6],
      unknown: [false, null],
    });
  });

  it('says that the new champion is not where the model is deployed', async () => {
    const model = sampleModel({ deployTo: 'https://host/models?token=secret' });
    await put(records, { model, champion: sampleCheckpoint({ trainer: watchedTrainer }) });
    let control = await ports.lineage.getControl('m1');
    for (const to of ['c1', 'checkpoint b']) {
      if (control === undefined) throw new Error('no control');
      const moved = moveChampion(control, { at: '', to, kind: 'promote', by: 'r1', reason: '' });
      await ports.lineage.compareAndSetControl(control.version, moved);
      control = moved;
    }
    const { data, result } = await gather(await putCandidates('promote'));
    expect(data.deployment).toMatchObject({
      to: 'https://host/models',
      problem: expect.any(String),
      wasAtEndpoint: true,
    });
    expect(result.notDeployed).toBe(data.deployment?.problem);
  });

  it('has clusters with their weakness, their examples and what they gained', async () => {
    await put(records);
    const rest = { unclustered: 2, confusions: [], causes: { noise: 1 } };
    const cluster = sampleCluster({ clusterId: 'k1', traceIds: ['t1'], exampleIds: ['t1', 'gone'] });
    const clusters = [cluster, sampleCluster({ clusterId: 'k2', expected: null })];
    await writeJson(ports.objects, 'taxonomy.json', { clusters, ...rest });
    const weakness = {
      clusterId: 'k1',
      verdict: 'confirmed' as const,
      probes: 10,
      failed: 8,
      failureRate: 0.8,
      lower: 0.5,
      upper: 0.9,
      baseRate: 0.1,
      reason: '',
    };
    await writeJson(ports.objects, 'weakness.json', weakness);
    const ref = { clusterId: 'k1', weaknessKey: 'weakness.json', probesKey: 'p.jsonl', verdict: weakness.verdict };
    const found = {
      taxonomy: { taxonomyKey: 'taxonomy.json', clusters: [], unclustered: 2 },
      weaknesses: [ref],
    };
    const { data } = await gather({ ...found, ...(await putCandidates('keep')) });
    expect(data.taxonomy).toMatchObject({
      ...rest,
      notes: [],
      clusters: [
        {
          clusterId: 'k1',
          weakness: { failed: 8 },
          examples: [
            { traceId: 't1', before: { output: 'ham', right: false }, after: { output: 'spam', right: true } },
          ],
          gain: { mended: 1, failing: 0, rightBefore: 2, lost: 2 },
        },
        { clusterId: 'k2', weakness: null, examples: [], gain: { mended: 0, failing: 0 } },
      ],
    });
    expect(data.taxonomy?.clusters[0]?.examples).toHaveLength(1);
    expect(data.failing).toEqual({ count: 0, examples: [] });

    const undecided = await gather(found);
    expect(undecided.data.taxonomy?.clusters[0]).toMatchObject({ gain: null, examples: [{ after: null }] });
  });
});
