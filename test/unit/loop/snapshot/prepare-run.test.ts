import { beforeEach, describe, expect, test } from 'vitest';
import { moveChampion } from '../../../../shared/domain/models/control.ts';
import { exampleSchema } from '../../../../shared/domain/models/example.ts';
import { pinnedRecordSchema } from '../../../../shared/domain/traces/trace-record.ts';
import { prepareRun } from '../../../../shared/loop/snapshot/prepare-run.ts';
import { readPlan } from '../../../../shared/loop/state/run-plan.ts';
import { updateControl } from '../../../../shared/operations/control-item.ts';
import { createModel } from '../../../../shared/operations/create-model.ts';
import { acquireLease } from '../../../../shared/operations/lease.ts';
import { readJsonl } from '../../../../shared/ports/documents.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { completeStage } from '../../../helpers/complete-stage.ts';
import { sampleEvaluationSet, sampleRun } from '../../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../../helpers/memory-ports.ts';
import { sampleJudgement, sampleTrace } from '../../../helpers/trace-samples.ts';
import { embeddedModel } from '../../../helpers/training.ts';
import { bytesOf } from '../../intake/bytes.ts';

const modelId = 'mail';
let ports: MemoryPorts;
let first: string;

const now = () => new Date(ports.clock.now()).toISOString();
const trace = (traceId: string, timestamp: string) => sampleTrace({ traceId, modelId, timestamp });

/**
 * A model promoted once, by run `r1`; old traces came before that run, new ones and a person's word on an old one after
 * it.
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

async function prepare() {
  const run = { runId: 'r2', modelId, seed: 1 };
  await ports.lineage.putRun(sampleRun({ runId: 'r2', modelId, startedAt: now() }));
  const lease = await acquireLease(run, 'a', 15, ports);
  const { output } = await completeStage(prepareRun, { run, lease, iteration: 0, item: 'all' }, ports);
  return { plan: await readPlan(output.prepared, ports), chunks: output.chunks };
}

async function recordsOf({ chunks }: Awaited<ReturnType<typeof prepare>>) {
  return (await Promise.all(chunks.map(({ key }) => readJsonl(ports.objects, key, pinnedRecordSchema)))).flat();
}

describe('the snapshot', () => {
  test('has what came since the promotion and, before it at the limit, what a person judged since', async () => {
    const records = await recordsOf(await prepare());
    expect(records.map((record) => record.traceId)).toEqual(['old-1', 'new-3', 'new-2']);
    expect(records[0]?.judgement).toMatchObject({ expected: 'ham', judge: { kind: 'human' } });
  });

  test('names a trace once that came and was judged since', async () => {
    await ports.traceLog.append(modelId, 'later', {
      traces: [],
      judgements: [sampleJudgement({ judgementId: 'j3', traceId: 'new-3' })],
    });
    const records = await recordsOf(await prepare());
    expect(records.map((record) => record.traceId)).toEqual(['old-1', 'new-3', 'new-2']);
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
  test('are the newest versions of those that a promotion stands behind', async () => {
    const set = (setId: string, runId: string, checkpointId: string, version: number) =>
      ports.lineage.putEvaluationSet(sampleEvaluationSet({ setId, modelId, runId, checkpointId, version }));
    await set('promoted-1', 'r1', 'second', 1);
    await set('promoted-2', 'r1', 'second', 2);
    await set('refused', 'r0', 'second', 1);
    await set('never', 'r1', first, 1);
    const { plan } = await prepare();
    expect(plan.frozenSets.map((frozen) => frozen.setId)).toEqual(['promoted-2']);
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
