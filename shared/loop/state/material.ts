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
 * What a process read last, by store: items of a Map that share a process ask for the same file one after the other.
 */
const readLast = new WeakMap<
  ObjectStore,
  { readonly key: string; readonly records: Promise<readonly TrainingRecord[]> }
>();

/** The run's usable records that may train. A run's file never changes, so one process parses it once. */
export function readTrainingRecords(
  { recordsKey }: Pick<Split, 'recordsKey'>,
  { objects }: Pick<Ports, 'objects'>,
): Promise<readonly TrainingRecord[]> {
  const last = readLast.get(objects);
  if (last?.key === recordsKey) return last.records;
  const records = readJsonl(objects, recordsKey, splitRecordSchema).then((all) =>
    all.filter(isUsableRecord).filter(trains),
  );
  const latest = { key: recordsKey, records };
  readLast.set(objects, latest);
  records.catch(() => {
    if (readLast.get(objects) === latest) readLast.delete(objects);
  });
  return records;
}

/** One cluster of the run's taxonomy. @throws RatchetError ObjectMissing */
export async function readCluster(taxonomyKey: string, clusterId: string, ports: Ports): Promise<Cluster> {
  const { clusters } = await readJson(ports.objects, taxonomyKey, taxonomySchema);
  const cluster = clusters.find((candidate) => candidate.clusterId === clusterId);
  if (cluster === undefined)
    throw new RatchetError('ObjectMissing', `Cluster ${clusterId} is not in the taxonomy ${taxonomyKey}.`);
  return cluster;
}
