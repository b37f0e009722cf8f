import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { SqliteBudgets } from '../../shared/adapters/local/sqlite-budgets.ts';
import { SqliteLineageStore } from '../../shared/adapters/local/sqlite-lineage-store.ts';
import { sampleModel } from '../helpers/lineage-samples.ts';
import { MemoryBudgets } from '../helpers/memory-budgets.ts';
import { budgetsContract } from './budgets-contract.ts';
import { race } from './race.ts';

budgetsContract('SQLite in a file', async () => {
  const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
  const budgets = new SqliteBudgets(join(root, 'lineage.sqlite'));
  return {
    budgets,
    dispose: () => {
      budgets.close();
      return rm(root, { recursive: true, force: true });
    },
  };
});

budgetsContract('the fake in memory', async () => ({ budgets: new MemoryBudgets(), dispose: async () => undefined }));

describe('budgets in a SQLite file', () => {
  test('lie beside the lineage, whichever of the two is opened first', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
    const path = join(root, 'lineage.sqlite');
    const before = new SqliteBudgets(path);
    await before.open('r1', { turns: 1, outputTokens: 1, microUsd: 1 });
    const lineage = new SqliteLineageStore(path);
    await lineage.createModel(sampleModel());
    lineage.close();
    before.close();
    const after = new SqliteBudgets(path);
    expect((await after.get('r1'))?.limit.turns).toBe(1);
    after.close();
    await rm(root, { recursive: true, force: true });
  });

  test('are never overspent by processes at once', async () => {
    const root = await mkdtemp(join(tmpdir(), 'ratchet-test-'));
    const path = join(root, 'lineage.sqlite');
    const budgets = new SqliteBudgets(path);
    await budgets.open('prize', { turns: 80, outputTokens: 80, microUsd: 80 });
    const wins = await race('budgets', path, 80);
    expect(wins.flat()).toHaveLength(80);
    expect((await budgets.get('prize'))?.spent).toEqual({ turns: 80, outputTokens: 80, microUsd: 80 });
    budgets.close();
    await rm(root, { recursive: true, force: true });
  });
});
