import { beforeEach, describe, expect, test } from 'vitest';
import { moveChampion, takeLease } from '../../../shared/domain/models/control.ts';
import type { Run } from '../../../shared/domain/models/run.ts';
import { type ConsiderPorts, considerRun } from '../../../shared/operations/consider-run.ts';
import { sampleModel } from '../../helpers/lineage-samples.ts';
import { MemoryExecutions } from '../../helpers/memory-executions.ts';
import { type MemoryPorts, memoryPorts } from '../../helpers/memory-ports.ts';
import { rejection } from '../../helpers/rejection.ts';
import { sampleJudgement, sampleTrace } from '../../helpers/trace-samples.ts';

const minute = 60_000;

describe('considering a run', () => {
  let memory: MemoryPorts;
  let executions: MemoryExecutions;
  let ports: ConsiderPorts;
  let batch: number;

  beforeEach(async () => {
    memory = memoryPorts();
    executions = new MemoryExecutions();
    ports = { ...memory, history: memory.traceLog, executions };
    batch = 0;
    await memory.lineage.createModel(sampleModel());
    await setChampion('c1', 'create');
  });

  async function setChampion(to: string, kind: 'create' | 'promote', by = 'run-0'): Promise<void> {
    const control = await memory.lineage.getControl('m1');
    if (control === undefined) throw new Error('no control item');
    const at = new Date(memory.clock.now()).toISOString();
    await memory.lineage.compareAndSetControl(
      control.version,
      moveChampion(control, { at, to, kind, by, reason: 'for a test' }),
    );
  }

  async function lease(runId: string): Promise<void> {
    const control = await memory.lineage.getControl('m1');
    if (control === undefined) throw new Error('no control item');
    const answer = takeLease(control, { runId, owner: 'someone', now: memory.clock.now(), minutes: 15 });
    if (answer.granted) await memory.lineage.compareAndSetControl(control.version, answer.next);
  }

  async function judge(passes: number, failures: number): Promise<void> {
    memory.clock.advance(minute);
    batch += 1;
    const verdicts = Array.from({ length: passes + failures }, (_, index) => (index < failures ? 'fail' : 'pass'));
    const name = (index: number) => `t-${batch}-${index}`;
    await memory.traceLog.append('m1', `b${batch}`, {
      traces: verdicts.map((_, index) => sampleTrace({ traceId: name(index) })),
      judgements: verdicts.map((verdict, index) =>
        sampleJudgement({ judgementId: `j-${name(index)}`, traceId: name(index), verdict: verdict as 'pass' | 'fail' }),
      ),
    });
    memory.clock.advance(minute);
  }

  async function consider(trigger = 'traces-ingested', modelId = 'm1') {
    const [answer] = await considerRun({ modelId, trigger }, ports);
    if (answer === undefined) throw new Error('no answer');
    return answer;
  }

  async function end(runId: string, change: Partial<Run>): Promise<void> {
    const run = await memory.lineage.getRun(runId);
    if (run === undefined) throw new Error('no run');
    await memory.lineage.putRun({ ...run, status: 'finished', ...change });
    executions.end(runId);
  }

  async function startOne(): Promise<string> {
    await judge(0, 50);
    const { run } = await consider();
    if (run === null) throw new Error('no run was started');
    return run.runId;
  }

  test('starts nothing where nothing is new, not even on the schedule', async () => {
    expect(await consider('schedule')).toEqual({
      modelId: 'm1',
      due: false,
      reason: 'Nothing new so far.',
      run: null,
      leaseIsStuck: false,
    });
  });

  test('tells a lease that has expired and that nobody gave back', async () => {
    await lease('run-lost');
    expect(await consider()).toMatchObject({ leaseIsStuck: false });
    memory.clock.advance(16 * minute);
    expect(await consider()).toMatchObject({ leaseIsStuck: true });
  });

  test('starts a run, with its record, once enough traces were judged to fail', async () => {
    await judge(10, 49);
    expect(await consider()).toMatchObject({ due: false, reason: expect.stringContaining('49 traces') });
    await judge(0, 1);
    const { due, run } = await consider();
    expect(due).toBe(true);
    expect(executions.started).toEqual([run]);
    expect(run).toMatchObject({ modelId: 'm1', seed: 1 });
    expect(await memory.lineage.getRun(run?.runId ?? '')).toMatchObject({ status: 'running', championId: 'c1' });
  });

  test('starts a run once the right outputs of enough known failures have come, and never for the same failures twice', async () => {
    const correct = async (corrected: number) => {
      batch += 1;
      const judgements = [sampleJudgement({ judgementId: `c-${batch}`, traceId: 't-1-0' })];
      const verdicts = { judged: 0, failed: 0, corrected };
      await memory.traceLog.append('m1', `b${batch}`, { traces: [], judgements, verdicts });
    };
    await judge(30, 30);
    await correct(30);
    const thirty = '30 traces were judged to fail so far; a run begins at 50.';
    expect(await consider()).toMatchObject({ due: false, reason: thirty });
    await correct(20);
    expect(await consider()).toMatchObject({ due: true, reason: '50 failing traces got a right output so far.' });
  });

  test('starts one run for askers who ask at once', async () => {
    await judge(0, 60);
    const answers = await Promise.all([consider(), consider(), consider('schedule')]);
    expect(new Set(answers.map(({ run }) => run?.runId)).size).toBe(1);
    expect(await memory.lineage.listRuns('m1')).toHaveLength(1);
    expect(executions.running).toHaveLength(1);
  });

  test('starts no other while the one it started has not taken the lease yet, whatever comes in', async () => {
    const runId = await startOne();
    await judge(0, 200);
    expect(await consider()).toMatchObject({ due: false, reason: `Run ${runId} has begun already.` });
    expect(await memory.lineage.listRuns('m1')).toHaveLength(1);
  });

  test('starts the execution of a record whose execution could not be started', async () => {
    await judge(0, 50);
    executions.refuseNext();
    expect((await rejection(consider())).name).toBe('StorageFailure');
    expect(executions.running).toEqual([]);
    await consider();
    expect(executions.running).toHaveLength(1);
    expect(await memory.lineage.listRuns('m1')).toHaveLength(1);
  });

  test('starts nothing while a run holds the lease, and says which', async () => {
    await judge(0, 60);
    await lease('run-by-hand');
    expect(await consider()).toMatchObject({ due: false, reason: expect.stringContaining('run-by-hand'), run: null });
    memory.clock.advance(16 * minute);
    const running = { ...ports, owners: { stateOf: async () => 'running' as const } };
    const [meanwhile] = await considerRun({ modelId: 'm1', trigger: 'traces-ingested' }, running);
    expect(meanwhile).toMatchObject({
      due: false,
      reason: expect.stringContaining('someone still runs'),
      leaseIsStuck: true,
    });
    expect((await consider()).due).toBe(true);
  });

  test('counts only what no run has seen', async () => {
    const first = await startOne();
    await end(first, {});
    expect(await consider()).toMatchObject({ due: false, reason: 'Nothing new since the last run began.' });
    await judge(0, 50);
    const { due, run } = await consider();
    expect(due).toBe(true);
    expect(run?.runId).not.toBe(first);
  });

  test('what came in while a run worked counts when it has finished, with a promotion too', async () => {
    const first = await startOne();
    await judge(0, 50);
    await setChampion('c2', 'promote', first);
    await end(first, {});
    expect((await consider('run-finished')).due).toBe(true);
  });

  test('takes the schedule for reason enough when anything is new', async () => {
    await judge(1, 0);
    expect((await consider('run-finished')).due).toBe(false);
    expect((await consider('schedule')).due).toBe(true);
  });

  test('goes back to what a failed run had before it on the schedule only', async () => {
    const first = await startOne();
    await end(first, { status: 'failed', failure: { name: 'NoChampion', cause: '', mend: '' } });
    expect((await consider('run-finished')).due).toBe(false);
    expect((await consider()).due).toBe(false);
    expect((await consider('schedule')).due).toBe(true);
  });

  test('starts a run when traces fail more often than they used to', async () => {
    await judge(190, 10);
    await judge(26, 24);
    expect(await consider()).toMatchObject({ due: true, reason: expect.stringContaining('more often') });
  });

  test('holds a new champion to its own record, not to that of the one before', async () => {
    await judge(190, 10);
    await setChampion('c2', 'promote');
    await judge(26, 24);
    expect((await consider()).due).toBe(false);
  });

  test('starts again after a run that another one kept from its lease', async () => {
    const refused = await startOne();
    await end(refused, { status: 'failed', failure: { name: 'LeaseHeld', cause: '', mend: '' } });
    const { due, run } = await consider('run-finished');
    expect(due).toBe(true);
    expect(run?.runId).not.toBe(refused);
  });

  test('considers every model for *, also past one that cannot be started', async () => {
    await judge(0, 60);
    await memory.lineage.createModel(sampleModel({ modelId: 'm2' }));
    const answers = await considerRun({ modelId: '*', trigger: 'schedule' }, ports);
    expect(answers.map(({ modelId, due }) => [modelId, due])).toEqual([
      ['m1', true],
      ['m2', false],
    ]);
  });

  test('refuses a model that is not there', async () => {
    expect((await rejection(consider('schedule', 'nobody'))).name).toBe('UnknownModel');
  });
});
