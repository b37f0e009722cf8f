import type { Cluster } from '../domain/diagnosis/taxonomy.ts';
import type { TranscriptSummary } from './transcript.ts';

/** Where something was proposed: one call of a turn of an agent. */
export interface Origin {
  readonly agentId: string;
  /** Object key prefix of the agent's files: its own, where its id need not be. */
  readonly folder: string;
  readonly role: string;
  readonly turn: number;
  readonly call: number;
  readonly what: string;
}

/**
 * The turns that a cluster comes from: that which proposed it as it is, and those that had proposed parts of it; none for
 * a cluster that counting made.
 */
export function clusterOrigins(
  { traceIds }: Pick<Cluster, 'traceIds'>,
  agents: readonly TranscriptSummary[],
): readonly Origin[] {
  const own = new Set(traceIds);
  const found = agents.flatMap(({ agentId, folder, role, proposals }) =>
    proposals
      .filter(({ stands }) => stands)
      .flatMap(({ turn, call, parts }) =>
        parts
          .filter((part) => part.traceIds.length > 0 && part.traceIds.every((id) => own.has(id)))
          .map((part) => ({
            origin: { agentId, folder, role, turn, call, what: part.what },
            isWhole: part.traceIds.length === own.size,
          })),
      ),
  );
  const whole = found.findLast(({ isWhole }) => isWhole);
  if (whole === undefined) return [];
  return [whole, ...found.filter((one) => one !== whole)].map(({ origin }) => origin);
}
