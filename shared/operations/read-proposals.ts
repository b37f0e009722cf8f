import { z } from 'zod';
import { agentFiles } from '../agents/agent-files.ts';
import { handedInSchema } from '../agents/handed-in.ts';
import { type Json, jsonSchema } from '../domain/base/json.ts';
import { readJson } from '../ports/documents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Proposal } from './transcript.ts';

const claimSchema = z.object({ tool: z.string(), given: z.record(z.string(), jsonSchema) });
const takenSchema = z.object({ traceIds: z.array(z.string()) });
const longestTitle = 200;

/** A text cut to a length, with an ellipsis. */
export function cut(text: string, longest: number): string {
  return text.length <= longest ? text : `${text.slice(0, longest - 1).toWellFormed()}…`;
}

/**
 * What an agent proposed, first to last, and what was made of it. Calls that were never begun, or of which nobody knows
 * whether they happened, are not among it.
 * @param keys of all that the agent left
 */
export async function readProposals(
  folder: string,
  keys: readonly string[],
  objects: ObjectStore,
): Promise<readonly Proposal[]> {
  const there = new Set(keys);
  const calls = keys
    .flatMap((key) => {
      const [, turn, index] = /\/claims\/(\d+)-(\d+)\.json$/.exec(key) ?? [];
      return turn === undefined || index === undefined ? [] : [{ key, turn: Number(turn), index: Number(index) }];
    })
    .filter(({ turn, index }) => there.has(agentFiles.effect(folder, turn, index)))
    .sort((a, b) => a.turn - b.turn || a.index - b.index);
  const read = await Promise.all(
    calls.map(async ({ key, turn, index }): Promise<Proposal[]> => {
      const { tool, given } = await readJson(objects, key, claimSchema);
      const made = handedInSchema.safeParse(
        await readJson(objects, agentFiles.effect(folder, turn, index), jsonSchema),
      );
      if (!made.success) return [];
      return [{ turn, call: index + 1, tool, stands: false, parts: partsOf(given, made.data) }];
    }),
  );
  const proposals = read.flat();
  const last = proposals.findLast(({ parts }) => parts.some(({ refused }) => refused === null));
  return proposals.map((proposal) => (proposal === last ? { ...proposal, stands: true } : proposal));
}

/** What was proposed lies in the one list among the arguments; what stands of it is in the same order. */
function partsOf(given: Readonly<Record<string, Json>>, made: z.infer<typeof handedInSchema>): Proposal['parts'] {
  const proposed = Object.values(given).find((value) => Array.isArray(value)) ?? [];
  const refused = new Map(made.refused.map(({ index, why }) => [index, why]));
  const accepted = made.accepted.values();
  return proposed.map((one, index) => {
    const why = refused.get(index) ?? null;
    const taken = takenSchema.safeParse(why === null ? accepted.next().value : null);
    return { what: cut(titleOf(one), longestTitle), traceIds: taken.success ? taken.data.traceIds : [], refused: why };
  });
}

function titleOf(proposed: Json): string {
  if (typeof proposed !== 'object' || proposed === null || Array.isArray(proposed)) return JSON.stringify(proposed);
  const title = proposed.title ?? proposed.input ?? proposed.traceId;
  return typeof title === 'string' ? title : JSON.stringify(proposed);
}
