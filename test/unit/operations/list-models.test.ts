import { beforeEach, describe, expect, test } from 'vitest';
import { moveChampion, takeLease } from '../../../shared/domain/models/control.ts';
import { changeModel } from '../../../shared/operations/change-model.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { latestReported } from '../../../shared/operations/latest-run.ts';
import { listModels } from '../../../shared/operations/list-models.ts';
import { modelHealth } from '../../../shared/operations/model-health.ts';
import { noChampion } from '../../../shared/operations/no-champion.ts';
import { whichModel } from '../../../shared/operations/which-model.ts';
import { classificationTask } from '../../../shared/tasks/classification/classification-spec.ts';
import { labelOutput } from '../../../shared/tasks/classification/label.ts';
import { sampleCheckpoint, sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

let ports: MemoryPorts;

beforeEach(async () => {
  ports = memoryPorts();
  await ports.lineage.createModel(sampleModel());
});

async function crown(kind: 'create' | 'promote' = 'create'): Promise<void> {
  await ports.lineage.putCheckpoint(sampleCheckpoint({ scores: { 'cross-validation': 0.91 } }));
  const at = new Date(ports.clock.now()).toISOString();
  await updateControl('m1', ports, (control) =>
    moveChampion(control, { at, to: 'c1', kind, by: 'ana', reason: 'first' }),
  );
}

/** A batch of its own, a minute later. */
async function arrive(name: string, passes: number, failures: number): Promise<void> {
  ports.clock.advance(60_000);
  const ids = Array.from({ length: passes + failures }, (_, index) => `${name}-${index}`);
  await ports.traceLog.append('m1', name, {
    traces: ids.map((traceId) => sampleTrace({ traceId })),
    judgements: ids.map((traceId, index) =>
      sampleJudgement({ judgementId: `j-${traceId}`, traceId, verdict: index < failures ? 'fail' : 'pass' }),
    ),
  });
}

describe('listModels', () => {
  test('tells of a model without a champion that it has none', async () => {
    const [listed] = await listModels(ports);
    expect(listed).toMatchObject({
      modelId: 'm1',
      task: 'classification',
      labels: 2,
      champion: null,
      lastRun: null,
      active: null,
      traffic: { traces: 0, judged: 0, failed: 0, lastAt: null },
      next: { due: false, reason: 'Model m1 has no champion yet.' },
    });
  });

  test('tells champion with score, traffic, and that a run is due', async () => {
    await crown();
    await arrive('day1', 100, 50);
    const [listed] = await listModels(ports);
    expect(listed).toMatchObject({
      champion: {
        checkpointId: 'c1',
        since: '2026-01-01T00:00:00.000Z',
        score: { value: 0.91, measuredBy: 'cross-validation' },
      },
      traffic: { traces: 150, judged: 150, failed: 50 },
      next: { due: true, reason: '50 traces were judged to fail so far.' },
    });
  });

  test('tells the run that is going on, and starts none', async () => {
    await crown();
    await arrive('day1', 0, 60);
    await updateControl('m1', ports, (control) => {
      const answer = takeLease(control, { runId: 'r1', owner: 'host:1', now: ports.clock.now(), minutes: 15 });
      return answer.granted ? answer.next : null;
    });
    const [listed] = await listModels(ports);
    expect(listed?.active).toMatchObject({ runId: 'r1' });
    expect(listed?.next).toMatchObject({ due: false });
    expect(listed?.next.reason).toContain('Run r1 of m1 is active');
    expect(await ports.lineage.listRuns('m1')).toEqual([]);
  });
});

describe('a run that was broken off', () => {
  test('is due to go on, and not while somebody works on the model', async () => {
    await crown();
    await arrive('day1', 5, 1);
    await ports.lineage.putRun(
      sampleRun({ runId: 'r1', startedAt: new Date(ports.clock.now()).toISOString(), status: 'running' }),
    );
    const next = { due: true, reason: 'Run r1 was broken off; ratchet run m1 goes on with it.' };
    expect((await listModels(ports))[0]?.next).toEqual(next);
    expect((await modelHealth('m1', ports)).next).toEqual(next);
    await updateControl('m1', ports, (control) => {
      const answer = takeLease(control, { runId: 'r1', owner: 'host:1', now: ports.clock.now(), minutes: 15 });
      return answer.granted ? answer.next : null;
    });
    expect((await modelHealth('m1', ports)).next.due).toBe(false);
  });
});

describe('a run that failed', () => {
  test('has what it looked at still looked at by the next, which is begun by hand', async () => {
    await crown();
    await arrive('day1', 60, 60);
    const startedAt = new Date(ports.clock.now()).toISOString();
    await ports.lineage.putRun(sampleRun({ runId: 'r1', startedAt, status: 'failed' }));
    const { next } = await modelHealth('m1', ports);
    expect(next.due).toBe(false);
    expect(next.reason).toMatch(/^Run r1 failed, and what it looked at is still to be looked at: ratchet run m1, /);
    ports.clock.advance(1);
    await arrive('day2', 0, 60);
    expect((await modelHealth('m1', ports)).next.due).toBe(true);
  });
});

describe('modelHealth', () => {
  test('counts what came since the last run, and what a run lacks', async () => {
    await crown();
    await arrive('day1', 20, 6);
    await ports.lineage.putRun(sampleRun({ startedAt: new Date(ports.clock.now()).toISOString(), status: 'finished' }));
    await arrive('day2', 10, 3);
    const health = await modelHealth('m1', ports);
    expect(health.traffic).toMatchObject({ traces: 39, judged: 39, failed: 9 });
    expect(health.sinceLastRun).toMatchObject({ traces: 13, judged: 13, failed: 3 });
    expect(health.missing).toEqual({ failures: 11, records: 11 });
    expect(health.next).toEqual({
      due: false,
      reason: '3 traces were judged to fail since the last run began; a run begins at 50.',
    });
  });

  test('counts failures since a promotion alone: those before are what it was promoted for', async () => {
    await arrive('day1', 100, 40);
    ports.clock.advance(1);
    await crown('promote');
    await arrive('day2', 10, 5);
    expect((await modelHealth('m1', ports)).missing).toEqual({ failures: 15, records: 0 });
  });
});

describe('judged traces', () => {
  test('count once each, however often they were judged, with the judgement that counts today', async () => {
    await crown();
    await arrive('day1', 4, 6);
    ports.clock.advance(60_000);
    await ports.traceLog.append('m1', 'review', {
      traces: [],
      judgements: [0, 1, 2].map((index) =>
        sampleJudgement({
          judgementId: `again-${index}`,
          traceId: `day1-${index}`,
          verdict: 'pass',
          expected: labelOutput('spam'),
          judgedAt: '2026-01-03T00:00:00.000Z',
        }),
      ),
    });
    const expected = { traces: 10, judged: 10, failed: 3 };
    expect((await listModels(ports))[0]?.traffic).toMatchObject(expected);
    expect((await modelHealth('m1', ports)).traffic).toMatchObject(expected);
  });

  test('that a change of labels lets in count, and make a run due until one has begun', async () => {
    await crown();
    ports.clock.advance(60_000);
    const traceIds = Array.from({ length: 8 }, (_, index) => `t${index}`);
    await ports.traceLog.append('m1', 'day1', {
      traces: traceIds.map((traceId) => sampleTrace({ traceId })),
      judgements: traceIds.map((traceId) =>
        sampleJudgement({ judgementId: `j-${traceId}`, traceId, expected: labelOutput('junk') }),
      ),
      verdicts: { judged: 0, failed: 0 },
    });
    ports.clock.advance(60_000);
    await ports.lineage.putRun(sampleRun({ startedAt: new Date(ports.clock.now()).toISOString(), status: 'finished' }));
    const before = await modelHealth('m1', ports);
    expect(before.next.due).toBe(false);
    expect(before.missing.failures).toBe(20);

    ports.clock.advance(60_000);
    await changeModel('m1', ports, async (model) => ({
      model: { ...model, task: classificationTask(['ham', 'junk', 'spam']) },
      change: {
        at: new Date(ports.clock.now()).toISOString(),
        by: 'ana',
        what: 'labels',
        change: { how: 'add', labels: ['junk'] },
        letIn: { judged: 8, failed: 8 },
      },
    }));
    const after = await modelHealth('m1', ports);
    expect(after.traffic).toMatchObject({ traces: 8, judged: 8, failed: 8 });
    expect(after.sinceLastRun).toMatchObject({ traces: 0, judged: 8, failed: 8 });
    expect(after.missing.failures).toBe(12);
    expect(after.next).toEqual({
      due: true,
      reason: 'The labels were changed, and 8 more judged traces count since.',
    });

    ports.clock.advance(60_000);
    await ports.lineage.putRun(
      sampleRun({ runId: 'r2', startedAt: new Date(ports.clock.now()).toISOString(), status: 'finished' }),
    );
    expect((await modelHealth('m1', ports)).next.due).toBe(false);
  });
});

describe('whichModel', () => {
  test('is the one named, the only one, or a question which', async () => {
    expect(await whichModel('m1', ports)).toMatchObject({ modelId: 'm1' });
    expect(await whichModel(null, ports)).toMatchObject({ modelId: 'm1' });
    expect(await rejection(whichModel('m2', ports))).toMatchObject({ name: 'UnknownModel' });
    await ports.lineage.createModel(sampleModel({ modelId: 'm2' }));
    const fault = await rejection(whichModel(null, ports));
    expect(fault).toMatchObject({ name: 'InvalidInput', mend: 'Name one: m1, m2.' });
    expect(await rejection(whichModel(null, memoryPorts()))).toMatchObject({
      name: 'UnknownModel',
      mend: 'Make one: ratchet create MODEL --examples FILE.',
    });
  });
});

describe('latestReported', () => {
  test('is the newest run with a report, else the newest, and never one that had no lease', async () => {
    expect(await latestReported('m1', ports)).toBeNull();
    const failure = { name: 'LeaseHeld', cause: 'x', mend: 'y' };
    const at = (hour: number) => `2026-01-01T0${hour}:00:00.000Z`;
    await ports.lineage.putRun(sampleRun({ runId: 'a', startedAt: at(1) }));
    expect(await latestReported('m1', ports)).toMatchObject({ runId: 'a' });
    await ports.lineage.putRun(sampleRun({ runId: 'b', startedAt: at(2), reportKey: 'runs/b/report.html' }));
    await ports.lineage.putRun(sampleRun({ runId: 'c', startedAt: at(3) }));
    await ports.lineage.putRun(sampleRun({ runId: 'd', startedAt: at(4), failure, reportKey: 'x' }));
    expect(await latestReported('m1', ports)).toMatchObject({ runId: 'b' });
  });
});

describe('noChampion', () => {
  test('names the command that makes a first checkpoint of what is there', async () => {
    expect((await noChampion('m1', ports)).mend).toBe('Train it on examples: ratchet create m1 --examples FILE');
    await arrive('day1', 400, 100);
    expect(await noChampion('m1', ports)).toMatchObject({
      name: 'NoChampion',
      message: 'Model m1 has no champion yet. There are 500 judged traces to make one of.',
      mend: 'Train it on them: ratchet create m1 --from-traces',
    });
  });
});
