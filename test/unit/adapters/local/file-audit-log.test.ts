import { appendFile, mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { FileAuditLog } from '../../../../shared/adapters/local/file-audit-log.ts';
import type { AuditEntry } from '../../../../shared/ports/audit-log.ts';

let root: string;
let now: number;
let faults: unknown[];
const directory = () => join(root, 'audit');
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'ratchet-audit-'));
  now = Date.parse('2026-03-01T12:00:00Z');
  faults = [];
});
afterEach(async () => {
  for (const log of logs.splice(0)) await log.close();
  await rm(root, { recursive: true, force: true });
});

const logs: FileAuditLog[] = [];
function opened(countForMs = 60_000): FileAuditLog {
  const log = new FileAuditLog({
    directory: directory(),
    makeDirectory: async () => void (await mkdir(directory(), { recursive: true, mode: 0o700 })),
    now: () => now,
    onFault: (error) => faults.push(error),
    countForMs,
  });
  logs.push(log);
  return log;
}
const entry = (count: number): AuditEntry => ({
  ...{ action: 'feedback', model: 'm1', caller: 'ana', signed: ['human/ana'], id: null },
  count,
});
const refusal = { status: 401, caller: null, model: null, right: 'run' };

async function linesOf(day: string): Promise<readonly unknown[]> {
  const text = await readFile(join(directory(), `${day}.jsonl`), 'utf8');
  return text.split('\n').flatMap((line) => (line === '' ? [] : [JSON.parse(line) as unknown]));
}

test('nothing is made before there is something to write', async () => {
  await opened().close();
  expect(await readdir(root)).toEqual([]);
});

test('an entry is in the file of its day once it is acknowledged, for its user alone', async () => {
  const log = opened();
  await log.append(entry(1));
  expect(await linesOf('2026-03-01')).toEqual([{ at: '2026-03-01T12:00:00.000Z', ...entry(1) }]);
  expect((await stat(directory())).mode & 0o777).toBe(0o700);
  expect((await stat(join(directory(), '2026-03-01.jsonl'))).mode & 0o777).toBe(0o600);
  now += 12 * 3_600_000;
  await log.append(entry(2));
  expect(await linesOf('2026-03-02')).toMatchObject([{ count: 2 }]);
  expect(await linesOf('2026-03-01')).toHaveLength(1);
});

test('what many processes write at once is all there, each line whole', async () => {
  const four = Array.from({ length: 4 }, () => opened());
  const counts = Array.from({ length: 200 }, (_, at) => at);
  await Promise.all(counts.map((count) => four[count % 4]?.append(entry(count))));
  const found = (await linesOf('2026-03-01')) as { count: number }[];
  expect(found.map(({ count }) => count).toSorted((a, b) => a - b)).toEqual(counts);
});

test('half a line that another process left harms no other', async () => {
  await opened().append(entry(1));
  const path = join(directory(), '2026-03-01.jsonl');
  await appendFile(path, '{"at":"20');
  await opened().append(entry(2));
  const lines = (await readFile(path, 'utf8')).trimEnd().split('\n');
  expect(lines).toHaveLength(3);
  expect(JSON.parse(lines[2] ?? '')).toMatchObject({ count: 2 });
});

test('refusals are counted, and written when it is time or at the end', async () => {
  const log = opened(10);
  for (let at = 0; at < 1_000; at += 1) log.refused(refusal);
  log.refused({ ...refusal, status: 403, caller: 'ana', model: 'm1' });
  await expect.poll(() => linesOf('2026-03-01').catch(() => [])).toMatchObject([{ count: 1_000 }, { count: 1 }]);
  const later = opened();
  later.refused(refusal);
  await later.close();
  expect((await linesOf('2026-03-01'))[2]).toEqual({
    ...{ at: '2026-03-01T12:00:00.000Z', action: 'refused', count: 1 },
    ...refusal,
  });
});

test('refusals of ever new kinds are no more than 201 lines at a time', async () => {
  const log = opened();
  for (let at = 0; at < 1_000; at += 1) log.refused({ ...refusal, caller: 'ana', model: `m${at}` });
  await log.close();
  const found = (await linesOf('2026-03-01')) as { count: number }[];
  expect(found).toHaveLength(201);
  expect(found.reduce((sum, { count }) => sum + count, 0)).toBe(1_000);
});

test('what cannot be written is a fault, and what comes later is written', async () => {
  await writeFile(directory(), 'a file where the folder should be');
  const log = opened();
  await expect(log.append(entry(1))).rejects.toMatchObject({ name: 'StorageFailure' });
  log.refused(refusal);
  await log.close();
  expect(faults).toMatchObject([{ name: 'StorageFailure' }]);
  await rm(directory());
  await log.append(entry(2));
  expect(await linesOf('2026-03-01')).toMatchObject([{ count: 2 }]);
});
