import type { Cluster } from '../../domain/diagnosis/taxonomy.ts';
import { clusterOrigins } from '../../operations/cluster-origins.ts';
import { listTranscripts, withTurns } from '../../operations/read-transcripts.ts';
import type { Transcript } from '../../operations/transcript.ts';
import type { Ports } from '../../ports/ports.ts';
import type { ShownOrigin } from './report-data.ts';

/** Turns that a report shows, of all agents together: a page is to be opened, not downloaded. */
const mostTurns = 300;

/** The agents of a run with as many of their turns as there is room for, first agents first. */
export async function gatherTranscripts(
  modelId: string,
  runId: string,
  { objects }: Pick<Ports, 'objects'>,
): Promise<readonly Transcript[]> {
  const agents = await listTranscripts(modelId, runId, { objects });
  let left = mostTurns;
  const read: Transcript[] = [];
  for (const agent of agents) {
    const transcript = await withTurns(agent, agents, objects, left);
    left -= transcript.turns.length;
    read.push(transcript);
  }
  return read;
}

/** From which turns a cluster comes, with where the page shows them. */
export function originsShown(cluster: Pick<Cluster, 'traceIds'>, transcripts: readonly Transcript[]): ShownOrigin[] {
  return clusterOrigins(cluster, transcripts).map(({ folder, role, turn, what }) => {
    const at = transcripts.findIndex((one) => one.folder === folder);
    const isShown = transcripts[at]?.turns.some((one) => one.turn === turn) === true;
    return { role, turn, what, anchor: isShown ? turnAnchor(at, turn) : agentAnchor(at) };
  });
}

/** Where the page shows an agent, by its place among them. */
export function agentAnchor(at: number): string {
  return `agent-${at + 1}`;
}

export function turnAnchor(at: number, turn: number): string {
  return `${agentAnchor(at)}-turn-${turn}`;
}
