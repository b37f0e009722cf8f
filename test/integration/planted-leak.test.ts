import { afterEach, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { wordKey } from '../../shared/domain/base/text.ts';
import { evaluationItemSchema, evaluationSetNameSchema } from '../../shared/domain/evaluation/evaluation-set.ts';
import { type LedgerEntry, leaks } from '../../shared/domain/evaluation/splits.ts';
import { exampleSchema } from '../../shared/domain/models/example.ts';
import { sidedRecordSchema } from '../../shared/domain/traces/trace-record.ts';
import { writeLedgerSegment } from '../../shared/operations/split-ledger.ts';
import { encodeJsonl, readJsonl } from '../../shared/ports/documents.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { plantedBackEnd, withPlantedBackEnd } from '../helpers/planted-back-end.ts';
import { createModelOf, judgedInputs } from '../helpers/planted-traffic.ts';
import { rejection } from '../helpers/rejection.ts';
import { championOf, ingest, makeWorkspace, modelId, recordingUi } from '../helpers/test-workspace.ts';

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

/** A model that fails a fifth of its judged traffic, with candidates that fail none of it. */
async function judgedWorkspace() {
  const plain = await makeWorkspace();
  disposables.push(plain);
  const random = plain.ports.random.stream(1, 'planted');
  const examples = samples(30, 0, random);
  const traffic = samples(600, 0, random);
  const skill = { of: { fails: 0.2, fixes: 0, breaks: 0 } };
  const truth = new Map([...examples, ...traffic].map(({ input, output }) => [input, output]));
  const workspace = withPlantedBackEnd(plain, truth, skill);
  await createModelOf(examples, workspace, { backEnd: plantedBackEnd });
  skill.of = { ...skill.of, fixes: 1 };
  await ingest(workspace, judgedInputs(traffic, 'day1', 'rule'));
  return { workspace, traffic };
}

/**
 * The workspace with a fault in its split: a held-out set also gets the text of a training trace, its words in another
 * order.
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
      if (!key.endsWith('/split-traces/all/traffic-validation.jsonl')) return objects.put(key, body);
      const sided = await readJsonl(objects, key.replace('traffic-validation', 'sided'), sidedRecordSchema);
      const trained = sided.find((record) => record.side === 'train' && record.verdict === 'fail');
      const input = (trained?.input ?? '').split(' ').toReversed().join(' ');
      const planted = encodeJsonl([{ exampleId: 'planted', input, expected: trained?.expected ?? '', right: false }]);
      return objects.put(key, Buffer.concat([body, planted]));
    },
  };
  return { ...workspace, ports: { ...workspace.ports, objects: leaking } };
}

describe('a leak between what trains and what is held out', () => {
  it('ends the run before anything is trained, and the champion stays', async () => {
    const { workspace } = await judgedWorkspace();
    const { ports } = workspace;
    const before = await ports.lineage.getControl(modelId);
    const fault = await rejection(runLoop(withLeakingSplit(workspace), { modelId, seed: 1 }, recordingUi()));
    expect(fault).toMatchObject({ name: 'LeakDetected' });
    expect(String(fault)).toContain('100 % the same as a held-out input');

    expect((await ports.lineage.listRuns(modelId)).map(({ status, failure }) => [status, failure?.name])).toEqual([
      ['failed', 'LeakDetected'],
    ]);
    expect((await ports.lineage.getControl(modelId))?.championId).toBe(before?.championId);
    expect((await ports.lineage.listCheckpoints(modelId)).length).toBe(1);
  });

  it('cannot come from a text that the ledger holds out: nothing near it trains, in whatever order its words are', async () => {
    const { workspace, traffic } = await judgedWorkspace();
    const { ports } = workspace;
    const heldOut = traffic.slice(0, 60);
    const entries = heldOut.map(({ input }, at): LedgerEntry => {
      const words = wordKey([...input.split(' ').toReversed(), 'please'].join(' '));
      return { words, groupId: `planted-${at}`, side: 'test', trained: false };
    });
    await writeLedgerSegment(modelId, 'planted', entries, ports);
    const { run } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());

    const keys = await ports.objects.list(`runs/${modelId}/${run}/`);
    const items = async (name: string) =>
      readJsonl(ports.objects, keys.find((key) => key.endsWith(`/${name}.jsonl`)) ?? '', evaluationItemSchema);
    const inTest = new Set((await items('traffic-test')).map(({ input }) => input));
    expect(heldOut.filter(({ input }) => !inTest.has(input))).toEqual([]);

    const datasets = (await ports.lineage.listDatasets(modelId)).filter((dataset) => dataset.runId === run);
    expect(datasets.length).toBeGreaterThan(0);
    const sets = (await Promise.all(evaluationSetNameSchema.options.map(items))).flat();
    for (const { key } of datasets) {
      const examples = (await readJsonl(ports.objects, key, exampleSchema)).map(({ input }) => input);
      expect(examples.length).toBeGreaterThan(100);
      expect(
        leaks(
          examples,
          sets.map(({ input }) => input),
        ),
      ).toEqual([]);
    }
    expect((await championOf(workspace)).runId).toBe(run);
  });

  it('cannot come from a text that trained: nothing near it is held out later', async () => {
    const { workspace, traffic } = await judgedWorkspace();
    const { ports } = workspace;
    const entries = traffic.slice(0, 60).map(({ input }, at): LedgerEntry => {
      return { words: wordKey(`${input} please`), groupId: `planted-${at}`, side: 'train', trained: true };
    });
    await writeLedgerSegment(modelId, 'planted', entries, ports);
    const { run } = await runLoop(workspace, { modelId, seed: 1 }, recordingUi());
    const trained = new Set(traffic.slice(0, 60).map(({ input }) => input));
    const keys = await ports.objects.list(`runs/${modelId}/${run}/`);
    for (const name of evaluationSetNameSchema.options) {
      const key = keys.find((candidate) => candidate.endsWith(`/${name}.jsonl`)) ?? '';
      const items = await readJsonl(ports.objects, key, evaluationItemSchema);
      expect(items.length).toBeGreaterThan(0);
      expect(items.filter(({ input }) => trained.has(input))).toEqual([]);
    }
  });
});
