import { afterEach, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { wordKey } from '../../shared/domain/base/text.ts';
import { allFolds, type LedgerEntry } from '../../shared/domain/evaluation/ledger.ts';
import type { Settings } from '../../shared/domain/models/settings.ts';
import { splitRecordSchema } from '../../shared/domain/traces/trace-record.ts';
import { writeLedgerSegment } from '../../shared/operations/fold-ledger.ts';
import { encodeJsonl, readJsonl } from '../../shared/ports/documents.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { type Sample, samples } from '../helpers/made-up-traffic.ts';
import { plantedBackEnd, withPlantedBackEnd } from '../helpers/planted-back-end.ts';
import { createModelOf, judgedInputs } from '../helpers/planted-traffic.ts';
import { rejection } from '../helpers/rejection.ts';
import { datasetsOfRun, evidenceOfRun, recordsOfRun, trainedNearEvidence } from '../helpers/run-objects.ts';
import { championOf, ingest, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

/** Near-duplicates of some: a word more, a word less, another order. */
function nearDuplicates(traffic: readonly Sample[]): Sample[] {
  return traffic.map(({ input, output }, at) => {
    const words = input.split(' ');
    const changed = [[...words, 'please'], words.slice(1), words.toReversed()][at % 3] ?? words;
    return { input: changed.join(' '), output };
  });
}

/** A model that fails a fifth of its judged traffic, with candidates that fail none of it. */
async function judgedWorkspace(settings: Partial<Settings> = {}) {
  const plain = await makeWorkspace();
  disposables.push(plain);
  const random = plain.ports.random.stream(1, 'planted');
  const examples = samples(30, 0, random);
  const traffic = samples(600, 0, random);
  const later = [...nearDuplicates(traffic.slice(0, 150)), ...nearDuplicates(examples), ...samples(150, 0, random)];
  const skill = { of: { fails: 0.2, fixes: 0, breaks: 0 } };
  const truth = new Map([...examples, ...traffic, ...later].map(({ input, output }) => [input, output]));
  const workspace = withPlantedBackEnd(plain, truth, skill);
  await createModelOf(examples, workspace, { backEnd: plantedBackEnd, settings });
  skill.of = { ...skill.of, fixes: 1 };
  await ingest(workspace, judgedInputs(traffic, 'day1', 'rule'));
  return { workspace, traffic, later, examples };
}

/**
 * The workspace with a fault in its split: the records also hold, in another fold, the text of a trace that trains, its
 * words in another order.
 */
function withLeakingSplit(workspace: Workspace): Workspace {
  const { objects } = workspace.ports;
  const leaking: ObjectStore = {
    get: (key) => objects.get(key),
    putIfAbsent: (key, body) => objects.putIfAbsent(key, body),
    list: (prefix) => objects.list(prefix),
    delete: (key) => objects.delete(key),
    withLocalFile: (key, use) => objects.withLocalFile(key, use),
    async put(key, body) {
      await objects.put(key, body);
      if (!key.endsWith('/split-traces/all/records.jsonl')) return;
      const records = await readJsonl(objects, key, splitRecordSchema);
      const trained = records.find(({ verdict, use }) => verdict === 'fail' && use === 'evidence');
      if (trained === undefined) throw new Error('nothing fails');
      const [fold = 0] = trained.folds;
      const input = trained.input.split(' ').toReversed().join(' ');
      const planted = { ...trained, traceId: 'planted', groupId: 'planted', folds: [(fold + 1) % 10], input };
      await objects.put(key, encodeJsonl([...records, planted]));
    },
  };
  return { ...workspace, ports: { ...workspace.ports, objects: leaking } };
}

/** Every dataset of a run beside all that its candidates were weighed by. */
async function expectHonest(run: string, workspace: Workspace): Promise<void> {
  const evidence = await evidenceOfRun(run, workspace);
  const datasets = await datasetsOfRun(run, workspace);
  expect(datasets.length).toBeGreaterThan(0);
  expect(evidence.length).toBeGreaterThan(400);
  for (const examples of datasets) {
    expect(examples.length).toBeGreaterThan(400);
    expect(trainedNearEvidence(examples, evidence)).toEqual([]);
  }
}

describe('a near-duplicate across folds', () => {
  it('ends the run before anything is trained, and the champion stays', async () => {
    const { workspace } = await judgedWorkspace();
    const { ports } = workspace;
    const before = await ports.lineage.getControl(modelId);
    const fault = await rejection(runLoop(withLeakingSplit(workspace), { modelId, seed: 1 }, recordingUi()));
    expect(fault).toMatchObject({ name: 'LeakDetected' });
    expect(String(fault)).toContain('was to train a model that judges an input which is 100 % the same');

    expect((await ports.lineage.listRuns(modelId)).map(({ status, failure }) => [status, failure?.name])).toEqual([
      ['failed', 'LeakDetected'],
    ]);
    expect((await ports.lineage.getControl(modelId))?.championId).toBe(before?.championId);
    expect((await ports.lineage.listCheckpoints(modelId)).length).toBe(1);
  });

  it('comes with the next day’s traffic, and no model trains what another fold’s evidence is near to', async () => {
    const { workspace, later, traffic, examples } = await judgedWorkspace();
    const first = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    expect(first.decision).toBe('promoted');
    await expectHonest(first.run, workspace);
    await ingest(workspace, judgedInputs(later, 'day2', 'rule'));
    // The champion fails nothing by now, so that the next run looks no further than its split.
    const { run } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    const records = await recordsOfRun(run, workspace);
    const evidence = await evidenceOfRun(run, workspace);
    const asExamples = (await datasetsOfRun(first.run, workspace))[0] ?? [];
    // What the champion's fold models learnt is near nothing that they are asked about now.
    expect(trainedNearEvidence(asExamples, evidence)).toEqual([]);
    const of = (input: string) => [...records.values()].find((record) => record.input === input);
    for (const [at, { input }] of nearDuplicates(traffic.slice(0, 150)).entries()) {
      const original = of(traffic[at]?.input ?? '');
      expect(of(input)?.folds).toEqual(expect.arrayContaining([...(original?.folds ?? [])]));
    }
    for (const { input } of nearDuplicates(examples)) expect(of(input)).toMatchObject({ use: 'none' });
  });

  it('cannot come from the share for the report: what is near that trains nowhere', async () => {
    const { workspace, traffic } = await judgedWorkspace();
    const heldOut = traffic.slice(0, 60);
    const entries = heldOut.map(({ input }, at): LedgerEntry => {
      const words = wordKey([...input.split(' ').toReversed(), 'please'].join(' '));
      return { words, groupId: `planted-${at}`, folds: allFolds, use: 'report' };
    });
    await writeLedgerSegment(modelId, 'planted', entries, workspace.ports);
    const { run } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    const inputs = new Set(heldOut.map(({ input }) => input));
    const records = [...(await recordsOfRun(run, workspace)).values()].filter(({ input }) => inputs.has(input));
    expect(records).toHaveLength(60);
    for (const { use, folds } of records) expect([use, folds]).toEqual(['report', allFolds]);
    for (const examples of await datasetsOfRun(run, workspace)) {
      expect(examples.filter(({ input }) => inputs.has(input))).toEqual([]);
    }
    await expectHonest(run, workspace);
    expect((await championOf(workspace)).runId).toBe(run);
  });

  it('cannot come from a text that trains everywhere: nothing near it is evidence later', async () => {
    const { workspace, traffic } = await judgedWorkspace();
    const entries = traffic.slice(0, 60).map(({ input }, at): LedgerEntry => {
      return { words: wordKey(`${input} please`), groupId: `planted-${at}`, folds: [], use: 'none' };
    });
    await writeLedgerSegment(modelId, 'planted', entries, workspace.ports);
    const { run } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    const everywhere = new Set(traffic.slice(0, 60).map(({ input }) => input));
    const evidence = await evidenceOfRun(run, workspace);
    expect(evidence.filter(({ input }) => everywhere.has(input))).toEqual([]);
    await expectHonest(run, workspace);
  });
});

it('no fold model of a whole run trains a near-duplicate of what it judges, whatever the traffic repeats', async () => {
  const { workspace, later } = await judgedWorkspace({ maxIterations: 2, critical: ['refund'], enoughCritical: 9_999 });
  await ingest(workspace, judgedInputs(later, 'day2', 'rule'));
  // A critical label with too few records holds every candidate back, so that the run goes through its iterations.
  const { run, decision } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
  expect(decision).toBe('kept');
  await expectHonest(run, workspace);
  // Without their folds they would train it, so that the check is none of nothing.
  const evidence = await evidenceOfRun(run, workspace);
  const blind = (await datasetsOfRun(run, workspace))[0]?.map((example) => ({ ...example, folds: [] })) ?? [];
  expect(trainedNearEvidence(blind, evidence).length).toBeGreaterThan(1_000);
});
