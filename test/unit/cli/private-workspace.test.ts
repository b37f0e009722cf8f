import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openWorkspace } from '../../../cli/workspace.ts';
import { SqliteLineageStore } from '../../../shared/adapters/local/sqlite-lineage-store.ts';
import { sampleModel, sampleRun } from '../../helpers/lineage-samples.ts';
import { rejection } from '../../helpers/rejection.ts';
import { sampleTrace } from '../../helpers/trace-samples.ts';

let parent: string;
beforeEach(async () => {
  parent = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
});
afterEach(() => rm(parent, { recursive: true, force: true }));

const observer = { progress: () => undefined, note: () => undefined };

describe('a workspace', () => {
  test('is its owner’s alone, with all that is made in it', async () => {
    const root = join(parent, 'new', 'workspace');
    const before = process.umask(0);
    const workspace = await openWorkspace(root, { observer, create: true });
    try {
      await workspace.ports.lineage.createModel(sampleModel());
      await workspace.ports.traceLog.append('m1', 'b1', { traces: [sampleTrace()], judgements: [] });
      const names = await readdir(root, { recursive: true });
      expect(names.filter((name) => name.endsWith('.parquet'))).toHaveLength(1);
      const modes = new Set<string>();
      for (const name of ['', ...names]) {
        const found = await stat(join(root, name));
        modes.add(`${found.isDirectory() ? 'folder' : 'file'} ${(found.mode & 0o777).toString(8)}`);
      }
      expect(modes).toEqual(new Set(['folder 700', 'file 600']));
    } finally {
      await workspace.close();
      process.umask(before);
    }
  });
});

describe('a lineage that cannot be written to', () => {
  test('is read with what stands in its log alone, and refuses what would change it', async () => {
    const path = join(parent, 'lineage.sqlite');
    const writer = new SqliteLineageStore(path);
    await writer.createModel(sampleModel());
    const reader = new SqliteLineageStore(path, { readOnly: true });
    expect(await reader.listModels()).toEqual([sampleModel()]);
    const fault = await rejection(reader.putRun(sampleRun()));
    expect(fault.name).toBe('StorageFailure');
    expect(fault.mend).toContain('read-only');
    reader.close();
    writer.close();
    expect((await readdir(parent)).filter((name) => name !== 'lineage.sqlite')).toEqual([]);
  });
});
