import { beforeEach, describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { digest } from '../../../shared/domain/base/ids.ts';
import { moveChampion } from '../../../shared/domain/models/control.ts';
import { defaultSettings, type Settings } from '../../../shared/domain/models/settings.ts';
import { Reviewed } from '../../../shared/domain/review/reviewed.ts';
import type { Judgement } from '../../../shared/domain/traces/judgement.ts';
import type { Trace } from '../../../shared/domain/traces/trace.ts';
import { considerRun } from '../../../shared/operations/consider-run.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { lookAtDrift, watchDrift } from '../../../shared/operations/drift.ts';
import { driftKey, readDrift } from '../../../shared/operations/drift-record.ts';
import { isDueNow } from '../../../shared/operations/is-due-now.ts';
import { gatherMaterial } from '../../../shared/operations/review/review-material.ts';
import { encodeJsonl, writeJsonl } from '../../../shared/ports/documents.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleDataset, sampleModel } from '../../helpers/lineage-samples.ts';
import { MemoryExecutions } from '../../helpers/memory-executions.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';

const modelId = 'm1';
let ports: MemoryPorts;
let batches: number;

beforeEach(() => {
  ports = memoryPorts();
  batches = 0;
});

async function create(settings: Partial<Settings> = {}): Promise<void> {
  await ports.lineage.createModel(
    sampleModel({
      settings: { ...defaultSettings, ...settings },
      task: classificationTask(['ham', 'spam']),
    }),
  );
  const examples = encodeJsonl([]);
  const dataset = sampleDataset({ datasetId: 'd1', key: 'datasets/d1.jsonl', digest: digest(examples) });
  await writeJsonl(ports.objects, dataset.key, []);
  await ports.lineage.putDataset(dataset);
  await ports.lineage.putCheckpoint(sampleCheckpoint({ checkpointId: 'c1', datasetId: 'd1' }));
  const at = new Date(ports.clock.now()).toISOString();
  await updateControl(modelId, ports, (control) =>
    moveChampion(control, { at, to: 'c1', kind: 'create', by: 'ana', reason: 'x' }),
  );
}

/** Traffic of which a share is spam. */
async function arrive(count: number, spam: number, { by = 'c1', failing = 0 } = {}): Promise<void> {
  batches += 1;
  const random = new SeededRandom().stream(batches, 'arrive');
  ports.clock.advance(60_000);
  const timestamp = new Date(ports.clock.now()).toISOString();
  const traces = Array.from({ length: count }, (_, at): Trace => {
    const name = `b${batches}t${at}`;
    const output = labelOutput(random.next() < spam ? 'spam' : 'ham');
    const confidence = 0.7 + 0.2 * random.next();
    const input = `${name} x${name} y${name} z${name} v${name}`;
    return { traceId: name, timestamp, modelId, checkpointId: by, input, output, confidence };
  });
  const judgements = traces.flatMap(({ traceId }): Judgement[] => {
    if (failing === 0) return [];
    const verdict = random.next() < failing ? 'fail' : 'pass';
    return [
      { judgementId: traceId, traceId, verdict, judgedAt: timestamp, judge: { kind: 'rule', id: 'r', reason: '' } },
    ];
  });
  await ports.traceLog.append(modelId, `batch-${batches}`, { traces, judgements });
}

/** A thousand as usual, then five hundred of which far more are spam. */
async function change(): Promise<Awaited<ReturnType<typeof watchDrift>>> {
  await arrive(1_000, 0.1);
  expect((await watchDrift(modelId, ports))?.fresh).toEqual([]);
  await arrive(500, 0.5);
  return watchDrift(modelId, ports);
}

describe('watchDrift', () => {
  test('sees a label that comes far oftener, once, and says how often', async () => {
    await create();
    const watched = await change();
    expect(watched?.fresh.map(({ signal }) => signal)).toEqual(['labels']);
    const finding = watched?.drift.findings.find(({ signal }) => signal === 'labels');
    expect(finding?.first).toBeCloseTo(0.1, 1);
    expect(finding?.latest).toBeCloseTo(0.5, 1);
    await arrive(100, 0.5);
    expect((await watchDrift(modelId, ports))?.fresh).toEqual([]);
  });

  test('reads what came since the last look alone, and gives the same again where nothing did', async () => {
    await create();
    await arrive(400, 0.1);
    const first = await watchDrift(modelId, ports);
    expect((await watchDrift(modelId, ports))?.drift).toEqual(first?.drift);
    await arrive(100, 0.1);
    expect((await watchDrift(modelId, ports))?.drift).toMatchObject({ traces: 500, counted: 250 });
  });

  test('to look without keeping finds the same', async () => {
    await create();
    await arrive(600, 0.1);
    const looked = await lookAtDrift(modelId, ports);
    expect(await ports.objects.get(driftKey(modelId, 'c1'))).toBeUndefined();
    expect((await watchDrift(modelId, ports))?.drift).toEqual(looked);
  });

  test('leaves out what another checkpoint answered', async () => {
    await create();
    await arrive(400, 0.1, { by: 'c0' });
    expect((await watchDrift(modelId, ports))?.drift.traces).toBe(0);
  });

  test('sees judged failures rise', async () => {
    await create();
    await arrive(1_000, 0.1, { failing: 0.05 });
    await watchDrift(modelId, ports);
    await arrive(800, 0.1, { failing: 0.35 });
    expect((await watchDrift(modelId, ports))?.fresh.map(({ signal }) => signal)).toEqual(['failures']);
  });

  test('begins anew where what was kept cannot be read, and with each champion', async () => {
    await create();
    await arrive(300, 0.1);
    await watchDrift(modelId, ports);
    await ports.objects.put(driftKey(modelId, 'c1'), new TextEncoder().encode('{'));
    expect((await watchDrift(modelId, ports))?.drift.traces).toBe(300);
    expect(await readDrift(modelId, 'c2', ports)).toBeNull();
  });

  test('is off by the settings, and says nothing of a model without a champion', async () => {
    await create({ drift: 'off' });
    await arrive(300, 0.1);
    expect(await watchDrift(modelId, ports)).toBeNull();
  });
});

describe('what follows from drift', () => {
  test('by default no run; by the setting one, until a run has seen it', async () => {
    await create();
    await change();
    expect(await isDueNow(modelId, ports)).toBe(false);
    const model = await ports.lineage.getModel(modelId);
    if (model === undefined) throw new Error('no model');
    const settings = { ...model.settings, drift: 'run' as const };
    expect(await ports.lineage.replaceModel(model.revision, { ...model, revision: model.revision + 1, settings })).toBe(
      true,
    );
    expect(await isDueNow(modelId, ports)).toBe(true);
    const executions = new MemoryExecutions();
    const [considered] = await considerRun(
      { modelId, trigger: 'drift-seen' },
      { ...ports, history: ports.traceLog, executions },
    );
    expect(considered).toMatchObject({ due: true, reason: 'The traffic has changed so far: label mix.' });
  });

  test('the review queue shows what to judge, with the reason', async () => {
    await create();
    await change();
    const model = await ports.lineage.getModel(modelId);
    if (model === undefined) throw new Error('no model');
    const { cards, items } = await gatherMaterial(model, null, new Reviewed(), ports);
    const drifted = cards.filter(({ why }) => why.some(({ kind }) => kind === 'drift'));
    expect(drifted.length).toBeGreaterThan(20);
    expect(cards.slice(0, 4)).toEqual(drifted.slice(0, 4));
    expect(new Set(drifted.map(({ traceIds: [id] }) => items.get(id ?? '')?.output))).toEqual(new Set(['spam']));
    expect(drifted[0]?.why[0]?.text).toBe('The traffic has changed, and it shows how: label mix.');
  });
});
