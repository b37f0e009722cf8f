import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { closeSync, openSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openWorkspace, type Workspace } from '../../../cli/workspace.ts';
import { exportModel } from '../../../shared/operations/export/export-model.ts';
import { answerWith } from '../../../shared/ports/back-ends.ts';
import { modelId } from '../../helpers/test-workspace.ts';
import { installed, realPython, testsFolder, tinkerServer } from '../python.ts';
import { rightOf, runTickets, ticketLlama, tickets } from '../tickets.ts';

const project = fileURLToPath(new URL('../../..', import.meta.url));
const key = 'tml-of-nobody-at-all';
const prices = { usdPerMillionTokens: 10, usdPerMillionPrefilled: 2, usdPerMillionSampled: 5 };

/** A whole run of the loop with Tinker's client against the open server that speaks its API. */
describe.skipIf(tinkerServer === undefined || !installed('tinker'))('ratchet run with Tinker', () => {
  let directory: string;
  let workspace: Workspace;
  let foundation: string;
  let server: ChildProcess;

  beforeAll(async () => {
    directory = await mkdtemp(join(tmpdir(), 'ratchet-tinker-'));
    foundation = await ticketLlama(directory, tinkerServer ?? '', testsFolder);
    const port = await freePort();
    server = await startServer(foundation, directory, port);
    const { env } = await realPython();
    workspace = await openWorkspace(join(directory, 'workspace'), {
      create: true,
      env: { ...env, TINKER_API_KEY: key, TINKER_BASE_URL: `http://127.0.0.1:${port}` },
      observer: { progress: () => undefined, note: () => undefined },
    });
  }, 900_000);
  afterAll(async () => {
    await workspace?.close();
    if (server?.pid !== undefined) process.kill(-server.pid, 'SIGTERM');
    await rm(directory, { recursive: true, force: true });
  });

  it('trains, samples and decides, and keeps the key out of all that it stores', { timeout: 1_800_000 }, async () => {
    const { result, before, after, failed } = await runTickets(workspace, {
      trainer: 'tinker',
      trainerOptions: {
        foundation,
        epochs: 10,
        batchSize: 8,
        rate: 1e-2,
        rank: 8,
        maxTokens: 64,
        maxNewTokens: 16,
        ...prices,
      },
      sizes: [16, 30],
      settings: { enoughRecords: 3, enoughFailures: 3 },
    });
    expect(failed).toEqual([]);
    // The champion answers all traces; the candidate those of its fold, twice.
    const { trainings, answers, usd } = result.costs;
    expect(trainings.map((one) => one.usd > 0)).toEqual([true]);
    expect(answers?.inputs).toBeGreaterThan(30);
    const { inputTokens = 0, outputTokens = 0 } = answers ?? {};
    expect(outputTokens).toBeGreaterThan(answers?.inputs ?? 0);
    expect(answers?.usd).toBeCloseTo((inputTokens * 2 + outputTokens * 5) / 1e6, 6);
    expect(usd).toBeCloseTo((trainings[0]?.usd ?? 0) + (answers?.usd ?? 0), 9);
    expect(after.folds?.models.filter((model) => model !== null).length ?? 0).toBe(
      result.decision === 'promoted' ? 1 : 0,
    );
    const fresh = tickets(['billing'], 12, workspace.ports.random.stream(2, 'fresh'));
    expect(await rightOf(before, fresh, workspace)).toBe(0);
    if (result.decision === 'promoted') expect(await rightOf(after, fresh, workspace)).toBeGreaterThan(6);
    else expect(after.checkpointId).toBe(before.checkpointId);
    expect(await filesWith(key, join(directory, 'workspace'))).toEqual([]);

    // What is exported answers without Tinker as it does there, by the README's own code.
    const asked = fresh[0]?.input ?? '';
    const there = await answerWith(after, [asked], workspace.ports);
    const { files, leftOut } = await exportModel({ modelId, checkpointId: null }, workspace.ports);
    expect(leftOut).toEqual([`the foundation ${foundation}`]);
    const folder = join(directory, 'exported');
    for (const { name, body } of files) {
      await mkdir(dirname(join(folder, name)), { recursive: true });
      await writeFile(join(folder, name), body);
    }
    const readme = await readFile(join(folder, 'README.md'), 'utf8');
    const code = readme.split('\n').flatMap((line) => (line.startsWith('    ') ? [line.slice(4)] : []));
    const script = code.join('\n').replace('"a text"', JSON.stringify(asked));
    expect(script).toContain(JSON.stringify(asked));
    const options = { cwd: folder, env: { ...process.env, HF_HUB_OFFLINE: '1' }, encoding: 'utf8' } as const;
    const said = execFileSync(tinkerServer ?? '', ['-c', script], options).trim();
    expect(said.startsWith('{') ? JSON.parse(said) : said).toEqual(there[0]?.output);
  });
});

async function startServer(foundation: string, directory: string, port: number): Promise<ChildProcess> {
  const log = openSync(join(directory, 'server.log'), 'a');
  const child = spawn(
    tinkerServer ?? '',
    [`${testsFolder}/tinker_server.py`, foundation, join(directory, 'kept'), String(port)],
    {
      env: {
        ...process.env,
        HF_HUB_OFFLINE: '1',
        JAX_PLATFORMS: 'cpu',
        OMP_NUM_THREADS: '1',
        XLA_FLAGS: '--xla_cpu_multi_thread_eigen=false',
        JAX_COMPILATION_CACHE_DIR: `${project}.tinker/compiled`,
        JAX_PERSISTENT_CACHE_MIN_COMPILE_TIME_SECS: '0',
      },
      stdio: ['ignore', log, log],
      detached: true,
    },
  );
  closeSync(log);
  for (;;) {
    const answer = await fetch(`http://127.0.0.1:${port}/api/v1/healthz`).catch(() => null);
    if (answer?.ok === true) return child;
    if (child.exitCode !== null) throw new Error(await readFile(join(directory, 'server.log'), 'utf8'));
    await sleep(500);
  }
}

async function freePort(): Promise<number> {
  const probe = createServer();
  await new Promise<void>((resolve) => probe.listen(0, '127.0.0.1', resolve));
  const address = probe.address();
  await new Promise((resolve) => probe.close(resolve));
  if (address === null || typeof address === 'string') throw new Error('no port');
  return address.port;
}

async function filesWith(text: string, folder: string): Promise<readonly string[]> {
  const found: string[] = [];
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    if ((await readFile(path)).includes(text)) found.push(path);
  }
  return found;
}
