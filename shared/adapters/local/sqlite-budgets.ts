import { resolve } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { z } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { type Budget, type Budgets, nothingSpent, type Spending } from '../../ports/budgets.ts';
import { describeSqliteError, openDatabase } from './sqlite-database.ts';
import { storageFailure } from './storage-failure.ts';

const amounts = 'turns INTEGER NOT NULL, output_tokens INTEGER NOT NULL, micro_usd INTEGER NOT NULL';

const schemaSql = `
  CREATE TABLE IF NOT EXISTS budgets (run_id TEXT PRIMARY KEY, ${amounts}) STRICT, WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS budget_calls (run_id TEXT NOT NULL, call TEXT NOT NULL, settled INTEGER NOT NULL, ${amounts},
    PRIMARY KEY (run_id, call)) STRICT, WITHOUT ROWID;
`;

const rowSchema = z.object({ turns: z.number(), output_tokens: z.number(), micro_usd: z.number() });

/**
 * {@link Budgets} in the SQLite file of the lineage, in tables that it makes itself; every change is a transaction.
 * The file is opened with the first call.
 */
export class SqliteBudgets implements Budgets {
  readonly #path: string;
  #database: DatabaseSync | undefined;

  /** @param path file to open or create, or `:memory:` */
  constructor(path: string) {
    this.#path = path === ':memory:' ? path : resolve(path);
  }

  close(): void {
    if (this.#database?.isOpen === true) this.#database.close();
    this.#database = undefined;
  }

  async open(runId: string, limit: Spending): Promise<void> {
    this.#run('INSERT OR IGNORE INTO budgets VALUES (?, ?, ?, ?)', runId, ...valuesOf(limit));
  }

  async reserve(runId: string, key: string, most: Spending): Promise<boolean> {
    return this.#transaction(() => {
      const limit = this.#limit(runId);
      if (limit === undefined) {
        throw new RatchetError('UnknownRun', `There is no budget of run ${JSON.stringify(runId.slice(0, 120))}.`);
      }
      if (
        this.#one('SELECT turns, output_tokens, micro_usd FROM budget_calls WHERE run_id = ? AND call = ?', runId, key)
      ) {
        return true;
      }
      const taken = this.#sum(runId, [0, 1]);
      const fits =
        taken.turns + most.turns <= limit.turns &&
        taken.outputTokens + most.outputTokens <= limit.outputTokens &&
        taken.microUsd + most.microUsd <= limit.microUsd;
      if (fits) this.#run('INSERT INTO budget_calls VALUES (?, ?, 0, ?, ?, ?)', runId, key, ...valuesOf(most));
      return fits;
    });
  }

  async settle(runId: string, key: string, used: Spending): Promise<void> {
    const sql =
      'UPDATE budget_calls SET settled = 1, turns = ?, output_tokens = ?, micro_usd = ? WHERE run_id = ? AND call = ? AND settled = 0';
    this.#run(sql, ...valuesOf(used), runId, key);
  }

  async get(runId: string): Promise<Budget | undefined> {
    return this.#transaction(() => {
      const limit = this.#limit(runId);
      return limit && { limit, spent: this.#sum(runId, [1]), reserved: this.#sum(runId, [0]) };
    });
  }

  #limit(runId: string): Spending | undefined {
    return this.#one('SELECT turns, output_tokens, micro_usd FROM budgets WHERE run_id = ?', runId);
  }

  #sum(runId: string, settled: readonly number[]): Spending {
    const sums = ['turns', 'output_tokens', 'micro_usd'].map((name) => `coalesce(sum(${name}), 0) AS ${name}`);
    const sql = `SELECT ${sums.join(', ')} FROM budget_calls WHERE run_id = ? AND settled IN (${settled.join(', ')})`;
    return this.#one(sql, runId) ?? nothingSpent;
  }

  #one(sql: string, ...values: readonly SQLInputValue[]): Spending | undefined {
    const row = this.#guard('read', () =>
      this.#open()
        .prepare(sql)
        .get(...values),
    );
    if (row === undefined) return undefined;
    const { turns, output_tokens, micro_usd } = rowSchema.parse(row);
    return { turns, outputTokens: output_tokens, microUsd: micro_usd };
  }

  #run(sql: string, ...values: readonly SQLInputValue[]): void {
    this.#guard('write', () =>
      this.#open()
        .prepare(sql)
        .run(...values),
    );
  }

  #open(): DatabaseSync {
    this.#database ??= this.#guard('open', () => openDatabase(this.#path, (database) => database.exec(schemaSql)));
    return this.#database;
  }

  #transaction<T>(body: () => T): T {
    const database = this.#open();
    this.#guard('write', () => database.exec('BEGIN IMMEDIATE'));
    try {
      const result = body();
      this.#guard('write', () => database.exec('COMMIT'));
      return result;
    } catch (error) {
      if (database.isTransaction) database.exec('ROLLBACK');
      throw error;
    }
  }

  #guard<T>(action: string, body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw storageFailure(action, this.#path, describeSqliteError(error));
    }
  }
}

function valuesOf({ turns, outputTokens, microUsd }: Spending): [number, number, number] {
  return [turns, outputTokens, microUsd];
}
