import { hadTheLease, type Run } from '../domain/models/run.ts';
import type { Ports } from '../ports/ports.ts';

/**
 * A model's newest run that has a report; where none has one, its newest run; null where it has had none. A run that
 * goes on has no report yet, and does not hide the one before it.
 */
export async function latestReported(modelId: string, { lineage }: Pick<Ports, 'lineage'>): Promise<Run | null> {
  const runs = (await lineage.listRuns(modelId)).filter(hadTheLease);
  return runs.findLast(({ reportKey }) => reportKey !== null) ?? runs.at(-1) ?? null;
}
