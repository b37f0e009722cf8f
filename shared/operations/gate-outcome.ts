import { z } from 'zod';
import { gateVerdictSchema } from '../domain/evaluation/gate.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import { readJson } from '../ports/documents.ts';
import type { Ports } from '../ports/ports.ts';

/** What a run's gate has found of a checkpoint. */
export interface GateOutcome {
  readonly runId: string;
  readonly outcome: z.infer<typeof gateVerdictSchema>['outcome'];
  /** What the rules that failed say, a sentence each. */
  readonly failed: readonly string[];
}

const gateFileSchema = z.object({
  candidates: z.array(
    z.object({
      candidate: z.object({ checkpointId: z.string() }),
      verdict: z.object({ outcome: gateVerdictSchema.shape.outcome, rules: gateVerdictSchema.shape.rules }),
    }),
  ),
});

/** What the gate of the run that trained a checkpoint has found of it; null where nothing of it is kept. */
export async function gateOutcome(
  { modelId, checkpointId, runId }: Pick<Checkpoint, 'modelId' | 'checkpointId' | 'runId'>,
  ports: Ports,
): Promise<GateOutcome | null> {
  if (runId === null) return null;
  const keys = await ports.objects.list(`runs/${modelId}/${runId}/`);
  for (const key of keys.filter((one) => one.endsWith('/gate.json')).toReversed()) {
    const { candidates } = await readJson(ports.objects, key, gateFileSchema);
    const found = candidates.find(({ candidate }) => candidate.checkpointId === checkpointId);
    if (found === undefined) continue;
    const { outcome, rules } = found.verdict;
    return { runId, outcome, failed: rules.filter(({ passed }) => !passed).map(({ detail }) => detail) };
  }
  return null;
}
