import { type Cluster, taxonomySchema } from '../domain/taxonomy.ts';
import { isUsableRecord, type SidedRecord, sidedRecordSchema, type UsableRecord } from '../domain/trace-record.ts';
import { RatchetError } from '../errors.ts';
import { readJson, readJsonl } from './jsonl.ts';
import type { Ports } from './ports.ts';
import type { Split } from './split-traces.ts';

/** The run's usable records of the training side. */
export async function readTrainingSide(
  split: Pick<Split, 'sidedKey'>,
  ports: Ports,
): Promise<(SidedRecord & UsableRecord)[]> {
  const records = await readJsonl(ports.objects, split.sidedKey, sidedRecordSchema);
  return records.filter(isUsableRecord).filter((record) => record.side === 'train');
}

/** One cluster of the run's taxonomy. @throws RatchetError ObjectMissing */
export async function readCluster(taxonomyKey: string, clusterId: string, ports: Ports): Promise<Cluster> {
  const { clusters } = await readJson(ports.objects, taxonomyKey, taxonomySchema);
  const cluster = clusters.find((candidate) => candidate.clusterId === clusterId);
  if (cluster === undefined)
    throw new RatchetError('ObjectMissing', `Cluster ${clusterId} is not in the taxonomy ${taxonomyKey}.`);
  return cluster;
}
