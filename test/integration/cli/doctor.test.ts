import { cp, mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { openWorkspace, type Workspace } from '../../../cli/workspace.ts';
import { takeLease } from '../../../shared/domain/models/control.ts';
import { updateControl } from '../../../shared/operations/control-item.ts';
import { sampleTrace } from '../../helpers/trace-samples.ts';
import { ratchetInProcess } from './in-process.ts';

interface Found {
  readonly name: string;
  readonly status: string;
  readonly detail: string;
  readonly mend: string | null;
}

const hour = 3_600_000;
let directory: string;
let checkpoint: string;

beforeAll(async () => {
  directory = await mkdtemp(join(tmpdir(), 'ratchet-doctor-'));
  const lines = ['win a prize', 'buy pills', 'meeting notes', 'lunch at noon'].map((input, index) =>
    JSON.stringify({ input, output: index < 2 ? 'spam' : 'ham' }),
  );
  await writeFile(join(directory, 'examples.jsonl'), lines.join('\n'));
  const created = await ratchetInProcess([
    'create',
    'mail',
    '--examples',
    join(directory, 'examples.jsonl'),
    '--foundation',
    'none',
    '--json',
    '--workspace',
    join(directory, 'origin'),
  ]);
  checkpoint = JSON.parse(created.stdout).checkpoint;
  const traces = ['{"traceId":"t1","timestamp":"2026-01-01T00:00:00Z","input":"win","output":"ham"}', 'x', 'y'];
  await ratchetInProcess(['ingest', 'mail', '-', '--workspace', join(directory, 'origin')], traces.join('\n'));
}, 60_000);

afterAll(() => rm(directory, { recursive: true, force: true }));

/** The examination of a copy of the workspace after something was done to it. */
async function examined(name: string, harm: (root: string) => Promise<unknown> = async () => undefined) {
  const root = join(directory, name);
  await cp(join(directory, 'origin'), root, { recursive: true });
  await harm(root);
  const ended = await ratchetInProcess(['doctor', '--json', '--workspace', root]);
  const { ok, checks }: { ok: boolean; checks: readonly Found[] } = JSON.parse(ended.stdout);
  const bad = checks.filter((check) => check.status !== 'ok');
  return { code: ended.code, ok, bad, of: (wanted: string) => checks.find((check) => check.name === wanted) };
}

async function inWorkspace(root: string, use: (workspace: Workspace) => Promise<unknown>): Promise<void> {
  const workspace = await openWorkspace(root, { observer: { progress: () => undefined, note: () => undefined } });
  try {
    await use(workspace);
  } finally {
    await workspace.close();
  }
}

const lend = (root: string, owner: string, minutes: number) =>
  inWorkspace(root, ({ ports }) =>
    updateControl('mail', ports, (control) => {
      const answer = takeLease(control, { runId: 'run-1', owner, now: Date.now(), minutes });
      return answer.granted ? answer.next : null;
    }),
  );

describe('ratchet doctor', () => {
  test('finds a sound workspace sound, counts what it holds, and leaves nothing behind', async () => {
    const { code, ok, bad, of } = await examined('sound');
    expect({ code, ok, bad }).toEqual({ code: 0, ok: true, bad: [] });
    expect(of('mail: champion')?.detail).toContain(checkpoint);
    expect(of('mail: traces')?.detail).toBe('1 trace, 0 judgements');
    expect(of('mail: quarantine')?.detail).toContain('2 bad lines');
    expect(of('DuckDB')?.status).toBe('ok');
    expect(of('USE-Lite')?.detail).toBe('512 dimensions');
    expect((await readdir(join(directory, 'sound'))).filter((name) => name.startsWith('doctor'))).toEqual([]);
  });

  test('says whether what trains a model and what it answers by is set up, without asking either', async () => {
    const root = join(directory, 'watching');
    const endpoint = ['--endpoint', 'http://127.0.0.1:1/v1', '--endpoint-model', 'small'];
    const watched = ['create', 'watched', '--labels', 'a,b', ...endpoint, '--trainer', 'hf-lora'];
    const made = await ratchetInProcess([...watched, '--foundation', directory, '--workspace', root]);
    expect([made.code, made.stderr]).toEqual([0, expect.any(String)]);
    const found = async (env: Record<string, string>) => {
      const ended = await ratchetInProcess(['doctor', '--json', '--workspace', root], '', env);
      const { checks }: { checks: readonly Found[] } = JSON.parse(ended.stdout);
      return (name: string) => checks.find((check) => check.name === `watched: ${name}`);
    };
    const without = await found({ RATCHET_TRAINING_PYTHON: join(directory, 'none') });
    expect(without('trainer')).toMatchObject({
      status: 'problem',
      mend: expect.stringContaining('ratchet setup training'),
    });
    expect(without('openai')).toMatchObject({
      status: 'ok',
      detail: 'small at http://127.0.0.1:1/v1, without a key, not asked',
    });
    const set = await found({ RATCHET_TRAINING_PYTHON: process.execPath, RATCHET_ENDPOINT_KEY: 'sk-secret' });
    expect(set('trainer')).toMatchObject({ status: 'ok', detail: `hf-lora, by the Python at ${process.execPath}` });
    expect(set('openai')?.detail).toContain('with the key of RATCHET_ENDPOINT_KEY');
    await rm(join(root, 'objects', 'models', 'watched'), { recursive: true });
    expect((await found({}))('openai')).toMatchObject({
      status: 'problem',
      detail: expect.stringContaining('ndpoint'),
    });
  });

  test('has a line a check for people, and the mend of each that is not well', async () => {
    const ended = await ratchetInProcess(['doctor', '--workspace', join(directory, 'nowhere')]);
    expect(ended.code).toBe(0);
    expect(ended.stdout).toMatch(/^✔ Node\.js: v\d+/);
    expect(ended.stdout).toMatch(/! workspace: there is none in .*nowhere\n {4}Make one by creating a model/);
  });

  test('finds a damaged artifact, and one that is gone', async () => {
    const artifact = (root: string) => join(root, 'objects/models/mail/checkpoints', checkpoint, 'artifact.bin');
    const damaged = await examined('damaged', async (root) => {
      const bytes = await readFile(artifact(root));
      bytes[200] = (bytes[200] ?? 0) ^ 1;
      await writeFile(artifact(root), bytes);
    });
    expect(damaged).toMatchObject({ code: 1, ok: false, bad: [{ name: 'mail: champion', status: 'problem' }] });
    expect(damaged.bad[0]?.detail).toContain('damaged');
    const gone = await examined('gone', (root) => rm(artifact(root)));
    expect(gone.bad[0]?.detail).toContain('gone');
    expect(gone.bad[0]?.mend).toContain('backup');
  });

  test("finds a damaged fold model of the champion's", async () => {
    const ref = 'models/mail/checkpoints/second/fold-1-of-10.bin';
    const found = await examined('fold', (root) =>
      inWorkspace(root, async ({ ports }) => {
        const first = await ports.lineage.getCheckpoint('mail', checkpoint);
        if (first === undefined) throw new Error('There is no first checkpoint.');
        const models = Array.from({ length: 10 }, (_, part) => (part === 1 ? { ...first.served, ref } : null));
        await ports.objects.put(ref, Buffer.from('not what was trained'));
        await ports.lineage.putCheckpoint({ ...first, checkpointId: 'second', folds: { parts: 10, models } });
        await updateControl('mail', ports, (control) => ({
          ...control,
          version: control.version + 1,
          championId: 'second',
        }));
      }),
    );
    expect(found).toMatchObject({ code: 1, bad: [{ name: 'mail: champion', status: 'problem' }] });
    expect(found.bad[0]?.detail).toBe(`second: its fold model is damaged (${ref})`);
  });

  test('finds a lineage database that is none', async () => {
    const harm = (content: string) => async (root: string) => {
      for (const suffix of ['-wal', '-shm']) await rm(join(root, `lineage.sqlite${suffix}`), { force: true });
      await writeFile(join(root, 'lineage.sqlite'), content);
    };
    for (const content of ['no database at all', '']) {
      const { code, bad } = await examined(`lineage-${content.length}`, harm(content));
      expect(code).toBe(1);
      expect(bad).toMatchObject([{ name: 'lineage.sqlite', status: 'problem' }]);
    }
  });

  test('finds files of the trace log that are gone', async () => {
    const { bad } = await examined('traceless', (root) => rm(join(root, 'objects/traces'), { recursive: true }));
    expect(bad).toMatchObject([{ name: 'mail: traces', status: 'problem' }]);
  });

  test('finds what was exchanged, halved or relabelled: files of the log, datasets', async () => {
    const under = async (root: string, folder: string, ending: string) => {
      const names = await readdir(join(root, 'objects', folder), { recursive: true });
      return join(root, 'objects', folder, names.find((name) => name.endsWith(ending)) ?? '');
    };
    const files = await examined('exchanged', async (root) => {
      const path = await under(root, 'traces/mail', '.parquet');
      const bytes = await readFile(path);
      bytes[40] = (bytes[40] ?? 0) ^ 1;
      await writeFile(path, bytes);
    });
    expect(files).toMatchObject({ code: 1, bad: [{ name: 'mail: traces', status: 'problem' }] });
    expect(files.bad[0]?.detail).toContain('not what was written, such as traces/mail/');
    const dataset = await examined('relabelled', async (root) => {
      const path = await under(root, 'models/mail/datasets', '.jsonl');
      await writeFile(path, (await readFile(path, 'utf8')).replaceAll('"spam"', '"ham"'));
    });
    expect(dataset).toMatchObject({ code: 1, bad: [{ name: 'mail: datasets and frozen records', status: 'problem' }] });
    expect(dataset.bad[0]?.mend).toContain('backup');
  });

  test('warns of small files that do not get merged, until what is in the way is mended', async () => {
    let damaged = '';
    let sound = new Uint8Array();
    const append = (root: string, from: number, through: number) =>
      inWorkspace(root, async ({ ports }) => {
        for (let at = from; at <= through; at += 1) {
          const trace = sampleTrace({ modelId: 'mail', traceId: `small-${at}`, input: `text ${at}` });
          expect(await ports.traceLog.append('mail', `small-${at}`, { traces: [trace], judgements: [] })).toBe(
            'appended',
          );
        }
      });
    const failing = await examined('unmerged', async (root) => {
      await append(root, 2, 2);
      const folder = join(root, 'objects/traces/mail');
      const files = await readdir(folder, { recursive: true });
      damaged = join(folder, files.find((name) => name.endsWith('small-2.parquet')) ?? '');
      sound = await readFile(damaged);
      await writeFile(damaged, sound.toReversed());
      await append(root, 3, 109);
    });
    expect(failing.bad.map(({ name, status }) => `${name}: ${status}`)).toEqual([
      'mail: traces: problem',
      'mail: small files: warning',
    ]);
    expect(failing.of('mail: small files')?.detail).toBe('99 files of the log should have been merged and are not');
    const mended = await examined('unmerged', async (root) => {
      await writeFile(damaged, sound);
      await append(root, 110, 110);
    });
    expect(mended).toMatchObject({ code: 0, bad: [] });
    expect(mended.of('mail: traces')?.detail).toBe('110 traces, 0 judgements');
  }, 120_000);

  test('tells who holds a lease, and warns of one that nobody will give back', async () => {
    const held = await examined('held', (root) => lend(root, 'elsewhere:1:aa', 10));
    expect(held.of('mail: lease')).toMatchObject({
      status: 'ok',
      detail: expect.stringMatching(/run-1.*elsewhere:1:aa until 20/),
    });
    const stale = await examined('stale', (root) => lend(root, 'elsewhere:1:aa', -10));
    expect(stale).toMatchObject({ code: 0, bad: [{ name: 'mail: lease', status: 'warning' }] });
    expect(stale.of('mail: lease')?.detail).toContain(', expired at ');
    const ahead = await examined('ahead', (root) => lend(root, 'elsewhere:1:aa', 400 * 24 * 60));
    expect(ahead.of('mail: lease')?.detail).toMatch(/, given until 20.* by a clock that stood ahead/);
  });

  test('warns of a run that was broken off and of temporary files left behind', async () => {
    const { code, bad } = await examined('broken', async (root) => {
      await inWorkspace(root, ({ ports }) =>
        ports.lineage.putRun({
          runId: 'run-1',
          modelId: 'mail',
          seed: 1,
          status: 'running',
          championId: checkpoint,
          startedAt: '2026-01-01T00:00:00Z',
          finishedAt: null,
          decision: null,
          reason: '',
          resultId: null,
          reportKey: null,
          failure: null,
        }),
      );
      const step = join(root, 'objects/runs/mail/run-1/0/split-traces/all');
      await mkdir(step, { recursive: true });
      await writeFile(join(step, 'records.jsonl'), '{}\n');
      await writeFile(join(step, 'completed.json'), JSON.stringify({ files: { 'records.jsonl': 'f'.repeat(64) } }));
      const leftover = join(root, 'objects/.tmp/1-x');
      await mkdir(join(root, 'objects/.tmp'), { recursive: true });
      await writeFile(leftover, 'x');
      const then = new Date(Date.now() - 2 * hour);
      await utimes(leftover, then, then);
    });
    expect(code).toBe(0);
    expect(bad.map(({ name, status }) => [name, status])).toEqual([
      ['objects', 'warning'],
      ['mail: run', 'warning'],
    ]);
    expect(bad[1]?.mend).toContain('ratchet run mail');
    expect(bad[1]?.detail).toContain(
      'run-1 was broken off, and 1 file of its completed steps is not what was written, such as runs/mail/run-1/0/split-traces/all/records.jsonl',
    );
  });
});
