import { beforeEach, describe, expect, test } from 'vitest';
import type { LabelChange } from '../../../../shared/domain/base/label-change.ts';
import type { TaskKind } from '../../../../shared/domain/base/task-kind.ts';
import { moveChampion } from '../../../../shared/domain/models/control.ts';
import { exampleSchema } from '../../../../shared/domain/models/example.ts';
import type { Model } from '../../../../shared/domain/models/model.ts';
import type { RunRef } from '../../../../shared/domain/models/run-ref.ts';
import type { Settings } from '../../../../shared/domain/models/settings.ts';
import type { Judgement } from '../../../../shared/domain/traces/judgement.ts';
import { pinnedRecordSchema } from '../../../../shared/domain/traces/trace-record.ts';
import { prepareRun } from '../../../../shared/loop/snapshot/prepare-run.ts';
import { readPlan } from '../../../../shared/loop/state/run-plan.ts';
import { updateControl } from '../../../../shared/operations/control-item.ts';
import { createModel } from '../../../../shared/operations/create-model.ts';
import { acquireLease, giveLeaseBack } from '../../../../shared/operations/lease.ts';
import { readJsonl } from '../../../../shared/ports/documents.ts';
import { kindOf } from '../../../../shared/ports/kind-of.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { completeStage } from '../../../helpers/complete-stage.ts';
import { sampleEvaluationSet, sampleRun } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { MemoryTraceLog } from '../../../helpers/memory-trace-log.ts';
import { sampleHead } from '../../../helpers/record-samples.ts';
import { rejection } from '../../../helpers/rejection.ts';
import { stageContext } from '../../../helpers/stage-context.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';
import { embeddedModel } from '../../../helpers/training.ts';
import { bytesOf } from '../../intake/bytes.ts';

const modelId = 'mail';
let ports: MemoryPorts;
let first: string;

const now = () => new Date(ports.clock.now()).toISOString();
const trace = (traceId: string, timestamp: string) => sampleTrace({ traceId, modelId, timestamp });

/**
 * A model promoted once, by run `r1`, with a snapshot of three; old traces came before that run, new ones and a person's
 * word on an old one after it.
 */
beforeEach(async () => {
  ports = memoryPorts();
  const examples = bytesOf('{"input":"win","output":"spam"}\n{"input":"lunch","output":"ham"}');
  const request = { modelId, task: 'classification', labels: [], examples, ...embeddedModel, seed: 1, by: 'ana' };
  const { checkpoint } = await createModel({ ...request, settings: { snapshotLimit: 3 } }, ports);
  if (checkpoint === null) throw new Error('no checkpoint');
  first = checkpoint.checkpointId;
  await ports.lineage.putCheckpoint({ ...checkpoint, checkpointId: 'second' });
  await ports.traceLog.append(modelId, 'old', {
    traces: [trace('old-1', '2025-01-01T00:00:00Z'), trace('old-2', '2025-01-02T00:00:00Z')],
    judgements: [],
  });
  ports.clock.advance(1_000);
  await ports.lineage.putRun(sampleRun({ runId: 'r1', modelId, startedAt: now(), status: 'finished' }));
  await promote('r1', 'second');
  ports.clock.advance(1_000);
  await ports.traceLog.append(modelId, 'new', {
    traces: ['new-1', 'new-2', 'new-3'].map((id, index) => trace(id, `2025-02-0${index + 1}T00:00:00Z`)),
    judgements: [
      sampleJudgement({ traceId: 'old-1', judgedAt: now() }),
      sampleJudgement({ judgementId: 'j2', traceId: 'old-2', judge: { kind: 'rule', id: 'r', reason: '' } }),
    ],
  });
  ports.clock.advance(1_000);
});

async function promote(runId: string, to: string): Promise<void> {
  const move = { at: now(), to, kind: 'promote' as const, by: runId, reason: 'gate' };
  await updateControl(modelId, ports, (control) => moveChampion(control, move));
}

/** The model as it is, but for this. */
async function changeModel(change: (model: Model) => Partial<Model>): Promise<void> {
  const model = await ports.lineage.getModel(modelId);
  if (model === undefined) throw new Error('no model');
  const changed = { ...model, ...change(model) };
  ports = { ...ports, lineage: Object.assign(ports.lineage, { getModel: async () => changed }) };
}

/** Settings of the model that differ from those it was created with. */
const change = (settings: Partial<Settings>) =>
  changeModel((model) => ({ settings: { ...model.settings, ...settings } }));

const setLimit = (snapshotLimit: number) => change({ snapshotLimit });

async function begin(runId = 'r2'): Promise<void> {
  if ((await ports.lineage.getRun(runId)) !== undefined) return;
  await ports.lineage.putRun(sampleRun({ runId, modelId, startedAt: now() }));
}

async function prepare(runId = 'r2') {
  const run = { runId, modelId, seed: 1 };
  await begin(runId);
  const lease = await acquireLease(run, 'a', 15, ports);
  const { output } = await completeStage(prepareRun, { run, lease, iteration: 0, item: 'all' }, ports);
  await giveLeaseBack(run, lease.owner, ports);
  return { plan: await readPlan(output.prepared, ports), chunks: output.chunks };
}

async function recordsOf({ chunks }: Awaited<ReturnType<typeof prepare>>) {
  return (await Promise.all(chunks.map(({ key }) => readJsonl(ports.objects, key, pinnedRecordSchema)))).flat();
}

describe('the snapshot', () => {
  test('has the newest traces of the log up to the limit, judged or not, promoted since or not', async () => {
    const records = await recordsOf(await prepare());
    expect(records.map((record) => record.traceId)).toEqual(['new-3', 'new-2', 'new-1']);
  });

  test('says how many older traces it leaves out, and that a setting does', async () => {
    expect((await prepare()).plan.leftOut).toEqual({ traces: 2, by: 'setting' });
    await setLimit(5);
    expect((await prepare('r3')).plan.leftOut).toBeUndefined();
    await setLimit(100);
    expect((await prepare('r4')).plan.leftOut).toBeUndefined();
  });

  test('counts as left out neither what came once the run had begun nor a trace that came twice', async () => {
    await begin();
    ports.clock.advance(1_000);
    const again = { traces: [trace('new-1', '2025-02-01T00:00:00Z')], judgements: [] };
    await ports.traceLog.append(modelId, 'late', again);
    expect((await prepare()).plan.leftOut).toEqual({ traces: 2, by: 'setting' });
    ports.clock.advance(1_000);
    await setLimit(100);
    expect((await prepare('r3')).plan.leftOut).toBeUndefined();
  });

  test('is cut into chunks of the size of the settings, numbered in their order', async () => {
    await change({ snapshotLimit: 5, chunkSize: 2 });
    const { chunks } = await prepare();
    expect(chunks.map(({ chunkId, records }) => [chunkId, records])).toEqual([
      ['chunk-0000', 2],
      ['chunk-0001', 2],
      ['chunk-0002', 1],
    ]);
  });

  test('names the slice of a trace where a text says it, shortened', async () => {
    const slices = ['shop', '', 5, 'x'.repeat(120), undefined];
    const traces = slices.map((slice, at) => ({
      ...trace(`slice-${at}`, now()),
      ...(slice !== undefined && { metadata: { slice } }),
    }));
    await ports.traceLog.append(modelId, 'slices', { traces, judgements: [] });
    await setLimit(100);
    ports.clock.advance(1_000);
    const found = new Map((await recordsOf(await prepare())).map(({ traceId, slice }) => [traceId, slice]));
    expect(slices.map((_, at) => found.get(`slice-${at}`))).toEqual(['shop', null, null, 'x'.repeat(100), null]);
  });

  test('has the newest that the place can go through, where it bounds them, and says so', async () => {
    const told: string[] = [];
    const asked: unknown[] = [];
    await setLimit(100);
    ports = {
      ...ports,
      mostTraces: (model, lengths) => {
        asked.push([model.trainer, lengths]);
        return 2;
      },
      observer: { ...ports.observer, note: (text: string) => told.push(text) },
    };
    const prepared = await prepare();
    expect(asked).toEqual([['embedded', Array(5).fill('some text'.length)]]);
    expect((await recordsOf(prepared)).map((record) => record.traceId)).toEqual(['new-3', 'new-2']);
    expect(prepared.plan.leftOut).toEqual({ traces: 3, by: 'place' });
    expect(told).toContain(
      '3 older traces left out: the run looked at the 2 newest, since so many are what a run can go through in the functions of this deployment.',
    );
  });

  test('has all traces of the log, each with the judgement that counts by now', async () => {
    await setLimit(100);
    const records = await recordsOf(await prepare());
    expect(records.map((record) => record.traceId)).toEqual(['new-3', 'new-2', 'new-1', 'old-2', 'old-1']);
    expect(records.at(-1)?.judgement).toMatchObject({ expected: 'ham', judge: { kind: 'human' } });
    expect(records[0]?.judgement).toBeNull();
  });

  test('has the times of traces in the order of the log, where a clock stood ahead for some of them', async () => {
    await setLimit(100);
    const year = 365 * 86_400_000;
    ports.clock.advance(year);
    await ports.traceLog.append(modelId, 'ahead', { traces: [trace('ahead', now())], judgements: [] });
    ports.clock.advance(-year);
    const latest = trace('latest', now());
    await ports.traceLog.append(modelId, 'latest', { traces: [latest], judgements: [] });
    const found = (await recordsOf(await prepare())).map(({ traceId, timestamp }) => [traceId, timestamp]);
    expect(found.slice(0, 3)).toEqual([
      ['latest', latest.timestamp],
      ['ahead', latest.timestamp],
      ['new-3', '2025-02-03T00:00:00Z'],
    ]);
  });

  test('has nothing that the log got after the run began', async () => {
    await begin();
    ports.clock.advance(1_000);
    await ports.traceLog.append(modelId, 'late', { traces: [trace('late', '2025-04-01T00:00:00Z')], judgements: [] });
    const records = await recordsOf(await prepare());
    expect(records.map((record) => record.traceId)).not.toContain('late');
  });

  test('uses all ten folds while few traces are judged, and two at a time from a thousand on', async () => {
    expect((await prepare()).plan.parts).toBe(10);
    const ids = Array.from({ length: 1_000 }, (_, at) => `many-${at}`);
    await ports.traceLog.append(modelId, 'many', {
      traces: ids.map((id) => trace(id, '2025-05-01T00:00:00Z')),
      judgements: ids.map((traceId) => sampleJudgement({ traceId, judgementId: `j-${traceId}` })),
    });
    await setLimit(2_000);
    ports.clock.advance(1_000);
    expect((await prepare('r3')).plan.parts).toBe(5);
  });

  test('uses all ten folds while few traces are judged, however many there are', async () => {
    const traces = Array.from({ length: 1_000 }, (_, at) => trace(`open-${at}`, '2025-05-01T00:00:00Z'));
    await ports.traceLog.append(modelId, 'open', { traces, judgements: [] });
    await setLimit(2_000);
    ports.clock.advance(1_000);
    expect((await prepare()).plan.parts).toBe(10);
  });
});

describe('the place of a trace', () => {
  const inputs = Array.from({ length: 40 }, (_, at) => `alpha${at} beta${at * 7} gamma${at * 13} delta${at * 17}`);
  const append = (batch: string, own: readonly string[]) =>
    ports.traceLog.append(modelId, batch, {
      traces: own.map((input, at) => ({ ...trace(`${batch}-${at}`, now()), input })),
      judgements: [],
    });
  const placesOf = async (runId: string) => {
    const records = await recordsOf(await prepare(runId));
    return new Map(records.map(({ traceId, groupId, folds, use }) => [traceId, { groupId, folds, use }]));
  };

  beforeEach(() => setLimit(1_000));

  test('is for the life of the model, whatever comes after', async () => {
    await append('day1', inputs.slice(0, 20));
    const before = await placesOf('r2');
    ports.clock.advance(1_000);
    await append('day2', [...inputs.slice(20), `${inputs[3]} more`]);
    ports.clock.advance(1_000);
    const after = await placesOf('r3');
    expect(after.size).toBe(before.size + 21);
    for (const [traceId, place] of before) expect(after.get(traceId)).toEqual(place);
    expect(after.get('day2-20')).toEqual(before.get('day1-3'));
    expect(new Set([...after.values()].flatMap(({ folds }) => folds)).size).toBeGreaterThan(5);
  });

  test('is the same when the run is started again after a kill, and so is the ledger', async () => {
    await append('day1', inputs);
    const first = await placesOf('r2');
    const segment = await ports.objects.get(`models/${modelId}/splits/r2.jsonl`);
    for (const key of await ports.objects.list(`runs/${modelId}/r2/`)) await ports.objects.delete(key);
    expect(await placesOf('r2')).toEqual(first);
    expect(await ports.objects.get(`models/${modelId}/splits/r2.jsonl`)).toEqual(segment);
    const later = await placesOf('r3');
    expect(later).toEqual(first);
    expect((await ports.objects.get(`models/${modelId}/splits/r3.jsonl`))?.length).toBe(0);
  });

  test('is everywhere for what is near a first example, and evidence for the rest', async () => {
    await append('day1', ['lunch', 'Lunch!', ...inputs.slice(0, 5)]);
    const places = await placesOf('r2');
    for (const id of ['day1-0', 'day1-1']) expect(places.get(id)).toMatchObject({ folds: [], use: 'none' });
    for (const id of ['day1-2', 'day1-6']) {
      expect(places.get(id)?.use).toBe('evidence');
      expect(places.get(id)?.folds).toHaveLength(1);
    }
  });

  test('is in the report alone for the share that the model keeps for it', async () => {
    await change({ reportShare: 0.5 });
    await append('day1', inputs);
    const uses = [...(await placesOf('r2')).values()].map(({ use }) => use);
    expect(uses.filter((use) => use === 'report').length).toBeGreaterThan(5);
    expect(uses.filter((use) => use === 'evidence').length).toBeGreaterThan(5);
  });
});

test('the steps of a trace come along, and nothing where none were recorded', async () => {
  const steps = [{ type: 'tool_call' as const, name: 'search', input: { query: 'x' } }];
  const late = { ...trace('new-4', '2025-03-01T00:00:00Z'), steps };
  await ports.traceLog.append(modelId, 'steps', { traces: [late], judgements: [] });
  ports.clock.advance(1_000);
  const records = await recordsOf(await prepare());
  expect(records.map((record) => [record.traceId, record.steps])).toContainEqual(['new-4', steps]);
  expect(records.map((record) => [record.traceId, record.steps])).toContainEqual(['new-3', null]);
  const { steps: _, ...older } = records[0] ?? expect.fail('no record');
  expect(pinnedRecordSchema.parse(older).steps).toBeNull();
});

describe('the pinned frozen sets', () => {
  test('pins what people rolled back from', async () => {
    const first = (await ports.lineage.getControl(modelId))?.championId ?? '';
    expect((await prepare('r3')).plan.rolledBack).toEqual([]);
    await promote('r1', 'taken-back');
    const back = { at: now(), to: first, kind: 'rollback' as const, by: 'ana', reason: 'complaints' };
    await updateControl(modelId, ports, (control) => moveChampion(control, back));
    expect((await prepare('r4')).plan.rolledBack).toMatchObject([{ checkpointId: 'taken-back', by: 'ana' }]);
  });

  test('are the newest versions of those that a promotion stands behind', async () => {
    const set = (setId: string, runId: string, checkpointId: string, version: number) =>
      ports.lineage.putEvaluationSet(sampleEvaluationSet({ setId, modelId, runId, checkpointId, version }));
    await set('promoted-1', 'r1', 'second', 1);
    await set('promoted-2', 'r1', 'second', 2);
    await set('refused', 'r0', 'second', 1);
    await set('never', 'r1', first, 1);
    const { plan } = await prepare();
    expect(plan.frozenSets.map((frozen) => frozen.setId)).toEqual(['promoted-2']);
    await set('promoted-0', 'r1', 'second', 3);
    expect((await prepare('r3')).plan.frozenSets.map(({ version }) => version)).toEqual([3]);
  });

  test('stand in the order of the promotions, whatever clocks say', async () => {
    const set = (setId: string, checkpointId: string, runId: string, createdAt: string) =>
      ports.lineage.putEvaluationSet(sampleEvaluationSet({ setId, modelId, checkpointId, runId, createdAt }));
    const second = await ports.lineage.getCheckpoint(modelId, 'second');
    if (second === undefined) throw new Error('no checkpoint');
    await ports.lineage.putCheckpoint({ ...second, checkpointId: 'third' });
    await promote('r8', 'third');
    await set('earlier', 'second', 'r1', '2027-01-01T00:00:00Z');
    await set('later', 'third', 'r8', '2026-01-01T00:00:00Z');
    expect((await prepare('r9')).plan.frozenSets.map((frozen) => frozen.setId)).toEqual(['earlier', 'later']);
  });
});

test('what the champion learnt and a person has since refuted is trained no more', async () => {
  const trained = async () => {
    const { plan } = await prepare();
    return (await readJsonl(ports.objects, plan.parentExamplesKey, exampleSchema)).map(({ input, output }) => [
      input,
      output,
    ]);
  };
  const judged = { traceId: 'late', judge: { kind: 'human' as const, id: 'ana', reason: '' } };
  await ports.traceLog.append(modelId, 'late', {
    traces: [sampleTrace({ traceId: 'late', modelId, input: 'LUNCH', output: labelOutput('ham'), timestamp: now() })],
    judgements: [sampleJudgement({ ...judged, judgementId: 'j9', verdict: 'fail', expected: labelOutput('spam') })],
  });
  ports.clock.advance(1_000);
  expect(await trained()).toEqual([['win', 'spam']]);
});

describe('what was judged and does not count', () => {
  const person = (traceId: string, label: string, id = 'ana') =>
    sampleJudgement({
      judgementId: `${id} ${traceId} ${label}`,
      traceId,
      expected: labelOutput(label),
      judge: { kind: 'human', id, reason: '' },
      judgedAt: now(),
    });

  /** What is told of a run after these judgements. */
  async function told(judgements: readonly Judgement[]): Promise<string[]> {
    const notes: string[] = [];
    await ports.traceLog.append(modelId, 'judged', { traces: [], judgements });
    ports.clock.advance(1_000);
    await setLimit(100);
    ports = { ...ports, observer: { ...ports.observer, note: (text) => notes.push(text) } };
    await prepare();
    return notes;
  }

  test('is told of by nobody where there is none', async () => {
    expect(await told([person('new-1', 'ham')])).toEqual([]);
  });

  test('is told, each reason with its number', async () => {
    const notes = await told([
      person('new-1', 'eggs'),
      person('new-2', 'eggs'),
      person('new-3', 'ham'),
      person('new-3', 'spam', 'ben'),
    ]);
    expect(notes).toEqual([
      '2 judgements held: the right output is none that the model knows (ratchet labels).',
      '1 trace set aside: people disagree about the right output.',
    ]);
  });

  test('is told where no output of its text can be right', async () => {
    const kind = kindOf({ task: classificationTask(['spam', 'ham']) }, ports);
    const impossible: TaskKind = {
      ...kind,
      problem: (task, input, output) =>
        output === labelOutput('never') ? { reason: 'never', mend: '' } : kind.problem(task, input, output),
    };
    ports = { ...ports, tasks: new Map([[kind.kind, impossible]]) };
    expect(await told([person('new-1', 'never')])).toEqual([
      '1 judgement set aside: the right output cannot be one of its text.',
    ]);
  });

  test('is told where a change of labels leaves it open, and examples are kept for a person then', async () => {
    const change: LabelChange = { how: 'split', from: 'ham', into: ['lunch', 'dinner'] };
    await changeModel(() => ({
      task: classificationTask(['spam', 'lunch', 'dinner']),
      changes: [{ what: 'labels', at: now(), by: 'ana', change }],
    }));
    const notes = await told([person('new-1', 'ham'), person('new-2', 'ham')]);
    // Both old traces were judged to be ham.
    expect(notes).toEqual(['4 traces left open by a change of labels, to be judged anew (ratchet labels).']);
    const { plan } = await prepare('r3');
    const kept = await readJsonl(ports.objects, plan.leftOpenExamplesKey ?? '', exampleSchema);
    expect(kept.map(({ input, output }) => [input, output])).toEqual([['lunch', 'ham']]);
    const trained = await readJsonl(ports.objects, plan.parentExamplesKey, exampleSchema);
    expect(trained.map(({ input }) => input)).toEqual(['win']);
  });

  test('leaves no examples open where labels were never changed', async () => {
    expect((await prepare()).plan).not.toHaveProperty('leftOpenExamplesKey');
  });
});

describe('what a run has seen when it began', () => {
  test('is pinned for a run that did not keep it: moves by then, the log by then, and its number', async () => {
    await promote('r1', 'second');
    await begin();
    ports.clock.advance(1_000);
    await promote('r1', first);
    const { moves = [] } = (await ports.lineage.getControl(modelId)) ?? {};
    const { plan } = await prepare();
    expect(plan.run.begun).toEqual({ number: 2, batches: 2, labelChanges: 0, moves: moves.length - 1 });
    expect((await ports.lineage.getRun('r2'))?.begun).toEqual(plan.run.begun);
  });

  const begun = { number: 7, labelChanges: 0, moves: 3 };
  const beginWith = (batches: number | null) =>
    ports.lineage.putRun(sampleRun({ runId: 'r2', modelId, startedAt: now(), begun: { ...begun, batches } }));

  test('is all that the log has by now where the run has not read it yet', async () => {
    await beginWith(null);
    ports.clock.advance(1_000);
    await ports.traceLog.append(modelId, 'late', { traces: [trace('late', '2025-04-01T00:00:00Z')], judgements: [] });
    const prepared = await prepare();
    expect(prepared.plan.run.begun).toEqual({ ...begun, batches: 3 });
    expect((await recordsOf(prepared)).map(({ traceId }) => traceId)).toContain('late');
  });

  test('stays what it was where the run has read it', async () => {
    await beginWith(1);
    const prepared = await prepare();
    expect(prepared.plan.run.begun).toEqual({ ...begun, batches: 1 });
    expect((await recordsOf(prepared)).map(({ traceId }) => traceId)).toEqual(['old-2', 'old-1']);
  });

  test('is nothing of a log that is empty', async () => {
    ports = { ...ports, traceLog: new MemoryTraceLog(ports.clock) };
    await beginWith(null);
    const prepared = await prepare();
    expect(prepared.plan.run.begun).toEqual({ ...begun, batches: 0 });
    expect(await recordsOf(prepared)).toEqual([]);
  });
});

describe('a run is not prepared', () => {
  /** The fault of preparing a run, before it has a lease. */
  async function fault(run: Partial<RunRef> = {}) {
    const head = { ...sampleHead, run: { runId: 'r1', modelId, seed: 1, ...run } };
    const { name, message } = await rejection(prepareRun.run(head, stageContext(ports)));
    return `${name}: ${message}`;
  }

  test('of a model or of a run that is not on record', async () => {
    expect(await fault({ modelId: 'none' })).toBe('UnknownModel: There is no model named none.');
    expect(await fault({ runId: 'r0' })).toBe('UnknownRun: There is no record of run r0.');
    ports.lineage.getControl = async () => undefined;
    expect(await fault()).toBe('UnknownModel: There is no model named mail.');
  });

  test('of a model without a champion', async () => {
    const none = 'NoChampion: Model mail has no champion yet, so there is nothing to improve.';
    ports.lineage.getCheckpoint = async () => undefined;
    expect(await fault()).toBe(none);
    const { getControl } = ports.lineage;
    ports.lineage.getControl = async (id) => {
      const control = await getControl.call(ports.lineage, id);
      return control && { ...control, championId: null };
    };
    ports.lineage.getCheckpoint = () => expect.unreachable('a checkpoint of no name');
    expect(await fault()).toBe(none);
  });

  test('of a champion whose dataset is lost', async () => {
    ports.lineage.getDataset = async () => undefined;
    const champion = await ports.lineage.getCheckpoint(modelId, 'second');
    expect(await fault()).toBe(`ObjectMissing: Dataset ${champion?.datasetId} of the champion is not in the lineage.`);
  });

  test('by one that has lost its lease: it writes nothing', async () => {
    expect(await fault()).toMatch(/^LeaseLost: /);
    expect(await ports.objects.list('plan')).toEqual([]);
  });
});
