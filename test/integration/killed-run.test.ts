import { type ChildProcess, spawn } from 'node:child_process';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace } from '../../cli/workspace.ts';
import type { Lease } from '../../shared/domain/models/control.ts';
import { updateControl } from '../../shared/operations/control-item.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { answeredTraffic, createSupportModel, ingest, makeWorkspace, modelId } from '../helpers/test-workspace.ts';

const launcher = fileURLToPath(new URL('../../cli/bin/ratchet.js', import.meta.url));
let directory: string;
let undisturbed: Outcome;

interface Outcome {
  readonly decision: string;
  readonly scores: unknown;
  readonly memory: unknown;
  readonly artifact: string | undefined;
}

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-kill-'));
  const workspace = await makeWorkspace();
  await createSupportModel(workspace);
  const traffic = samples(400, 0.4, workspace.ports.random.stream(1, 'traffic'));
  await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
  await workspace.close();
  await cp(workspace.directory, join(directory, 'origin'), { recursive: true });
  await rm(workspace.directory, { recursive: true });
  undisturbed = await outcomeOf(await copyOf('undisturbed'));
});

afterAll(() => rm(directory, { recursive: true, force: true }));

async function copyOf(name: string): Promise<string> {
  const copy = join(directory, name);
  await cp(join(directory, 'origin'), copy, { recursive: true });
  return copy;
}

function start(workspace: string): { child: ChildProcess; stderr: () => string; ended: Promise<string> } {
  const child = spawn(process.execPath, [launcher, 'run', modelId, '--seed', '4', '--json', '--workspace', workspace]);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk: Buffer) => {
    stdout += chunk.toString();
  });
  child.stderr.on('data', (chunk: Buffer) => {
    stderr += chunk.toString();
  });
  return { child, stderr: () => stderr, ended: new Promise((resolve) => child.on('close', () => resolve(stdout))) };
}

async function outcomeOf(workspaceDirectory: string): Promise<Outcome & { log: string }> {
  const { ended, stderr } = start(workspaceDirectory);
  const result = JSON.parse(await ended) as {
    decision: string;
    champion: string;
    scores: unknown;
    memory: unknown;
  };
  const workspace = await openWorkspace(workspaceDirectory, {
    observer: { progress: () => undefined, note: () => undefined },
  });
  const champion = await workspace.ports.lineage.getCheckpoint(modelId, result.champion);
  await workspace.close();
  return {
    decision: result.decision,
    scores: result.scores,
    memory: result.memory,
    artifact: champion?.served.digest ?? undefined,
    log: stderr(),
  };
}

/** Kills a run the moment it says that the stage begins. */
async function killAt(workspace: string, stage: string): Promise<void> {
  const { child, stderr, ended } = start(workspace);
  const watch = setInterval(() => {
    if (stderr().includes(`• ${stage}`)) child.kill('SIGKILL');
  }, 5);
  await ended;
  clearInterval(watch);
  expect(child.signalCode).toBe('SIGKILL');
}

describe('a run that is killed and started again', () => {
  it.each(['triage-traces', 'confirm-weaknesses', 'train-candidates', 'promote-champion', 'write-report'])(
    'at %s ends as the undisturbed run does, and passes over what was complete',
    async (stage) => {
      const workspace = await copyOf(`killed-at-${stage}`);
      await killAt(workspace, stage);
      const { log, ...outcome } = await outcomeOf(workspace);
      const { log: _log, ...expected } = undisturbed as Outcome & { log: string };
      expect(outcome).toEqual(expected);
      expect(log).toContain('judge-traces — done before, passed over');
    },
  );

  it('refuses a second run while the first works, and names who holds the lease', async () => {
    const workspace = await copyOf('twice');
    const first = start(workspace);
    while (!first.stderr().includes('✔ take-lease')) await new Promise((resolve) => setTimeout(resolve, 10));
    const second = start(workspace);
    expect(await second.ended).toBe('');
    expect(second.stderr()).toContain('LeaseHeld');
    expect(second.stderr()).toContain(`:${first.child.pid}:`);
    expect(second.child.exitCode).toBe(1);
    expect(JSON.parse(await first.ended)).toMatchObject({ decision: undisturbed.decision });
  });

  it('neither disturbs nor outdoes the process that took its run over while it was stopped past its lease', async () => {
    const workspace = await copyOf('stopped');
    const stopped = start(workspace);
    while (!stopped.stderr().includes('• train-candidates')) await new Promise((resolve) => setTimeout(resolve, 5));
    stopped.child.kill('SIGSTOP');
    const { ports, close } = await openWorkspace(workspace, {
      observer: { progress: () => undefined, note: () => undefined },
    });
    const changeLease = (change: (lease: Lease) => Lease) =>
      updateControl(modelId, ports, (control) => ({
        ...control,
        version: control.version + 1,
        lease: control.lease === null ? null : change(control.lease),
      }));
    await changeLease((lease) => ({ ...lease, expiresAt: 0 }));
    const refused = start(workspace);
    expect(await refused.ended).toBe('');
    expect(refused.stderr()).toContain('LeaseHeld');
    expect(refused.stderr()).toContain(`:${stopped.child.pid}:`);
    // As on a system that does not tell when a process began: then nobody knows whether this is the one.
    await changeLease((lease) => ({ ...lease, owner: lease.owner.replace(/-[0-9a-f]+$/, '') }));
    const { log: _, ...outcome } = await outcomeOf(workspace);
    stopped.child.kill('SIGCONT');
    expect(await stopped.ended).toBe('');
    expect(stopped.child.exitCode).toBe(1);
    expect(stopped.stderr()).toContain('LeaseLost');
    const { log: _log, ...expected } = undisturbed as Outcome & { log: string };
    expect(outcome).toEqual(expected);
    expect(await ports.lineage.listRuns(modelId)).toMatchObject([{ status: 'finished', failure: null }]);
    const control = await ports.lineage.getControl(modelId);
    expect(control?.lease).toBeNull();
    expect(control?.moves.map((move) => move.kind)).toEqual(['create', 'promote']);
    await close();
  });
});
