import type { Workspace } from '../../cli/workspace.ts';
import { type EvidenceRecord, evidenceRecordSchema } from '../../shared/domain/evaluation/evidence-record.ts';
import { isHeldOut, partOf } from '../../shared/domain/evaluation/fold.ts';
import { type Example, exampleSchema } from '../../shared/domain/models/example.ts';
import { nearDuplicatesOf } from '../../shared/domain/similarity/near-duplicates.ts';
import { type SplitRecord, splitRecordSchema } from '../../shared/domain/traces/trace-record.ts';
import { readJsonl } from '../../shared/ports/documents.ts';
import { modelId } from './test-workspace.ts';

type Stores = Pick<Workspace, 'ports'>;

const splitKey = (run: string, file: string) => `runs/${modelId}/${run}/0/split-traces/all/${file}`;

/** What the candidates of a run were weighed by. */
export function evidenceOfRun(run: string, { ports }: Stores): Promise<readonly EvidenceRecord[]> {
  return readJsonl(ports.objects, splitKey(run, 'evidence.jsonl'), evidenceRecordSchema);
}

/** All records of a run's snapshot, by trace id. */
export async function recordsOfRun(run: string, { ports }: Stores): Promise<ReadonlyMap<string, SplitRecord>> {
  const records = await readJsonl(ports.objects, splitKey(run, 'records.jsonl'), splitRecordSchema);
  return new Map(records.map((record) => [record.traceId, record]));
}

/** The examples of each dataset that a run made. */
export async function datasetsOfRun(run: string, { ports }: Stores): Promise<readonly (readonly Example[])[]> {
  const datasets = (await ports.lineage.listDatasets(modelId)).filter((dataset) => dataset.runId === run);
  return Promise.all(datasets.map(({ key }) => readJsonl(ports.objects, key, exampleSchema)));
}

/**
 * Examples of a dataset that the model of a part trains and that are near-duplicates of a piece of evidence which that
 * very model judges, in as many parts as folds are used in. Empty for an honest dataset.
 */
export function trainedNearEvidence(
  examples: readonly Example[],
  evidence: readonly Pick<EvidenceRecord, 'input' | 'folds'>[],
): readonly string[] {
  return ([5, 10] as const).flatMap((parts) =>
    Array.from({ length: parts }, (_, part) => {
      const trained = examples.filter(({ folds }) => !isHeldOut(folds, part, parts)).map(({ input }) => input);
      const judged = evidence.filter(({ folds }) => folds.some((fold) => partOf(fold, parts) === part));
      const near = nearDuplicatesOf(
        trained,
        judged.map(({ input }) => input),
      );
      return near.map(({ index }) => `part ${part} of ${parts}: ${trained[index]}`);
    }).flat(),
  );
}
