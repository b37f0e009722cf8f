import { describe, expect, test } from 'vitest';
import { embeddedPredictorFacts } from '../../../../shared/adapters/backends/embedded/facts.ts';
import { digest } from '../../../../shared/domain/base/ids.ts';
import { wordKey } from '../../../../shared/domain/base/text.ts';
import type { Checkpoint } from '../../../../shared/domain/models/checkpoint.ts';
import { moveChampion } from '../../../../shared/domain/models/control.ts';
import type { Model } from '../../../../shared/domain/models/model.ts';
import type { Served } from '../../../../shared/domain/models/served.ts';
import type { Judgement } from '../../../../shared/domain/traces/judgement.ts';
import type { Trace } from '../../../../shared/domain/traces/trace.ts';
import { explainTrace } from '../../../../shared/loop/inspect/explain-trace.ts';
import { writeLedgerSegment } from '../../../../shared/operations/fold-ledger.ts';
import { encodeJsonl, writeJson, writeJsonl } from '../../../../shared/ports/documents.ts';
import type { Predictor } from '../../../../shared/ports/predictor.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleDataset, sampleModel, sampleRun } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { sampleCluster } from '../../../helpers/sample-cluster.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';

const at = (minute: number) => `2026-01-01T00:${String(minute).padStart(2, '0')}:00.000Z`;
const [spam, ham, junk] = [labelOutput('spam'), labelOutput('ham'), labelOutput('junk')];
const byTrace = { traceId: 't1' };
const input = 'some text';
const served = (ref: string, predictor = 'embedded'): Served => ({ predictor, ref, digest: 'abc' });
const rename = { how: 'rename', from: 'spam', to: 'junk' } as const;
const merge = { how: 'merge', labels: ['spam', 'ham'], aliases: [], into: 'mail' } as const;
const split = { how: 'split', from: 'spam', into: ['advert', 'fraud'] } as const;

/** A model whose labels were changed once. */
const changed = (change: typeof rename | typeof merge | typeof split, labels: readonly string[]): Partial<Model> => ({
  task: classificationTask([...labels]),
  changes: [{ at: at(0), by: 'ana', what: 'labels', change }],
});

/** A checkpoint of that minute; one named `ham…` answers so, any other answers spam. */
const trained = (checkpointId: string, minute: number, change: Partial<Checkpoint> = {}): Checkpoint =>
  sampleCheckpoint({ checkpointId, createdAt: at(minute), served: served(checkpointId), ...change });

interface Setting {
  readonly model?: Partial<Model>;
  readonly checkpoints?: readonly Checkpoint[];
  readonly champion?: string | null;
  readonly trace?: Partial<Trace> | null;
  readonly judgements?: readonly Judgement[];
  /** What the predictor does besides answering. */
  readonly does?: Partial<Predictor>;
}

/** Ports with a model, its checkpoints, and a trace of it; the first checkpoint is the champion. */
async function setting(given: Setting = {}): Promise<MemoryPorts> {
  const { checkpoints = [trained('c1', 1)], trace = {}, judgements = [] } = given;
  const ports = memoryPorts({ answer: (_, { ref }) => (ref.startsWith('ham') ? 'ham' : 'spam') });
  const plain = ports.predictors.get(embeddedPredictorFacts.name);
  if (plain === undefined) throw new Error('no predictor');
  const dear: Predictor = {
    ...plain,
    name: 'dear',
    mostCost: async () => 1,
    predict: async () => expect.fail('asked'),
  };
  await ports.lineage.createModel(sampleModel(given.model));
  for (const checkpoint of checkpoints) await ports.lineage.putCheckpoint(checkpoint);
  const control = await ports.lineage.getControl('m1');
  const to = given.champion === undefined ? (checkpoints[0]?.checkpointId ?? null) : given.champion;
  if (control !== undefined && to !== null) {
    const moved = moveChampion(control, { at: at(1), to, kind: 'promote', by: 'r1', reason: '' });
    await ports.lineage.compareAndSetControl(control.version, moved);
  }
  if (trace !== null) await ports.traceLog.append('m1', 'b1', { traces: [sampleTrace(trace)], judgements });
  return {
    ...ports,
    predictors: new Map([
      [plain.name, { ...plain, ...given.does }],
      [dear.name, dear],
    ]),
  };
}

describe('a trace that is explained', () => {
  test('of a model that there is not, or that is not in the log, says so', async () => {
    const ports = await setting();
    expect(await rejection(explainTrace('m2', byTrace, ports))).toMatchObject({ name: 'UnknownModel' });
    const long = 'x'.repeat(150);
    expect(await rejection(explainTrace('m1', { traceId: long }, ports))).toMatchObject({
      name: 'InvalidInput',
      message: `Model m1 has no trace "${'x'.repeat(120)}".`,
      mend: expect.stringContaining('--input TEXT'),
    });
  });

  test('comes with its judgements, and with what each checkpoint answers: the champion first, then the newest', async () => {
    const checkpoints = [trained('c1', 1), trained('ham2', 2), trained('c3', 3)];
    const ports = await setting({ checkpoints, judgements: [sampleJudgement()] });
    const found = await explainTrace('m1', byTrace, ports);
    expect(found).toMatchObject({
      model: { modelId: 'm1' },
      logged: { trace: sampleTrace(), judgements: [{ ...sampleJudgement(), leftOpen: false }] },
      input,
      answer: { checkpointId: 'c1', output: spam, confidence: 0.9 },
      checkpoints: [
        { checkpointId: 'c1', output: spam, champion: true, right: false },
        { checkpointId: 'c3', output: spam, champion: false, right: false },
        { checkpointId: 'ham2', output: ham, champion: false, right: true },
      ],
      why: null,
      whyParts: null,
      mistake: null,
      lastRun: null,
      place: null,
      notAsked: [],
      leftOut: { datasets: 0, checkpoints: 0 },
    });
  });

  test('has no checkpoint right or wrong where nobody knows, and is right as it was where a judge passed it', async () => {
    const unjudged = await explainTrace('m1', byTrace, await setting());
    expect(unjudged.checkpoints.map(({ right }) => right)).toEqual([null]);
    const { expected: _expected, ...bare } = sampleJudgement();
    const checkpoints = [trained('c1', 1), trained('ham2', 2)];
    const passed = await setting({ checkpoints, judgements: [{ ...bare, verdict: 'pass' }] });
    expect((await explainTrace('m1', byTrace, passed)).checkpoints.map(({ right }) => right)).toEqual([true, false]);
    const failed = await setting({ checkpoints, judgements: [{ ...bare, verdict: 'fail' }] });
    expect((await explainTrace('m1', byTrace, failed)).checkpoints.map(({ right }) => right)).toEqual([null, null]);
  });

  test('without a champion has no answer and no neighbours, but those of the checkpoints there are', async () => {
    const does: Partial<Predictor> = { explain: async () => expect.fail(), explainParts: async () => expect.fail() };
    const ports = await setting({ champion: null, does });
    expect(await explainTrace('m1', byTrace, ports)).toMatchObject({
      answer: null,
      why: null,
      whyParts: null,
      neighbours: [],
      checkpoints: [{ checkpointId: 'c1', champion: false }],
    });
  });

  test('is asked of ten checkpoints at most', async () => {
    const checkpoints = Array.from({ length: 12 }, (_, index) => trained(`c${index}`, index + 1));
    const found = await explainTrace('m1', byTrace, await setting({ checkpoints }));
    expect(found.checkpoints.map(({ checkpointId }) => checkpointId)).toEqual(
      [0, 11, 10, 9, 8, 7, 6, 5, 4, 3].map((index) => `c${index}`),
    );
    expect(found.leftOut.checkpoints).toBe(2);
  });

  test('is not asked of a checkpoint whose answers cost something, but what is on record of its answer is told', async () => {
    const dear = trained('c1', 1, { served: served('there', 'dear') });
    const cheap = trained('c2', 2);
    const checkpoints = [dear, cheap];
    const elsewhere = await explainTrace('m1', byTrace, await setting({ checkpoints, trace: { checkpointId: 'c2' } }));
    expect(elsewhere).toMatchObject({ answer: null, checkpoints: [{ checkpointId: 'c2' }], notAsked: ['c1'] });
    const text = await explainTrace('m1', { input }, await setting({ checkpoints }));
    expect(text).toMatchObject({ answer: null, notAsked: ['c1'] });
    const recorded = { checkpointId: 'c1', output: ham, confidence: 0.7 };
    const own = await explainTrace('m1', byTrace, await setting({ checkpoints, trace: recorded }));
    expect(own).toMatchObject({ answer: recorded, checkpoints: [recorded, { checkpointId: 'c2' }], notAsked: [] });
    const unsure = { checkpointId: 'c1', output: ham };
    const unknown = await explainTrace('m1', byTrace, await setting({ checkpoints, trace: unsure }));
    expect(unknown.answer).toEqual({ ...unsure, confidence: 0 });
  });

  test('shows the first mistake of its steps, but for an answer that was right', async () => {
    const steps = [{ type: 'reasoning' as const, output: 'The bill is 12 + 30 = 45.' }];
    const mistake = { step: 0, cause: 'calculation-error' };
    const wrong = await setting({ trace: { steps }, judgements: [sampleJudgement()] });
    expect((await explainTrace('m1', byTrace, wrong)).mistake).toMatchObject(mistake);
    expect((await explainTrace('m1', byTrace, await setting({ trace: { steps } }))).mistake).toMatchObject(mistake);
    const unanswered = await setting({ trace: { steps, output: null } });
    expect((await explainTrace('m1', byTrace, unanswered)).mistake).toMatchObject(mistake);
    const right = await setting({
      trace: { steps },
      judgements: [sampleJudgement({ expected: spam, verdict: 'pass' })],
    });
    expect((await explainTrace('m1', byTrace, right)).mistake).toBeNull();
  });
});

test('a text that is no trace is answered too, and nothing of a trace is told of it', async () => {
  const ports = await setting({ judgements: [sampleJudgement()] });
  expect(await explainTrace('m1', { input: 'another text' }, ports)).toMatchObject({
    input: 'another text',
    logged: null,
    mistake: null,
    lastRun: null,
    answer: { output: spam },
    checkpoints: [{ right: null }],
  });
});

test('why an answer is given, and each part of it, is what the back end tells', async () => {
  const asked: unknown[] = [];
  const told = { method: 'words left out', output: spam, against: ham, logOdds: 2, parts: [] };
  const does: Partial<Predictor> = {
    explain: async ({ ref }, of) => {
      asked.push(['why', ref, of]);
      return told;
    },
    explainParts: async ({ ref }, of, right) => {
      asked.push(['parts', ref, of, right]);
      return [told];
    },
  };
  const judgements = [sampleJudgement()];
  const plain = await explainTrace('m1', byTrace, await setting({ does, judgements }));
  expect(plain).toMatchObject({ why: told, whyParts: [told] });
  expect(asked).toEqual([
    ['why', 'c1', input],
    ['parts', 'c1', input, ham],
  ]);

  const model = changed(rename, ['junk', 'ham']);
  const renamed = await explainTrace('m1', byTrace, await setting({ does, model }));
  const today = { ...told, output: junk, against: ham };
  expect(renamed).toMatchObject({ why: today, whyParts: [today] });
});

test('labels that are one by now are not held against each other', async () => {
  const told = { method: 'words left out', output: spam, against: ham, logOdds: 2, parts: [] };
  const model = changed(merge, ['mail', 'news']);
  const ports = await setting({ model, does: { explain: async () => told } });
  expect((await explainTrace('m1', byTrace, ports)).why).toBeNull();
  const unexplained = await setting({ does: { explain: async () => null } });
  expect((await explainTrace('m1', byTrace, unexplained)).why).toBeNull();
});

describe('a trace of before a change of labels', () => {
  test('and what is judged of it, and answered, are in the labels of today', async () => {
    const model = changed(rename, ['junk', 'ham']);
    const judgements = [sampleJudgement({ expected: spam, verdict: 'pass' })];
    expect(await explainTrace('m1', byTrace, await setting({ model, judgements }))).toMatchObject({
      logged: { trace: { output: junk }, judgements: [{ expected: junk, leftOpen: false }] },
      answer: { output: junk },
      checkpoints: [{ output: junk, right: true }],
    });
    const unanswered = await setting({ model, trace: { output: null } });
    expect((await explainTrace('m1', byTrace, unanswered)).logged?.trace.output).toBeNull();
  });

  test('keeps a label that was split, and tells which judgements that leaves open', async () => {
    const model = changed(split, ['advert', 'fraud', 'ham']);
    const judgements = [
      sampleJudgement({ judgementId: 'j1', expected: spam, verdict: 'pass' }),
      sampleJudgement({ judgementId: 'j2', expected: ham, judge: { kind: 'human', id: 'ben', reason: '' } }),
    ];
    expect(await explainTrace('m1', byTrace, await setting({ model, judgements }))).toMatchObject({
      logged: {
        trace: { output: spam },
        judgements: [
          { judgementId: 'j1', expected: spam, leftOpen: true },
          { judgementId: 'j2', expected: ham, leftOpen: false },
        ],
      },
      answer: { output: spam, confidence: 0.9 },
    });
  });
});

describe('where an input stands among the folds', () => {
  const folds = { parts: 10 as const, models: Array.from({ length: 10 }, (_, fold) => served(`ham fold ${fold}`)) };
  const checkpoints = [trained('c1', 1, { folds })];

  test('is told once a run has placed it, and a checkpoint is asked by its model that has not seen it', async () => {
    const ports = await setting({ checkpoints });
    expect((await explainTrace('m1', byTrace, ports)).place).toBeNull();
    const other = { words: wordKey('another text'), groupId: 'g0', folds: [1], use: 'evidence' as const };
    await writeLedgerSegment('m1', 'r9', [other], ports);
    expect((await explainTrace('m1', byTrace, ports)).place).toBeNull();
    const place = { groupId: 'g1', folds: [3], use: 'evidence' as const };
    await writeLedgerSegment('m1', 'r0', [{ words: wordKey(input), ...place }], ports);
    expect(await explainTrace('m1', byTrace, ports)).toMatchObject({
      place,
      answer: { output: spam },
      checkpoints: [{ output: ham, unseen: true }],
    });
  });

  test('is nowhere unseen where it trains everywhere', async () => {
    const ports = await setting({ checkpoints });
    await writeLedgerSegment('m1', 'r0', [{ words: wordKey(input), groupId: 'g1', folds: [], use: 'none' }], ports);
    expect((await explainTrace('m1', byTrace, ports)).checkpoints).toMatchObject([{ output: spam, unseen: false }]);
  });
});

test('what it taught and what is near it come from the training examples', async () => {
  const ports = await setting();
  const line = (text: string, provenance: object) => {
    const kept = { exampleId: text, input: text, output: spam, weight: 1, slice: 'gold' as const, folds: [] };
    return { ...kept, provenance };
  };
  const bytes = encodeJsonl([
    line('some text or other', { kind: 'file', line: 1 }),
    line('made of it', { kind: 'probe', probeId: 'p1', traceId: 't1', clusterId: 'k1' }),
  ]);
  await ports.objects.put('datasets/d1.jsonl', bytes);
  await ports.lineage.putDataset(sampleDataset({ digest: digest(bytes) }));
  expect(await explainTrace('m1', byTrace, ports)).toMatchObject({
    neighbours: [{ input: 'some text or other', same: false }],
    training: [{ from: 'probe made of trace t1', checkpointIds: ['c1'] }],
  });
  expect((await explainTrace('m1', { input }, ports)).training).toEqual([]);
});

describe('what the last run made of a trace', () => {
  const counts = { passes: 0, failures: 1, unknown: 0, clean: 1, fixableNoise: 0, poison: 0, suspects: 0 };
  const done = ({ objects }: MemoryPorts, stage: string, output: object) =>
    writeJson(objects, `runs/m1/r1/0/${stage}/all/completed.json`, { output });

  async function afterRun(given: Setting = {}): Promise<MemoryPorts> {
    const ports = await setting(given);
    await ports.lineage.putRun(sampleRun());
    await done(ports, 'triage-traces', { triagedKey: 'triaged.jsonl', ...counts });
    const records = ['t0', 't1'].map((traceId) => sampleRecord(traceId)).map(({ part: _part, ...record }) => record);
    await writeJsonl(ports.objects, 'triaged.jsonl', records);
    return ports;
  }

  test('is told with the cluster of failures that it is in', async () => {
    const ports = await afterRun();
    const alone = { runId: 'r1', record: { traceId: 't1' }, cluster: null };
    expect((await explainTrace('m1', byTrace, ports)).lastRun).toMatchObject(alone);
    await done(ports, 'build-taxonomy', { taxonomyKey: 'taxonomy.json', clusters: [], unclustered: 0 });
    const rest = { unclustered: 0, confusions: [], causes: {} };
    const clusters = [
      sampleCluster({ clusterId: 'k1', traceIds: ['t0'] }),
      sampleCluster({ clusterId: 'k2', traceIds: ['t5', 't1'] }),
    ];
    await writeJson(ports.objects, 'taxonomy.json', { clusters, ...rest });
    expect((await explainTrace('m1', byTrace, ports)).lastRun).toMatchObject({
      ...alone,
      cluster: { clusterId: 'k2' },
    });
    await writeJson(ports.objects, 'taxonomy.json', { clusters: clusters.slice(0, 1), ...rest });
    expect((await explainTrace('m1', byTrace, ports)).lastRun).toMatchObject(alone);
  });

  test('is in the labels of today', async () => {
    const ports = await afterRun({ model: changed(rename, ['junk', 'ham']) });
    expect((await explainTrace('m1', byTrace, ports)).lastRun?.record).toMatchObject({ recorded: junk, answer: junk });
  });

  test('is nothing for a trace that was not in it', async () => {
    const ports = await afterRun({ trace: { traceId: 't9' } });
    expect((await explainTrace('m1', { traceId: 't9' }, ports)).lastRun).toBeNull();
  });
});
