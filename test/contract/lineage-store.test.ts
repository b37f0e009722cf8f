import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest';
import { SqliteLineageStore } from '../../shared/adapters/local/sqlite-lineage-store.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { shortDigest } from '../../shared/domain/base/ids.ts';
import { fillDiskOf } from '../helpers/full-disk.ts';
import { sampleModel, sampleRun } from '../helpers/lineage-samples.ts';
import { MemoryLineageStore } from '../helpers/memory-lineage-store.ts';
import { rejection } from '../helpers/rejection.ts';
import { lineageStoreContract } from './lineage-store-contract.ts';
import { race } from './race.ts';

vi.setConfig({ testTimeout: 60_000 });

lineageStoreContract('SQLite in a file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  const lineage = new SqliteLineageStore(join(root, "it's", 'lineage.sqlite'));
  return {
    lineage,
    dispose: () => {
      lineage.close();
      return rm(root, { recursive: true, force: true });
    },
  };
});

lineageStoreContract('SQLite in memory', async () => {
  const lineage = new SqliteLineageStore(':memory:');
  return { lineage, dispose: async () => lineage.close() };
});

lineageStoreContract('the fake in memory', async () => ({
  lineage: new MemoryLineageStore(),
  dispose: async () => undefined,
}));

describe('a SQLite file', () => {
  let root: string;
  let path: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
    path = join(root, 'lineage.sqlite');
  });
  afterEach(() => rm(root, { recursive: true, force: true }));

  test('is moved by two processes at once without one lost or doubled move', async () => {
    await withStore((lineage) => lineage.createModel(sampleModel({ modelId: 'prize' })));
    const wins = await race('control', path, 60);
    expect(wins.flat().sort((a, b) => a - b)).toEqual(Array.from({ length: 60 }, (_, index) => index + 1));
    const control = await withStore((lineage) => lineage.getControl('prize'));
    expect(control?.moves).toHaveLength(60);
    for (const [racer, versions] of wins.entries()) {
      for (const version of versions) expect(control?.moves[version - 1]?.by).toBe(`racer-${racer}`);
    }
  });

  test('may be opened several times over, closed twice, and keeps what was written', async () => {
    const stores = Array.from({ length: 4 }, () => new SqliteLineageStore(path));
    await stores[0]?.createModel(sampleModel());
    expect(await stores[3]?.getModel('m1')).toEqual(sampleModel());
    for (const store of [...stores, ...stores]) store.close();
    expect(await withStore((lineage) => lineage.getModel('m1'))).toEqual(sampleModel());
  });

  test('of a newer Ratchet is refused with advice, and stays as it was', async () => {
    new SqliteLineageStore(path).close();
    edit('PRAGMA user_version = 99');
    const error = faultOf(() => new SqliteLineageStore(path));
    expect(error.name).toBe('NewerVersion');
    expect(error.message).toContain(path);
    expect(error.message).toContain('newer');
    expect(error.mend).toContain('--workspace');
  });

  test('that is no database is named as such', async () => {
    await writeFile(path, 'this is no database, only a text that is long enough to look at');
    expect(faultOf(() => new SqliteLineageStore(path)).name).toBe('CorruptArtifact');
  });

  test('in a place that cannot be is a storage failure', async () => {
    await writeFile(join(root, 'file'), 'x');
    expect(faultOf(() => new SqliteLineageStore(join(root, 'file', 'lineage.sqlite'))).name).toBe('StorageFailure');
    expect(faultOf(() => new SqliteLineageStore(root)).name).toBe('StorageFailure');
  });

  test('on a full disk says so; asked for even then, it is read, and what would change it is refused', async () => {
    await withStore((lineage) => lineage.createModel(sampleModel()));
    const makeRoom = fillDiskOf(path);
    try {
      const full = { name: 'StorageFailure', mend: expect.stringContaining('Free some disk space') };
      expect(faultOf(() => new SqliteLineageStore(path))).toMatchObject({
        ...full,
        message: `Cannot open ${path}: ENOSPC.`,
      });
      const lineage = new SqliteLineageStore(path, { evenFull: true });
      expect(await lineage.getModel('m1')).toEqual(sampleModel());
      const refused = { ...full, message: `Cannot write ${path}: ENOSPC.` };
      expect(await rejection(lineage.putRun(sampleRun()))).toMatchObject(refused);
      expect(await rejection(lineage.createModel(sampleModel({ modelId: 'other' })))).toMatchObject(refused);
      lineage.close();
    } finally {
      makeRoom();
    }
    expect(await withStore((lineage) => lineage.listModels())).toEqual([sampleModel()]);
  });

  test.each([
    ['is still JSON', `json_set(document, '$.seed', 8)`],
    ['has a field of another name', `replace(document, '"seed"', '"reed"')`],
    ['is no JSON', `replace(document, '{', '[')`],
  ])('whose record is damaged and %s is refused when it is opened, and when it is read', async (_, damaged) => {
    await withStore((lineage) => lineage.putRun(sampleRun()));
    const before = new SqliteLineageStore(path);
    edit(`UPDATE runs SET document = ${damaged}`);
    const errors = [faultOf(() => new SqliteLineageStore(path)), await rejection(before.getRun('r1'))];
    before.close();
    for (const error of errors) {
      expect(error.name).toBe('CorruptArtifact');
      expect(error.message).toBe(`${path} is damaged: a record is not what was written.`);
      expect(error.mend).toContain('Restore the file from a backup');
    }
  });

  test('with a record of a form that is not known names the field, and the file as what to restore', async () => {
    await withStore((lineage) => lineage.putRun(sampleRun()));
    const document = JSON.stringify({ ...sampleRun(), seed: 'seven' });
    edit(`UPDATE runs SET document = '${document}', seal = '${shortDigest(document)}'`);
    const lineage = new SqliteLineageStore(path);
    const error = await rejection(lineage.getRun('r1'));
    lineage.close();
    expect(error.name).toBe('CorruptArtifact');
    expect(error.message).toContain(path);
    expect(error.message).toContain('seed');
    expect(error.mend).toContain('Restore the file from a backup');
  });

  test('that is read as a copy is named itself where it is damaged', async () => {
    await withStore((lineage) => lineage.putRun(sampleRun()));
    edit(`UPDATE runs SET document = json_set(document, '$.seed', 8)`);
    expect(faultOf(() => new SqliteLineageStore(path, { readOnly: true })).message).toContain(path);
  });

  function edit(sql: string): void {
    const database = new DatabaseSync(path);
    database.exec(sql);
    database.close();
  }

  async function withStore<T>(use: (lineage: SqliteLineageStore) => Promise<T>): Promise<T> {
    const lineage = new SqliteLineageStore(path);
    try {
      return await use(lineage);
    } finally {
      lineage.close();
    }
  }
});

function faultOf(work: () => unknown): RatchetError {
  try {
    work();
  } catch (error) {
    if (error instanceof RatchetError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}
