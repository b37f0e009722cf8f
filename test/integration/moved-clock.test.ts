import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { answeredTraffic, createSupportModel, modelId } from '../helpers/test-workspace.ts';
import { ratchetInProcess } from './cli/in-process.ts';

const year = 365 * 86_400_000;
const today = Date.now();
let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-clock-'));
  // The date alone: timers, and what threads and the file system know, go on.
  vi.useFakeTimers({ toFake: ['Date'], now: today });
});
afterEach(async () => {
  vi.useRealTimers();
  await rm(directory, { recursive: true, force: true });
});

async function inWorkspace<T>(use: (workspace: Workspace) => Promise<T>): Promise<T> {
  const observer = { progress: () => undefined, note: () => undefined };
  const workspace = await openWorkspace(directory, { observer, create: true });
  return use(workspace).finally(() => workspace.close());
}

/** Failures of the champion that a person has found: what speaks of vouchers is a refund. */
async function fail(name: string, count: number): Promise<void> {
  const lines = await inWorkspace(async (workspace) => {
    const traffic = samples(3 * count, 0, workspace.ports.random.stream(1, name)).map(({ input }) => ({
      input: `${input} voucher ${name}`,
      output: 'refund',
    }));
    const judged = await answeredTraffic(workspace, traffic, name);
    const timestamp = new Date(Date.now()).toISOString();
    const judge = { kind: 'human', id: 'ana', reason: '' } as const;
    return judged.filter(({ verdict }) => verdict === 'fail').map((line) => ({ ...line, timestamp, judge }));
  });
  const file = join(directory, `${name}.jsonl`);
  await writeFile(
    file,
    lines
      .slice(0, count)
      .map((line) => JSON.stringify(line))
      .join('\n'),
  );
  expect(await ratchet('ingest', modelId, file)).toMatchObject({ ingested: count });
}

async function ratchet(...args: string[]) {
  const { stdout, stderr } = await ratchetInProcess([...args, '--json', '--workspace', directory]);
  expect(stderr).not.toMatch(/problem|fault/i);
  return JSON.parse(stdout);
}

test('a run made while the clock stood in the next year hides nothing from the run after it, and doctor finds nothing', async () => {
  await inWorkspace((workspace) => createSupportModel(workspace, { maxIterations: 1 }));
  vi.setSystemTime(today + year);
  await fail('early', 30);
  const first = await ratchet('run', modelId);
  vi.setSystemTime(today);
  await fail('late', 600);
  expect((await ratchet('status', modelId)).health).toMatchObject({
    sinceLastRun: { traces: 600, failed: 600 },
    next: { due: true },
  });
  const second = await ratchet('run', modelId);
  expect(first).toMatchObject({ decision: 'kept' });
  expect(second).toMatchObject({ decision: 'promoted', gain: { of: 630, gained: 630, lost: 0 } });
  const { ok, checks } = await ratchet('doctor');
  expect(checks.filter(({ status }: { status: string }) => status !== 'ok')).toEqual([]);
  expect(ok).toBe(true);
});
