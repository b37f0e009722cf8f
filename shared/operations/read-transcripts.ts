import { z } from 'zod';
import { agentFiles, readState } from '../agents/agent-files.ts';
import { type AgentState, addUsage, noAgentUsage, type Turn, turnSchema } from '../agents/agent-state.ts';
import { type AgentOutcome, judgeRole, outcomeSchema } from '../agents/outcome.ts';
import { RatchetError } from '../domain/base/errors.ts';
import { partsOf } from '../domain/base/part-size.ts';
import { readJson } from '../ports/documents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { cut, readProposals } from './read-proposals.ts';
import type { Transcript, TranscriptSummary, TranscriptTurn } from './transcript.ts';

type Ports = { readonly objects: ObjectStore };

/** Objects that are read together. */
const together = 32;
const longestText = 4_000;
const longestResult = 2_000;

const allowanceSchema = z.object({
  run: z.object({
    allowance: z.object({
      turns: z.int(),
      turnsOfOne: z.int(),
      analyzerOutputTokens: z.int(),
      microUsd: z.int().nullable(),
    }),
  }),
});

/**
 * All agents of a run, those that still work among them, in the order of iteration, stage and item.
 * @throws RatchetError CorruptArtifact, StorageFailure
 */
export async function listTranscripts(
  modelId: string,
  runId: string,
  { objects }: Ports,
): Promise<readonly TranscriptSummary[]> {
  const prefix = `runs/${modelId}/${runId}/`;
  const left = Map.groupBy(
    (await objects.list(prefix)).filter((key) => key.includes('.agent/')),
    (key) => /^.*\.agent(?=\/)/.exec(key)?.[0] ?? '',
  );
  const found: (TranscriptSummary | null)[] = [];
  for (const some of partsOf([...left], together)) {
    found.push(...(await Promise.all(some.map(([folder, keys]) => summaryOf(folder, keys, objects)))));
  }
  return found.filter((one) => one !== null).sort(inOrder);
}

/**
 * One agent with its turns, first to last.
 * @param agent its id, or the folder of its files where several have the same id
 * @param mostTurns how many turns are read; all by default
 * @throws RatchetError InvalidInput where the run has no such agent; CorruptArtifact, StorageFailure
 */
export async function readTranscript(
  modelId: string,
  runId: string,
  agent: string,
  { objects }: Ports,
  { mostTurns = Number.MAX_SAFE_INTEGER }: { readonly mostTurns?: number } = {},
): Promise<Transcript> {
  const all = await listTranscripts(modelId, runId, { objects });
  const summary = all.find(({ folder }) => folder === agent) ?? all.findLast(({ agentId }) => agentId === agent);
  if (summary === undefined) {
    throw new RatchetError('InvalidInput', `Run ${runId} has no agent ${JSON.stringify(cut(agent, 120))}.`, {
      mend:
        all.length === 0
          ? 'No agents worked in it: agents are an analyst that a model is created with.'
          : `Its agents: ${all.map(({ agentId }) => agentId).join(', ')}`,
    });
  }
  return withTurns(summary, all, objects, mostTurns);
}

/** The turns of an agent that is listed. */
export async function withTurns(
  summary: TranscriptSummary,
  all: readonly TranscriptSummary[],
  objects: ObjectStore,
  mostTurns: number,
): Promise<Transcript> {
  const { folder } = summary;
  const keys = (await objects.list(`${folder}/turns/`)).slice(0, mostTurns);
  const turns: Turn[] = [];
  for (const some of partsOf(keys, together)) {
    turns.push(...(await Promise.all(some.map((key) => readJson(objects, key, turnSchema)))));
  }
  const state = summary.why === 'working' ? await readState(objects, folder) : null;
  if (state?.current != null && turns.length < mostTurns) turns.push(state.current);
  const shown = turns.map((turn, at) => shownTurn(turn, turns[at - 1]?.dropped ?? 0));
  return {
    ...summary,
    allowance: await allowanceOf(folder, objects),
    spent: all.reduce((sum, { usage }) => addUsage(sum, usage), noAgentUsage),
    turns: shown,
    // A judge's questions are kept beside its verdicts: it has no turns.
    leftOut: summary.role === judgeRole ? 0 : Math.max(0, summary.usage.turns - shown.length),
  };
}

async function summaryOf(
  folder: string,
  keys: readonly string[],
  objects: ObjectStore,
): Promise<TranscriptSummary | null> {
  const [, , , iteration = '', stage = '', item = ''] = folder.split('/');
  const outcomeKey = agentFiles.outcome(folder);
  const outcome = keys.includes(outcomeKey) ? await readJson(objects, outcomeKey, outcomeSchema) : null;
  const state = outcome === null ? await readState(objects, folder) : null;
  const known = outcome === null ? state && unfinished(state, folder) : cameOut(outcome);
  if (known === null) return null;
  const proposals = [...(await readProposals(folder, keys, objects))];
  return { ...known, iteration: Number(iteration), stage, item, proposals };
}

type Known = Omit<TranscriptSummary, 'iteration' | 'stage' | 'item' | 'proposals'>;

function cameOut({ inVain: _, ...outcome }: AgentOutcome): Known {
  return outcome;
}

/** An agent that has not come out yet. */
function unfinished(
  { agentId, role, refused, refusals, compactions, pins, handedIn, used }: AgentState,
  folder: string,
): Known {
  return {
    agentId,
    role,
    model: null,
    folder,
    why: 'working',
    detail: '',
    counts: handedIn !== null,
    refused,
    refusals,
    compactions,
    decisions: pins.filter(({ kind }) => kind === 'decision').map(({ text }) => text),
    usage: used,
  };
}

function shownTurn({ turn, text, calls, note, usage, dropped = 0 }: Turn, droppedBefore: number): TranscriptTurn {
  return {
    turn,
    dropped: Math.max(0, dropped - droppedBefore),
    text: cut(text, longestText),
    calls: calls.map(({ name, arguments: given, result }) => ({
      name,
      arguments: cut(given, longestText),
      result: result === null ? null : cut(result.text, longestResult),
      failed: result?.failed ?? false,
    })),
    note,
    usage,
  };
}

async function allowanceOf(folder: string, objects: ObjectStore): Promise<Transcript['allowance']> {
  const key = agentFiles.work(folder);
  if ((await objects.get(key)) === undefined) return null;
  const { turns, turnsOfOne, analyzerOutputTokens, microUsd } = (await readJson(objects, key, allowanceSchema)).run
    .allowance;
  return {
    turns,
    turnsOfOne,
    outputTokens: analyzerOutputTokens,
    usd: microUsd === null ? null : microUsd / 1_000_000,
  };
}

function inOrder(a: TranscriptSummary, b: TranscriptSummary): number {
  const [first, second] = [stageOrder.indexOf(a.stage), stageOrder.indexOf(b.stage)];
  return a.iteration - b.iteration || first - second || (a.folder < b.folder ? -1 : 1);
}

/** Stages whose work may be agents', as the loop passes through them; others come before. */
const stageOrder: readonly string[] = [
  'analyze-failures',
  'build-taxonomy',
  'confirm-weaknesses',
  'synthesize-curriculum',
  'prepare-next-dataset',
  'decide-next',
];
