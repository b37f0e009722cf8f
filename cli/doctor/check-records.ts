import { FileDigests } from '../../shared/adapters/duckdb/file-digests.ts';
import type { FilesOnRecord } from '../../shared/adapters/duckdb/merged-files.ts';
import { withLocalFiles } from '../../shared/adapters/local/local-files.ts';
import { plural } from '../../shared/domain/base/wording.ts';
import { readSegments } from '../../shared/operations/fold-ledger.ts';
import { type RecordPorts, readDataset, readFrozenSet } from '../../shared/operations/stored-records.ts';
import type { LineageStore } from '../../shared/ports/lineage-store.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';
import type { Check } from '../results.ts';
import { ok, problem, thrown } from './check.ts';

/** Whether the examples of all datasets, the frozen records and the folds are those that were written. */
export async function checkRecords(
  modelId: string,
  ports: RecordPorts & { readonly lineage: LineageStore },
): Promise<readonly Check[]> {
  const name = `${modelId}: datasets and frozen records`;
  const [datasets, sets] = await Promise.all([
    ports.lineage.listDatasets(modelId),
    ports.lineage.listEvaluationSets(modelId),
  ]);
  const wrong: Check[] = [];
  const look = async (read: () => Promise<unknown>): Promise<void> => {
    try {
      await read();
    } catch (error) {
      wrong.push(thrown(name, error, 'Restore it from a backup of the workspace.'));
    }
  };
  for (const dataset of datasets) await look(() => readDataset(dataset, ports));
  for (const set of sets) await look(() => readFrozenSet(set, ports));
  await look(() => readSegments(modelId, null, ports));
  if (wrong.length > 0) return wrong;
  const detail = `${plural(datasets.length, 'dataset')} and ${plural(sets.length, 'frozen set')} match their digests`;
  return datasets.length + sets.length === 0 ? [] : [ok(name, detail)];
}

/** Batches, or what they were merged into, whose files are held against their digests together. */
const together = 200;

/** Files of the trace log that are there and not what was written. */
export async function wrongFiles(units: readonly FilesOnRecord[], objects: ObjectStore): Promise<readonly string[]> {
  const digests = new FileDigests(objects);
  const wrong: string[] = [];
  for (let at = 0; at < units.length; at += together) {
    const part = units.slice(at, at + together);
    const keys = part.flatMap(({ traceKeys, judgementKeys }) => [...traceKeys, ...judgementKeys]);
    wrong.push(
      ...(await withLocalFiles(objects, keys, (paths) =>
        digests.wrongAmong(part, new Map(paths.map((path, index) => [keys[index] ?? '', path]))),
      )),
    );
  }
  return wrong;
}

/** What is said of files that are not what was written. */
export function tampered(name: string, keys: readonly string[]): Check {
  return problem(
    name,
    `${plural(keys.length, 'file')} of the log not what was written, such as ${keys[0]}`,
    'Restore them from a backup.',
  );
}
