import type { z } from 'zod';
import type { Run } from '../../domain/models/run.ts';
import type { Ports } from '../../ports/ports.ts';
import { completedOutput } from '../engine/completed-output.ts';
import { taxonomyRefSchema } from '../state/diagnosis.ts';
import { triagedSchema } from '../state/triaged.ts';

/** What the newest run that came as far as triage has found of the traffic. */
export interface LastFindings {
  readonly run: Run;
  /** Counts, and the key of the triaged records. */
  readonly triaged: z.infer<typeof triagedSchema>;
  /** Object key of its taxonomy of failures; null where it found none, or ended before. */
  readonly taxonomyKey: string | null;
}

/** Of so many runs, the newest ones, one is looked for that came as far as triage. */
const mostRuns = 50;

/** Null where no run has come as far as triage. */
export async function lastFindings(
  modelId: string,
  { lineage, objects }: Pick<Ports, 'lineage' | 'objects'>,
): Promise<LastFindings | null> {
  const runs = (await lineage.listRuns(modelId)).toReversed().slice(0, mostRuns);
  for (const run of runs) {
    const head = { run, iteration: 0, item: 'all' };
    const triaged = await completedOutput('triage-traces', head, triagedSchema, objects);
    if (triaged === null) continue;
    const taxonomy = await completedOutput('build-taxonomy', head, taxonomyRefSchema, objects);
    return { run, triaged, taxonomyKey: taxonomy?.taxonomyKey ?? null };
  }
  return null;
}
