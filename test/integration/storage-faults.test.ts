import { readdir, readFile, truncate, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { FaultyObjectStore } from '../helpers/faulty-object-store.ts';
import { fillDiskOf } from '../helpers/full-disk.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { rejection } from '../helpers/rejection.ts';
import { answeredTraffic, createSupportModel, ingest, modelId, recordingUi } from '../helpers/test-workspace.ts';
import { withLineage } from '../helpers/with-lineage.ts';
import { type WorkspaceCopies, workspaceCopies } from '../helpers/workspace-copies.ts';
import { ratchetInProcess } from './cli/in-process.ts';

let copies: WorkspaceCopies;

// So little traffic that a run ends before training.
beforeAll(async () => {
  copies = await workspaceCopies(async (workspace) => {
    await createSupportModel(workspace);
    const traffic = samples(40, 0.4, workspace.ports.random.stream(1, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
  });
});
afterAll(() => copies.dispose());

interface Faulty extends Workspace {
  readonly store: FaultyObjectStore;
}

async function openFaulty(): Promise<Faulty> {
  const workspace = await copies.open();
  const store = new FaultyObjectStore(workspace.ports.objects);
  return { ...workspace, store, ports: { ...workspace.ports, objects: store } };
}

async function improve(workspace: Workspace) {
  const ui = recordingUi();
  const result = await runLoop(workspace, { modelId, seed: null, retryWaitMs: 0 }, ui);
  return { result, ui };
}

async function fail(workspace: Workspace) {
  const ui = recordingUi();
  const fault = await rejection(runLoop(workspace, { modelId, seed: null, retryWaitMs: 0 }, ui));
  return { fault, ui };
}

const newestRun = async ({ ports }: Workspace) => (await ports.lineage.listRuns(modelId)).at(-1);
const leaseOf = async ({ ports }: Workspace) => (await ports.lineage.getControl(modelId))?.lease;

/** Path of a stage's file of the newest run. */
async function fileOf(workspace: Workspace, stage: string, file: string, item = 'all'): Promise<string> {
  const runId = (await newestRun(workspace))?.runId ?? '';
  return join(workspace.directory, 'objects', 'runs', modelId, runId, '0', stage, item, file);
}

/** Reads every JSON object of the workspace; throws when one of them is not whole. */
async function readAllJson({ directory }: Workspace): Promise<number> {
  const entries = await readdir(join(directory, 'objects'), { recursive: true });
  const files = entries.filter((name) => /\.jsonl?$/.test(name));
  for (const name of files) {
    const text = await readFile(join(directory, 'objects', name), 'utf8');
    if (name.endsWith('.json')) JSON.parse(text);
    else for (const line of text.split('\n').slice(0, -1)) JSON.parse(line);
  }
  return files.length;
}

describe('a full disk', () => {
  it('is told each time that a step is tried again, ends the run with cause and mend, and lets the same run go on after', async () => {
    const workspace = await openFaulty();
    workspace.store.faults = [{ kind: 'full', key: /split-traces/ }];
    const { fault, ui } = await fail(workspace);
    expect(fault).toMatchObject({ name: 'StorageFailure', mend: expect.stringContaining('Free some disk space') });
    expect(ui.failed).toHaveLength(4);
    expect(ui.failed[0]).toMatch(/^split-traces: StorageFailure: Cannot write .*ENOSPC.* tried again .* 3 times/);
    expect(ui.failed[2]).toContain('once at most');
    expect(ui.failed[3]).not.toContain('again');

    const run = await newestRun(workspace);
    expect(run).toMatchObject({
      status: 'failed',
      failure: { name: 'StorageFailure', cause: fault.message, mend: fault.mend },
    });
    expect(await leaseOf(workspace)).toBeNull();
    expect(await readAllJson(workspace)).toBeGreaterThan(3);

    workspace.store.faults = [];
    const after = await improve(workspace);
    expect(after.result.run).toBe(run?.runId);
    expect(after.ui.passedOver).toEqual(['prepare-run', 'answer-traces', 'judge-traces', 'triage-traces']);
    expect(await newestRun(workspace)).toMatchObject({ status: 'finished', failure: null });
  });

  it('that ends by itself costs nothing but the wait', async () => {
    const workspace = await openFaulty();
    workspace.store.faults = [{ kind: 'full', key: /judge-traces\/chunk-0000\/completed/, times: 2 }];
    const { result, ui } = await improve(workspace);
    expect(result.decision).toBe('kept');
    expect(ui.failed).toHaveLength(2);
  });

  it('that leaves no room for the run’s record either is still told, and the run goes on after', async () => {
    const workspace = await openFaulty();
    workspace.store.faults = [{ kind: 'full', key: /triage-traces/ }];
    const full = () => Promise.reject(new RatchetError('StorageFailure', 'Cannot write lineage.sqlite: ENOSPC.'));
    let recording = false;
    const failing = withLineage(workspace, (lineage) => ({
      async putRun(run) {
        recording = run.status === 'failed';
        return recording ? full() : lineage.putRun(run);
      },
    }));
    const { fault, ui } = await fail(failing);
    expect(recording).toBe(true);
    expect(fault).toMatchObject({ name: 'StorageFailure', mend: expect.stringContaining('Free some disk space') });
    expect(fault.message).toContain('triage-traces');
    expect(ui.notes.at(-1)).toContain('could not be recorded: Cannot write lineage.sqlite');
    const run = await newestRun(workspace);
    expect(run?.status).toBe('running');

    workspace.store.faults = [];
    const before = workspace.owner;
    const owners = {
      stateOf: async (owner: string) => (owner === before ? ('gone' as const) : ('unknown' as const)),
    };
    const after = await improve({ ...workspace, owner: 'a later process', ports: { ...workspace.ports, owners } });
    expect(after.result.run).toBe(run?.runId);
    expect(await leaseOf(workspace)).toBeNull();
  });

  it('at the very end, when the report is written, does not lose the run its lease', async () => {
    const workspace = await openFaulty();
    workspace.store.faults = [{ kind: 'full', key: /write-report\/all\/completed/, times: 1 }];
    const { result, ui } = await improve(workspace);
    expect(ui.failed).toEqual([expect.stringContaining('tried again')]);
    expect(await newestRun(workspace)).toMatchObject({
      runId: result.run,
      status: 'finished',
      reportKey: result.report,
    });
    expect(await leaseOf(workspace)).toBeNull();
  });
});

describe('a workspace on a disk that is full', () => {
  it('answers what only reads, and tells what writes that there is no room', async () => {
    const directory = await copies.copy();
    const makeRoom = fillDiskOf(join(directory, 'lineage.sqlite'));
    try {
      const at = ['--workspace', directory];
      for (const command of [['list'], ['status', modelId], ['lineage', modelId]])
        expect(await ratchetInProcess([...command, ...at])).toMatchObject({
          code: 0,
          stdout: expect.stringContaining(modelId),
        });
      const answered = await ratchetInProcess(['predict', modelId, '--text', ...at], 'where is my order');
      expect(answered).toMatchObject({ code: 0, stdout: expect.stringContaining('"output"') });
      for (const command of [['run'], ['rollback', '--to', 'x']]) {
        const ended = await ratchetInProcess([...command, modelId, ...at]);
        expect(ended).toMatchObject({ code: 1, stdout: '' });
        expect(ended.stderr).toMatch(/Cannot open .*lineage\.sqlite: ENOSPC\.\nFree some disk space/);
      }
    } finally {
      makeRoom();
    }
  });
});

describe('a fault in one of several items that work side by side', () => {
  it('ends the run while the others still work, whatever those do after; the same run goes on', async () => {
    const larger = await workspaceCopies(async (workspace) => {
      await createSupportModel(workspace);
      const traffic = samples(400, 0.4, workspace.ports.random.stream(1, 'traffic'));
      await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
    });
    try {
      const workspace = await larger.open();
      const store = new FaultyObjectStore(workspace.ports.objects);
      store.faults = [{ kind: 'full', key: /prepare-next-dataset\/.*completed/ }];
      const faulty = { ...workspace, ports: { ...workspace.ports, objects: store } };
      const { fault } = await fail(faulty);
      await workspace.close();
      expect(fault.name).toBe('StorageFailure');

      const again = await openWorkspace(workspace.directory, {
        observer: { progress: () => undefined, note: () => undefined },
      });
      const run = await newestRun(again);
      expect(run).toMatchObject({ status: 'failed', failure: { name: 'StorageFailure' } });
      const { result, ui } = await improve(again);
      await again.close();
      expect(result).toMatchObject({ run: run?.runId, decision: 'promoted' });
      expect(ui.passedOver).toContain('assemble-curriculum');
    } finally {
      await larger.dispose();
    }
  });
});

describe('objects that are gone or damaged', () => {
  it('end the run when one vanished that a complete stage wrote; the next run begins anew', async () => {
    const workspace = await openFaulty();
    workspace.store.faults = [{ kind: 'gone', key: /prepare-run\/all\/chunk/ }];
    const { fault, ui } = await fail(workspace);
    expect(fault).toMatchObject({ name: 'ObjectMissing', mend: expect.stringContaining('a new run begins') });
    expect(fault.message).toContain('chunk-0000.jsonl');
    expect(ui.failed).toHaveLength(1);
    const failed = await newestRun(workspace);
    expect(failed).toMatchObject({ status: 'failed', failure: { name: 'ObjectMissing', mend: fault.mend } });
    expect(await leaseOf(workspace)).toBeNull();
    workspace.store.faults = [];
    expect((await improve(workspace)).result.run).not.toBe(failed?.runId);
  });

  it('do a step again whose JSON lines are cut off', async () => {
    const workspace = await openFaulty();
    workspace.store.faults = [{ kind: 'full', key: /split-traces/ }];
    await fail(workspace);
    const path = await fileOf(workspace, 'triage-traces', 'triaged.jsonl');
    const whole = await readFile(path);
    await truncate(path, 1_000);
    workspace.store.faults = [];
    const { result, ui } = await improve(workspace);
    expect(result.decision).toBe('kept');
    expect(ui.passedOver).toEqual(['prepare-run', 'answer-traces', 'judge-traces']);
    expect(await readFile(path)).toEqual(whole);
  });

  it('end the run when JSON lines are cut off that no record holds to account, with file and line', async () => {
    const workspace = await openFaulty();
    workspace.store.faults = [{ kind: 'full', key: /split-traces/ }];
    await fail(workspace);
    // As versions of before digests of files were kept left them.
    const record = await fileOf(workspace, 'triage-traces', 'completed.json');
    const { files: _, ...before } = JSON.parse(await readFile(record, 'utf8'));
    await writeFile(record, JSON.stringify(before));
    await truncate(await fileOf(workspace, 'triage-traces', 'triaged.jsonl'), 1_000);
    workspace.store.faults = [];
    const { fault } = await fail(workspace);
    expect(fault).toMatchObject({ name: 'CorruptArtifact', mend: expect.stringContaining('a new run begins') });
    expect(fault.message).toMatch(/triaged\.jsonl, line \d+: not JSON/);
    expect(await newestRun(workspace)).toMatchObject({ status: 'failed', failure: { mend: fault.mend } });
    expect((await improve(workspace)).result.decision).toBe('kept');
  });

  it.each(['{"inputDigest": "', '{}'])('do a step again whose completion record reads %s', async (damage) => {
    const workspace = await openFaulty();
    workspace.store.faults = [{ kind: 'full', key: /split-traces/ }];
    await fail(workspace);
    await writeFile(await fileOf(workspace, 'judge-traces', 'completed.json', 'chunk-0000'), damage);
    workspace.store.faults = [];
    const notes: string[] = [];
    const observer = { progress: () => undefined, note: (text: string) => notes.push(text) };
    const { ui } = await improve({ ...workspace, ports: { ...workspace.ports, observer } });
    expect(ui.passedOver).toEqual(['prepare-run', 'answer-traces', 'triage-traces']);
    expect(ui.finished).toContain('judge-traces');
    expect(notes).toEqual([expect.stringContaining('judge-traces/chunk-0000/completed.json')]);
  });

  it('refuse a damaged champion, and go on once it is restored', async () => {
    const workspace = await openFaulty();
    const { ports, directory } = workspace;
    const champion = (await ports.lineage.getControl(modelId))?.championId ?? '';
    const key = (await ports.lineage.getCheckpoint(modelId, champion))?.served.ref ?? '';
    const path = join(directory, 'objects', key);
    const whole = await readFile(path);
    const damaged = Buffer.from(whole);
    damaged[damaged.length - 9] = (damaged.at(-9) ?? 0) ^ 1;
    await writeFile(path, damaged);
    const ended = await ratchetInProcess(['run', modelId, '--workspace', directory]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/CorruptArtifact: .*\n.*[Rr]estore|Roll back/);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
    expect(await leaseOf(workspace)).toBeNull();
    await writeFile(path, whole);
    expect((await improve(workspace)).result.decision).toBe('kept');
  });
});

describe('a lineage database', () => {
  it('of a newer Ratchet is left alone, with a mend and without a stack', async () => {
    const directory = await copies.copy();
    const database = new DatabaseSync(join(directory, 'lineage.sqlite'));
    database.exec('PRAGMA user_version = 99');
    database.close();
    for (const command of ['run', 'lineage']) {
      const ended = await ratchetInProcess([command, modelId, '--workspace', directory]);
      expect(ended).toMatchObject({ code: 1, stdout: '' });
      expect(ended.stderr).toMatch(/written by a newer Ratchet \(schema 99, this one knows \d+\)/);
      expect(ended.stderr).toContain('Use the newer Ratchet');
      expect(ended.stderr).not.toMatch(/^\s+at /m);
    }
  });

  it('that is no database is told as such', async () => {
    const directory = await copies.copy();
    await writeFile(join(directory, 'lineage.sqlite'), 'x'.repeat(5_000));
    const ended = await ratchetInProcess(['run', modelId, '--workspace', directory]);
    expect(ended.code).toBe(1);
    expect(ended.stderr).toMatch(/CorruptArtifact: .*\n.*backup/);
    expect(ended.stderr).not.toMatch(/^\s+at /m);
  });
});
