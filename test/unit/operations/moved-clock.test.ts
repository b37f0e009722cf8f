import { beforeEach, describe, expect, test } from 'vitest';
import {
  championMovedSince,
  firstControl,
  leaseKeepsOut,
  moveChampion,
} from '../../../shared/domain/models/control.ts';
import type { Run } from '../../../shared/domain/models/run.ts';
import { beginRun } from '../../../shared/operations/begin-run.ts';
import { type ConsiderPorts, considerRun } from '../../../shared/operations/consider-run.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { modelHealth } from '../../../shared/operations/model-health.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { MemoryExecutions } from '../../helpers/memory-executions.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

const year = 365 * 86_400_000;
let ports: MemoryPorts;
let executions: MemoryExecutions;
let considering: ConsiderPorts;

beforeEach(async () => {
  ports = memoryPorts();
  executions = new MemoryExecutions();
  considering = { ...ports, history: ports.traceLog, executions };
  await ports.lineage.createModel(sampleModel());
  await move('c1', 'create', 'ana');
});

async function move(to: string, kind: 'create' | 'promote', by: string): Promise<void> {
  const at = new Date(ports.clock.now()).toISOString();
  await updateControl('m1', ports, (control) => moveChampion(control, { at, to, kind, by, reason: '' }));
}

async function fail(name: string, count: number): Promise<void> {
  const ids = Array.from({ length: count }, (_, at) => `${name}-${at}`);
  await ports.traceLog.append('m1', name, {
    traces: ids.map((traceId) => sampleTrace({ traceId })),
    judgements: ids.map((traceId) => sampleJudgement({ traceId, judgementId: `j-${traceId}` })),
  });
}

async function runThrough(change: Partial<Run> = {}): Promise<Run> {
  const [{ run } = { run: null }] = await considerRun({ modelId: 'm1', trigger: 'traces-ingested' }, considering);
  const record = run === null ? undefined : await ports.lineage.getRun(run.runId);
  if (record === undefined) throw new Error('no run was due');
  await ports.lineage.putRun({ ...record, status: 'finished', ...change });
  executions.end(record.runId);
  return record;
}

const isDue = async () => {
  const [found] = await considerRun({ modelId: 'm1', trigger: 'schedule' }, considering);
  return found;
};

describe.each([
  ['ahead', year],
  ['behind', -year],
])('a run made while the clock stood %s', (_, off) => {
  test('hides nothing that came later from the runs after it', async () => {
    ports.clock.advance(off);
    await fail('early', 100);
    const first = await runThrough();
    await move('c2', 'promote', first.runId);
    ports.clock.advance(-off);
    await fail('late', 600);

    const health = await modelHealth('m1', ports);
    expect(health.sinceLastRun).toMatchObject({ traces: 600, failed: 600 });
    expect(health.next).toMatchObject({ due: true, reason: expect.stringContaining('600') });
    const second = await runThrough();
    expect(second.begun).toMatchObject({ number: 2, batches: 2 });
    expect((await ports.lineage.listRuns('m1')).map(({ runId }) => runId)).toEqual([first.runId, second.runId]);
    expect(await isDue()).toMatchObject({ due: false, reason: 'Nothing new since the last run began.' });
  });

  test('is overtaken by a champion that is moved after it, and by none before', async () => {
    ports.clock.advance(off);
    const request = { runId: 'r1', modelId: 'm1', seed: 1 };
    const run = await beginRun(request, { ...ports, history: ports.traceLog });
    ports.clock.advance(-off);
    const control = async () => (await ports.lineage.getControl('m1')) ?? firstControl('m1');
    expect(championMovedSince(await control(), run)).toBe(false);
    await move('c3', 'promote', 'other');
    expect(championMovedSince(await control(), run)).toBe(true);
  });
});

describe('a lease', () => {
  const lease = (expiresAt: number) => ({ runId: 'r1', owner: 'a', expiresAt });

  test('given by a clock that stood ahead keeps nobody out for a year, but while its owner works', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(leaseKeepsOut(lease(now + year), now, 'unknown')).toBe(false);
    expect(leaseKeepsOut(lease(now + year), now, 'running')).toBe(true);
    expect(leaseKeepsOut(lease(now + 15 * 60_000), now, 'unknown')).toBe(true);
  });

  test('that a jump ahead made expire keeps others out while its owner works', () => {
    const now = Date.parse('2026-01-01T00:00:00Z');
    expect(leaseKeepsOut(lease(now - year), now, 'running')).toBe(true);
    expect(leaseKeepsOut(lease(now - year), now, 'unknown')).toBe(false);
  });
});
