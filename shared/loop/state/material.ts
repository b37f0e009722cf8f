import { RatchetError } from '../../domain/base/errors.ts';
import { type Cluster, taxonomySchema } from '../../domain/diagnosis/taxonomy.ts';
import {
  isUsableRecord,
  type SplitRecord,
  splitRecordSchema,
  trains,
  type UsableRecord,
} from '../../domain/traces/trace-record.ts';
import { readJson, readJsonl } from '../../ports/documents.ts';
import type { ObjectStore } from '../../ports/object-store.ts';
import type { Ports } from '../../ports/ports.ts';
import type { Split } from './split.ts';

type TrainingRecord = SplitRecord & UsableRecord;

/**
 * What a process read last, by store: items of a Map that share a process ask for the same file one after the other. A
 * run's files never change, so one process parses each once.
 */
class ReadLast<T> {
  readonly #last = new WeakMap<ObjectStore, { readonly key: string; readonly value: Promise<T> }>();

  get(objects: ObjectStore, key: string, read: () => Promise<T>): Promise<T> {
    const last = this.#last.get(objects);
    if (last?.key === key) return last.value;
    const latest = { key, value: read() };
    this.#last.set(objects, latest);
    latest.value.catch(() => {
      if (this.#last.get(objects) === latest) this.#last.delete(objects);
    });
    return latest.value;
  }
}

const trainingRecords = new ReadLast<readonly TrainingRecord[]>();
const taxonomies = new ReadLast<ReadonlyMap<string, Cluster>>();
const passing = new WeakMap<readonly TrainingRecord[], readonly TrainingRecord[]>();
const probing = new WeakMap<readonly TrainingRecord[], ProbingRecords>();

/** The run's usable records that may train. */
export function readTrainingRecords(
  { recordsKey }: Pick<Split, 'recordsKey'>,
  { objects }: Pick<Ports, 'objects'>,
): Promise<readonly TrainingRecord[]> {
  return trainingRecords.get(objects, recordsKey, async () =>
    (await readJsonl(objects, recordsKey, splitRecordSchema)).filter(isUsableRecord).filter(trains),
  );
}

/** Those that pass; the same array for the same records. */
export function passesOf(training: readonly TrainingRecord[]): readonly TrainingRecord[] {
  const passes = passing.get(training) ?? training.filter(({ verdict }) => verdict === 'pass');
  passing.set(training, passes);
  return passes;
}

/** Training records as all clusters of a run are probed from them. */
export interface ProbingRecords {
  /** The place of each by its trace id. */
  readonly places: ReadonlyMap<string, number>;
  /** Passing ones that the clustering saw. */
  readonly passes: readonly TrainingRecord[];
  /** What the clustering did not see. */
  readonly material: readonly TrainingRecord[];
  /** The share that failed. */
  readonly baseRate: number;
}

/** Puts training records in order for the probing; the same array gives the same answer. */
export function probingRecords(training: readonly TrainingRecord[]): ProbingRecords {
  const known = probing.get(training);
  if (known !== undefined) return known;
  const failed = training.filter((record) => record.verdict === 'fail').length;
  const records = {
    places: new Map(training.map(({ traceId }, place) => [traceId, place])),
    passes: training.filter((record) => record.part === 'discovery' && record.verdict === 'pass'),
    material: training.filter((record) => record.part === 'probing'),
    baseRate: training.length === 0 ? 0 : failed / training.length,
  };
  probing.set(training, records);
  return records;
}

/** One cluster of the run's taxonomy. @throws RatchetError ObjectMissing */
export async function readCluster(taxonomyKey: string, clusterId: string, { objects }: Ports): Promise<Cluster> {
  const clusters = await taxonomies.get(objects, taxonomyKey, async () => {
    const taxonomy = await readJson(objects, taxonomyKey, taxonomySchema);
    return new Map(taxonomy.clusters.map((cluster) => [cluster.clusterId, cluster]));
  });
  const cluster = clusters.get(clusterId);
  if (cluster === undefined)
    throw new RatchetError('ObjectMissing', `Cluster ${clusterId} is not in the taxonomy ${taxonomyKey}.`);
  return cluster;
}
