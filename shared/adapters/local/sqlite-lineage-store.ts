import { rmSync } from 'node:fs';
import { resolve } from 'node:path';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { ZodType } from 'zod';
import { RatchetError } from '../../domain/base/errors.ts';
import { shortDigest } from '../../domain/base/ids.ts';
import { type EvaluationSet, evaluationSetSchema } from '../../domain/evaluation/evaluation-set.ts';
import { type Checkpoint, checkpointSchema } from '../../domain/models/checkpoint.ts';
import { type Control, controlSchema, firstControl } from '../../domain/models/control.ts';
import { type Dataset, datasetSchema } from '../../domain/models/dataset.ts';
import { type Model, modelSchema } from '../../domain/models/model.ts';
import { checkRevision } from '../../domain/models/model-change.ts';
import { asBegun, type Run, runSchema } from '../../domain/models/run.ts';
import type { LineageStore } from '../../ports/lineage-store.ts';
import { unknownCheckpoint } from '../../ports/unknown-checkpoint.ts';
import { decodeDocument, encodeDocument } from './document.ts';
import { describeSqliteError, isOutOfSpace, openCopy, openDatabase, restoreFile } from './sqlite-database.ts';
import { storageFailure } from './storage-failure.ts';

const schemaVersion = 2;

const schemaSql = `
  CREATE TABLE models (model_id TEXT PRIMARY KEY, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE controls (model_id TEXT PRIMARY KEY, version INTEGER NOT NULL, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE TABLE checkpoints (model_id TEXT NOT NULL, checkpoint_id TEXT NOT NULL, created_at TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (model_id, checkpoint_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE datasets (model_id TEXT NOT NULL, dataset_id TEXT NOT NULL, created_at TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (model_id, dataset_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE evaluation_sets (model_id TEXT NOT NULL, set_id TEXT NOT NULL, created_at TEXT NOT NULL, document TEXT NOT NULL,
    PRIMARY KEY (model_id, set_id)) STRICT, WITHOUT ROWID;
  CREATE TABLE runs (run_id TEXT PRIMARY KEY, model_id TEXT NOT NULL, started_at TEXT NOT NULL, document TEXT NOT NULL) STRICT, WITHOUT ROWID;
  CREATE INDEX runs_by_model ON runs (model_id, started_at, run_id);
`;
/** Columns that rows are found by, with where the same stands in the document. */
const foundBy: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  models: { model_id: 'modelId' },
  controls: { model_id: 'modelId', version: 'version' },
  checkpoints: { model_id: 'modelId', checkpoint_id: 'checkpointId', created_at: 'createdAt' },
  datasets: { model_id: 'modelId', dataset_id: 'datasetId', created_at: 'createdAt' },
  evaluation_sets: { model_id: 'modelId', set_id: 'setId', created_at: 'createdAt' },
  runs: { run_id: 'runId', model_id: 'modelId', started_at: 'startedAt' },
};
const tables = Object.keys(foundBy);

/** SQLite finds a damaged page, but not a damaged word in it: beside each document stands a digest of it. */
const sealsSql = tables.map((table) => `ALTER TABLE ${table} ADD COLUMN seal TEXT`).join('; ');

/** A larger file is not looked through whenever it is opened; `ratchet doctor` looks through any. */
const mostPagesLookedThrough = 1_024;

/**
 * A {@link LineageStore} in one SQLite file (write-ahead log; several processes may have it open), or in memory.
 * Documents are JSON beside the columns they are looked up by; what is read is checked against the domain's schema.
 * Lists are ordered by creation (or start) time, then id.
 *
 * Faults: `InvalidInput` for a document that does not fit its schema, `CorruptArtifact` for a stored one that does not,
 * `NewerVersion` for a file of a newer Ratchet, `StorageFailure` for the file system and for a lock that is not let go of.
 */
export class SqliteLineageStore implements LineageStore {
  readonly #database: DatabaseSync;
  readonly #path: string;
  /** Of the copy that is read. */
  readonly #folder: string | null;
  /** Why a copy is read where the place could be written to. */
  readonly #full: unknown;

  /**
   * @param path file to open or create (with its directory), or `:memory:`
   * @param readOnly whether nothing can be written there: what would be is refused as `StorageFailure`
   * @param evenFull whether to read a copy where the disk is too full to open the file; what would change it is refused.
   * The copy stays as it is: for what does not stay open
   */
  constructor(path: string, { readOnly = false, evenFull = false }: { readOnly?: boolean; evenFull?: boolean } = {}) {
    this.#path = path === ':memory:' ? path : resolve(path);
    const opened = this.#guard('open', () => {
      if (readOnly) return { ...openCopy(this.#path, prepareSchema), full: null };
      try {
        return { database: openDatabase(this.#path, prepareSchema), folder: null, full: null };
      } catch (error) {
        if (!evenFull || !isOutOfSpace(error)) throw error;
        return { ...openCopy(this.#path, prepareSchema), full: error };
      }
    });
    this.#database = opened.database;
    this.#folder = opened.folder;
    this.#full = opened.full;
  }

  close(): void {
    if (this.#database.isOpen) this.#database.close();
    if (this.#folder !== null) rmSync(this.#folder, { recursive: true, force: true });
  }

  async createModel(model: Model): Promise<boolean> {
    const document = encodeDocument(modelSchema, model, 'model');
    const control = firstControl(model.modelId);
    return this.#transaction(() => {
      const added = this.#change('INSERT OR IGNORE INTO models VALUES (?, ?, ?)', model.modelId, ...sealed(document));
      if (added === 0) return false;
      const controlDocument = encodeDocument(controlSchema, control, 'control item');
      this.#change(
        'INSERT INTO controls VALUES (?, ?, ?, ?)',
        model.modelId,
        control.version,
        ...sealed(controlDocument),
      );
      return true;
    });
  }

  async replaceModel(expectedRevision: number, next: Model): Promise<boolean> {
    checkRevision(expectedRevision, next);
    const document = encodeDocument(modelSchema, next, 'model');
    return this.#transaction(() => {
      const found = this.#one(modelSchema, 'SELECT document, seal FROM models WHERE model_id = ?', next.modelId);
      if (found?.revision !== expectedRevision) return false;
      return (
        this.#change(
          'UPDATE models SET document = ?, seal = ? WHERE model_id = ?',
          ...sealed(document),
          next.modelId,
        ) === 1
      );
    });
  }

  async getModel(modelId: string): Promise<Model | undefined> {
    return this.#one(modelSchema, 'SELECT document, seal FROM models WHERE model_id = ?', modelId);
  }

  async listModels(): Promise<readonly Model[]> {
    return this.#all(modelSchema, 'SELECT document, seal FROM models ORDER BY model_id');
  }

  async getControl(modelId: string): Promise<Control | undefined> {
    return this.#one(controlSchema, 'SELECT document, seal FROM controls WHERE model_id = ?', modelId);
  }

  async compareAndSetControl(expectedVersion: number, next: Control): Promise<boolean> {
    if (next.version !== expectedVersion + 1) {
      throw new RatchetError(
        'InvalidInput',
        `A control item of version ${next.version} cannot follow version ${expectedVersion}.`,
      );
    }
    const document = encodeDocument(controlSchema, next, 'control item');
    const sql = 'UPDATE controls SET version = ?, document = ?, seal = ? WHERE model_id = ? AND version = ?';
    return this.#change(sql, next.version, ...sealed(document), next.modelId, expectedVersion) === 1;
  }

  async putCheckpoint(checkpoint: Checkpoint): Promise<void> {
    const { modelId, checkpointId } = checkpoint;
    const document = encodeDocument(checkpointSchema, checkpoint, 'checkpoint');
    this.#transaction(() => {
      const found = this.#checkpoint(modelId, checkpointId);
      if (found === undefined) {
        this.#change(
          'INSERT INTO checkpoints VALUES (?, ?, ?, ?, ?)',
          modelId,
          checkpointId,
          checkpoint.createdAt,
          ...sealed(document),
        );
      } else this.#mergeScores(found, checkpoint.scores);
    });
  }

  async addScores(modelId: string, checkpointId: string, scores: Checkpoint['scores']): Promise<void> {
    this.#transaction(() => {
      const found = this.#checkpoint(modelId, checkpointId);
      if (found === undefined) throw unknownCheckpoint(modelId, checkpointId);
      this.#mergeScores(found, scores);
    });
  }

  #mergeScores(found: Checkpoint, scores: Checkpoint['scores']): void {
    const merged = { ...found, scores: { ...found.scores, ...scores } };
    const sql = 'UPDATE checkpoints SET document = ?, seal = ? WHERE model_id = ? AND checkpoint_id = ?';
    const document = encodeDocument(checkpointSchema, merged, 'checkpoint');
    this.#change(sql, ...sealed(document), found.modelId, found.checkpointId);
  }

  async getCheckpoint(modelId: string, checkpointId: string): Promise<Checkpoint | undefined> {
    return this.#checkpoint(modelId, checkpointId);
  }

  async listCheckpoints(modelId: string): Promise<readonly Checkpoint[]> {
    const sql = 'SELECT document, seal FROM checkpoints WHERE model_id = ? ORDER BY created_at, checkpoint_id';
    return this.#all(checkpointSchema, sql, modelId);
  }

  async putDataset(dataset: Dataset): Promise<void> {
    const document = encodeDocument(datasetSchema, dataset, 'dataset');
    const sql = 'INSERT OR IGNORE INTO datasets VALUES (?, ?, ?, ?, ?)';
    this.#change(sql, dataset.modelId, dataset.datasetId, dataset.createdAt, ...sealed(document));
  }

  async getDataset(modelId: string, datasetId: string): Promise<Dataset | undefined> {
    const sql = 'SELECT document, seal FROM datasets WHERE model_id = ? AND dataset_id = ?';
    return this.#one(datasetSchema, sql, modelId, datasetId);
  }

  async listDatasets(modelId: string): Promise<readonly Dataset[]> {
    const sql = 'SELECT document, seal FROM datasets WHERE model_id = ? ORDER BY created_at, dataset_id';
    return this.#all(datasetSchema, sql, modelId);
  }

  async putEvaluationSet(set: EvaluationSet): Promise<void> {
    const document = encodeDocument(evaluationSetSchema, set, 'evaluation set');
    const sql = 'INSERT OR IGNORE INTO evaluation_sets VALUES (?, ?, ?, ?, ?)';
    this.#change(sql, set.modelId, set.setId, set.createdAt, ...sealed(document));
  }

  async listEvaluationSets(modelId: string): Promise<readonly EvaluationSet[]> {
    const sql = 'SELECT document, seal FROM evaluation_sets WHERE model_id = ? ORDER BY created_at, set_id';
    return this.#all(evaluationSetSchema, sql, modelId);
  }

  async putRun(run: Run): Promise<void> {
    const document = encodeDocument(runSchema, run, 'run');
    const sql = 'INSERT OR REPLACE INTO runs VALUES (?, ?, ?, ?, ?)';
    this.#change(sql, run.runId, run.modelId, run.startedAt, ...sealed(document));
  }

  async getRun(runId: string): Promise<Run | undefined> {
    return this.#one(runSchema, 'SELECT document, seal FROM runs WHERE run_id = ?', runId);
  }

  async listRuns(modelId: string): Promise<readonly Run[]> {
    return [...this.#all(runSchema, 'SELECT document, seal FROM runs WHERE model_id = ?', modelId)].sort(asBegun);
  }

  #checkpoint(modelId: string, checkpointId: string): Checkpoint | undefined {
    const sql = 'SELECT document, seal FROM checkpoints WHERE model_id = ? AND checkpoint_id = ?';
    return this.#one(checkpointSchema, sql, modelId, checkpointId);
  }

  #one<T>(schema: ZodType<T>, sql: string, ...values: readonly SQLInputValue[]): T | undefined {
    return this.#all(schema, sql, ...values)[0];
  }

  #all<T>(schema: ZodType<T>, sql: string, ...values: readonly SQLInputValue[]): readonly T[] {
    const rows = this.#guard('read', () => this.#database.prepare(sql).all(...values));
    return rows.map((row) => decodeDocument(schema, unsealed(row, this.#path), this.#path, restoreFile));
  }

  /** How many rows the statement changed. */
  #change(sql: string, ...values: readonly SQLInputValue[]): number {
    return this.#writing(() => Number(this.#database.prepare(sql).run(...values).changes));
  }

  #transaction<T>(body: () => T): T {
    this.#writing(() => this.#database.exec('BEGIN IMMEDIATE'));
    try {
      const result = body();
      this.#writing(() => this.#database.exec('COMMIT'));
      return result;
    } catch (error) {
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  #writing<T>(body: () => T): T {
    return this.#guard('write', () => {
      if (this.#full !== null) throw this.#full;
      return body();
    });
  }

  #guard<T>(action: string, body: () => T): T {
    try {
      return body();
    } catch (error) {
      throw storageFailure(action, this.#path, describeSqliteError(error));
    }
  }
}

function prepareSchema(database: DatabaseSync, path: string): void {
  if (userVersion(database) === schemaVersion) {
    lookThrough(database, path);
    return;
  }
  database.exec('BEGIN IMMEDIATE');
  try {
    const version = userVersion(database);
    if (version > schemaVersion) {
      throw new RatchetError(
        'NewerVersion',
        `${path} was written by a newer Ratchet (schema ${version}, this one knows ${schemaVersion}).`,
        {
          mend: 'Use the newer Ratchet with this workspace, or choose another with --workspace DIR.',
        },
      );
    }
    if (version === 0) database.exec(schemaSql);
    if (version < 2) {
      database.exec(sealsSql);
      for (const table of tables) sealAll(database, table);
    }
    database.exec(`PRAGMA user_version = ${schemaVersion}; COMMIT`);
  } catch (error) {
    if (database.isTransaction) database.exec('ROLLBACK');
    throw error;
  }
}

function userVersion(database: DatabaseSync): number {
  return Number(database.prepare('PRAGMA user_version').get()?.user_version);
}

/** A row may be lost with what points to it: such a file is not gone on with. */
function lookThrough(database: DatabaseSync, path: string): void {
  const pages = Number(database.prepare('PRAGMA page_count').get()?.page_count);
  if (pages > mostPagesLookedThrough) return;
  const found = String(database.prepare('PRAGMA integrity_check(1)').get()?.integrity_check);
  if (found !== 'ok') throw damaged(path, found);
  for (const table of tables) {
    for (const row of database.prepare(`SELECT document, seal FROM ${table}`).iterate()) unsealed(row, path);
  }
  for (const [table, columns] of Object.entries(foundBy)) {
    const differ = Object.entries(columns).map(
      ([column, field]) => `${column} IS NOT json_extract(document, '$.${field}')`,
    );
    const sql = `SELECT count(*) AS count FROM ${table} WHERE json_valid(document) AND (${differ.join(' OR ')})`;
    if (Number(database.prepare(sql).get()?.count) > 0) throw damaged(path, `${table} are entered under other names`);
  }
}

/** The document of a row, if it is what was written: before anything is made of it, as a damaged one may still be JSON. */
function unsealed({ document, seal }: Readonly<Record<string, unknown>>, path: string): string {
  const text = String(document);
  if (seal === sealOf(text)) return text;
  throw damaged(path, 'a record is not what was written');
}

function damaged(path: string, what: string): RatchetError {
  return new RatchetError('CorruptArtifact', `${path} is damaged: ${what}.`, {
    mend: restoreFile,
  });
}

function sealOf(document: string): string {
  return shortDigest(document);
}

function sealed(document: string): readonly [string, string] {
  return [document, sealOf(document)];
}

/** Documents that were written before there were seals. */
function sealAll(database: DatabaseSync, table: string): void {
  const update = database.prepare(`UPDATE ${table} SET seal = ? WHERE document = ?`);
  for (const { document } of database.prepare(`SELECT document FROM ${table}`).all()) {
    update.run(sealOf(String(document)), String(document));
  }
}
