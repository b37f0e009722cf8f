import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Usage } from './usage.ts';

const listPage = 1_000;
const partBytes = 16 * 2 ** 20;
const readUnitBytes = 4_096;
const writeUnitBytes = 1_024;

/** The object store, with the requests counted that the S3 adapter makes for the same calls. Deletions cost nothing. */
export function meteredObjects(inner: ObjectStore, usage: Usage): ObjectStore {
  return {
    get(key) {
      usage.s3Reads += 1;
      return inner.get(key);
    },
    put(key, body) {
      usage.s3Writes += body.byteLength <= partBytes ? 1 : Math.ceil(body.byteLength / partBytes) + 2;
      return inner.put(key, body);
    },
    putIfAbsent(key, body) {
      usage.s3Writes += 1;
      return inner.putIfAbsent(key, body);
    },
    async list(prefix) {
      const keys = await inner.list(prefix);
      usage.s3Writes += Math.max(1, Math.ceil(keys.length / listPage));
      return keys;
    },
    delete: (key) => inner.delete(key),
    withLocalFile(key, use) {
      usage.s3Reads += 1;
      return inner.withLocalFile(key, use);
    },
  };
}

/**
 * The lineage store, with the request units counted that the DynamoDB adapter uses up: it reads consistently, and
 * before some writes.
 */
export function meteredLineage(inner: LineageStore, usage: Usage): LineageStore {
  const read = async <T>(found: Promise<T>): Promise<T> => {
    usage.tableReads += units(await found, readUnitBytes);
    return found;
  };
  /** Two partitions are asked: one of today, and that of before schema version 7. */
  const list = async <T>(found: Promise<T>): Promise<T> => {
    usage.tableReads += 1;
    return read(found);
  };
  const write = async <T>(item: unknown, written: Promise<T>): Promise<T> => {
    usage.tableReads += 1;
    usage.tableWrites += units(item, writeUnitBytes);
    return written;
  };
  return {
    createModel: (model) => write(model, inner.createModel(model)),
    replaceModel: (expected, next) => write(next, inner.replaceModel(expected, next)),
    getModel: (modelId) => read(inner.getModel(modelId)),
    listModels: () => read(inner.listModels()),
    getControl: (modelId) => read(inner.getControl(modelId)),
    compareAndSetControl: (expected, next) => write(next, inner.compareAndSetControl(expected, next)),
    putCheckpoint: (checkpoint) => write(checkpoint, inner.putCheckpoint(checkpoint)),
    addScores: (modelId, id, scores) => write(scores, inner.addScores(modelId, id, scores)),
    getCheckpoint: (modelId, id) => read(inner.getCheckpoint(modelId, id)),
    listCheckpoints: (modelId) => list(inner.listCheckpoints(modelId)),
    putDataset: (dataset) => write(dataset, inner.putDataset(dataset)),
    getDataset: (modelId, id) => read(inner.getDataset(modelId, id)),
    listDatasets: (modelId) => list(inner.listDatasets(modelId)),
    putEvaluationSet: (set) => write(set, inner.putEvaluationSet(set)),
    listEvaluationSets: (modelId) => list(inner.listEvaluationSets(modelId)),
    putRun: (run) => write(run, inner.putRun(run)),
    getRun: (runId) => read(inner.getRun(runId)),
    listRuns: (modelId) => list(inner.listRuns(modelId)),
  };
}

function units(value: unknown, unitBytes: number): number {
  return Math.max(1, Math.ceil(Buffer.byteLength(JSON.stringify(value) ?? '') / unitBytes));
}
