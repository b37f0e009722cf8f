import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ErrorName } from '../../shared/domain/base/errors.ts';
import { digest } from '../../shared/domain/base/ids.ts';
import type { OwnerState } from '../../shared/domain/models/control.ts';
import type { Analyst } from '../../shared/ports/analyst.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import type { Judge } from '../../shared/ports/judge.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import type { LongWork, Progress } from '../../shared/ports/long-work.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Owners } from '../../shared/ports/owners.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import type { TraceLog } from '../../shared/ports/trace-log.ts';
import type { TraceQuery } from '../../shared/ports/trace-query.ts';
import type { Trainer } from '../../shared/ports/trainer.ts';
import type { FaultKind, Faults } from './faults.ts';

const writing = ['lost-answer', 'twice'] as const;
const reading: readonly FaultKind[] = [];

/**
 * All ports with faults around each call. What the ports promise still holds: objects are whole, reads see what was
 * written, and a control item that is read late is caught by its version.
 * @param objectsFolder where half-written files may be left; null where objects are no files
 */
export function faultyPorts(ports: Ports, faults: Faults, objectsFolder: string | null): Ports {
  return {
    ...ports,
    objects: faultyObjects(ports.objects, faults, objectsFolder),
    lineage: faultyLineage(ports.lineage, faults),
    traceLog: faultyTraceLog(ports.traceLog, faults),
    traceQuery: faultyTraceQuery(ports.traceQuery, faults),
    trainers: each(ports.trainers, (trainer) => faultyTrainer(trainer, faults)),
    predictors: each(ports.predictors, (predictor) => faultyPredictor(predictor, faults)),
    judges: each(ports.judges, (judge) => faultyJudge(judge, faults)),
    analysts: each(ports.analysts, (analyst) => faultyAnalyst(analyst, faults)),
    clock: faultyClock(ports.clock, faults),
    owners: faultyOwners(ports.owners, faults),
  };
}

function each<T>(map: ReadonlyMap<string, T>, change: (value: T) => T): ReadonlyMap<string, T> {
  return new Map([...map].map(([name, value]) => [name, change(value)]));
}

/** Torn writes leave their half in the folder, if there is one. */
export function faultyObjects(inner: ObjectStore, faults: Faults, folder: string | null): ObjectStore {
  let torn = 0;
  const tear = (body: Uint8Array) => async () => {
    if (folder === null) return;
    torn += 1;
    await mkdir(join(folder, '.tmp'), { recursive: true });
    await writeFile(join(folder, '.tmp', `torn-${torn}`), body.subarray(0, body.length / 2));
  };
  const around = <T>(method: string, what: string, can: readonly FaultKind[], work: () => Promise<T>) =>
    faults.around({ port: 'objects', method, what, can, work });
  const write = <T>(method: string, key: string, body: Uint8Array, work: () => Promise<T>) =>
    faults.around({ port: 'objects', method, what: key, can: [...writing, 'torn'], work }, tear(body));
  return {
    get: (key) => around('get', key, reading, () => inner.get(key)),
    put: (key, body) => write('put', key, body, () => inner.put(key, body)),
    putIfAbsent: (key, body) => write('putIfAbsent', key, body, () => inner.putIfAbsent(key, body)),
    list: (prefix) => around('list', prefix, reading, () => inner.list(prefix)),
    delete: (key) => around('delete', key, writing, () => inner.delete(key)),
    withLocalFile: (key, use) => around('withLocalFile', key, reading, () => inner.withLocalFile(key, use)),
  };
}

export function faultyClock(inner: Clock, faults: Faults): Clock {
  return { now: () => faults.now(inner.now()) };
}

function faultyLineage(inner: LineageStore, faults: Faults): LineageStore {
  const around = <T>(method: string, what: string, can: readonly FaultKind[], work: () => Promise<T>) =>
    faults.around({ port: 'lineage', method, what, can, work });
  return {
    createModel: (model) => around('createModel', model.modelId, writing, () => inner.createModel(model)),
    replaceModel: (revision, next) =>
      around('replaceModel', `${next.modelId} ${revision}`, writing, () => inner.replaceModel(revision, next)),
    getModel: (modelId) => around('getModel', modelId, reading, () => inner.getModel(modelId)),
    listModels: () => around('listModels', '', reading, () => inner.listModels()),
    getControl: (modelId) => around('getControl', modelId, ['stale'], () => inner.getControl(modelId)),
    compareAndSetControl: (version, next) =>
      around('compareAndSetControl', `${next.modelId} ${version}`, writing, () =>
        inner.compareAndSetControl(version, next),
      ),
    putCheckpoint: (checkpoint) =>
      around('putCheckpoint', checkpoint.checkpointId, writing, () => inner.putCheckpoint(checkpoint)),
    addScores: (modelId, checkpointId, scores) =>
      around('addScores', checkpointId, writing, () => inner.addScores(modelId, checkpointId, scores)),
    getCheckpoint: (modelId, checkpointId) =>
      around('getCheckpoint', checkpointId, reading, () => inner.getCheckpoint(modelId, checkpointId)),
    listCheckpoints: (modelId) => around('listCheckpoints', modelId, reading, () => inner.listCheckpoints(modelId)),
    putDataset: (dataset) => around('putDataset', dataset.datasetId, writing, () => inner.putDataset(dataset)),
    getDataset: (modelId, datasetId) =>
      around('getDataset', datasetId, reading, () => inner.getDataset(modelId, datasetId)),
    listDatasets: (modelId) => around('listDatasets', modelId, reading, () => inner.listDatasets(modelId)),
    putEvaluationSet: (set) => around('putEvaluationSet', set.setId, writing, () => inner.putEvaluationSet(set)),
    listEvaluationSets: (modelId) =>
      around('listEvaluationSets', modelId, reading, () => inner.listEvaluationSets(modelId)),
    putRun: (run) => around('putRun', run.runId, writing, () => inner.putRun(run)),
    getRun: (runId) => around('getRun', runId, reading, () => inner.getRun(runId)),
    listRuns: (modelId) => around('listRuns', modelId, reading, () => inner.listRuns(modelId)),
  };
}

function faultyTraceLog(inner: TraceLog, faults: Faults): TraceLog {
  const around = <T>(method: string, what: string, can: readonly FaultKind[], work: () => Promise<T>) =>
    faults.around({ port: 'traceLog', method, what, can, work });
  return {
    history: (modelId, options) => around('history', modelId, reading, () => inner.history(modelId, options)),
    version: (modelId) => around('version', modelId, reading, () => inner.version(modelId)),
    knownTraces: (modelId, ids) =>
      around('knownTraces', digest(...ids), reading, () => inner.knownTraces(modelId, ids)),
    judgementsOf: (modelId, ids) =>
      around('judgementsOf', digest(...ids), reading, () => inner.judgementsOf(modelId, ids)),
    append: (modelId, batchId, batch) =>
      around('append', batchId, writing, () => inner.append(modelId, batchId, batch)),
    read: (modelId, options) => around('read', modelId, reading, () => inner.read(modelId, options)),
    erase: (modelId, ids) => around('erase', digest(...ids), writing, () => inner.erase(modelId, ids)),
    erasedAmong: (modelId, ids) =>
      around('erasedAmong', digest(...ids), reading, () => inner.erasedAmong(modelId, ids)),
  };
}

function faultyTraceQuery(inner: TraceQuery, faults: Faults): TraceQuery {
  return {
    query: (...asked) =>
      faults.around({
        port: 'traceQuery',
        method: 'query',
        what: asked[1],
        can: reading,
        work: () => inner.query(...asked),
      }),
  };
}

/** Long work that is asked twice, loses its answers, and at times fails as a whole. */
function faultyWork<R, T>(inner: LongWork<R, T>, port: string, error: ErrorName, faults: Faults): LongWork<R, T> {
  const around = (method: string, what: string, work: () => Promise<Progress<T>>) =>
    faults.around({ port, method, what, can: writing, error, work });
  return {
    start: (key, request, deadline, onProgress) =>
      around('start', key, () => inner.start(key, request, deadline, onProgress)),
    advance: (handle, deadline, onProgress) =>
      around('advance', digest(JSON.stringify(handle)), () => inner.advance(handle, deadline, onProgress)),
  };
}

function faultyTrainer(inner: Trainer, faults: Faults): Trainer {
  return { ...inner, ...faultyWork(inner, `trainer ${inner.name}`, 'TrainingFailed', faults) };
}

function faultyJudge(inner: Judge, faults: Faults): Judge {
  return { ...inner, ...faultyWork(inner, `judge ${inner.name}`, 'ChatUnavailable', faults) };
}

function faultyAnalyst(inner: Analyst, faults: Faults): Analyst {
  const port = `analyst ${inner.name}`;
  const error = 'ChatUnavailable';
  return {
    ...inner,
    analyze: faultyWork(inner.analyze, port, error, faults),
    taxonomy: faultyWork(inner.taxonomy, port, error, faults),
    probes: faultyWork(inner.probes, port, error, faults),
    ...(inner.examples && { examples: faultyWork(inner.examples, port, error, faults) }),
    ...(inner.advice && { advice: faultyWork(inner.advice, port, error, faults) }),
  };
}

function faultyPredictor(inner: Predictor, faults: Faults): Predictor {
  return {
    ...inner,
    predict: (served, inputs, options) =>
      faults.around({
        port: `predictor ${inner.name}`,
        method: 'predict',
        what: `${served.ref} ${digest(...inputs)}`,
        can: ['twice'],
        work: () => inner.predict(served, inputs, options),
      }),
  };
}

/** At times nobody can tell; `stale`: what was told of it before. */
function faultyOwners(inner: Owners, faults: Faults): Owners {
  return {
    async stateOf(owner): Promise<OwnerState> {
      const call = { port: 'owners', method: 'stateOf', what: owner, can: reading, work: () => inner.stateOf(owner) };
      return faults.around(call);
    },
  };
}
