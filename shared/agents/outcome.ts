import { z } from 'zod';
import { readJson, writeJson } from '../ports/documents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import { agentFiles } from './agent-files.ts';
import { type AgentState, endingSchema, noAgentUsage, usageSchema } from './agent-state.ts';

/** Why an agent ended, or did not begin. */
export const whySchema = z.enum([...endingSchema.options, 'no-model']);

/** How an agent came out, for the report. */
export const outcomeSchema = z.strictObject({
  agentId: z.string(),
  role: z.string(),
  /** Name of the chat model; null where there is none. */
  model: z.string().nullable(),
  /** Object key prefix of its files. */
  folder: z.string(),
  why: whySchema,
  detail: z.string(),
  /** Whether an answer was waited for as long as any is, and did not come. */
  inVain: z.boolean().default(false),
  /** Whether what it handed in counts; else the statistical result stands. */
  counts: z.boolean(),
  /** Calls and parts of proposals that were refused. */
  refused: z.int(),
  /** Why, with how often. */
  refusals: z.record(z.string(), z.int()).default({}),
  compactions: z.int(),
  decisions: z.array(z.string()),
  usage: usageSchema,
});
export type AgentOutcome = z.infer<typeof outcomeSchema>;

const file = agentFiles.outcome('.agent');

/** Judges come out as agents do, without turns of their own. */
export const judgeRole = 'judge';

/** Where an agent's files lie that works for the object of this key. */
export function agentFolder(key: string): string {
  return `${key}.agent`;
}

/** Names whoever works for the object of this key among all of the run. */
export function agentIdOf(key: string): string {
  return key.split('/').slice(-4).join('/');
}

export async function writeOutcome(objects: ObjectStore, outcome: AgentOutcome): Promise<void> {
  await writeJson(objects, agentFiles.outcome(outcome.folder), outcome);
}

/** How an agent that has ended came out. */
export function outcomeOf(state: AgentState, folder: string, model: string): AgentOutcome {
  const { agentId, role, ended, refused, refusals, inVain, compactions, pins, handedIn, used } = state;
  return {
    agentId,
    role,
    model,
    folder,
    why: ended?.why ?? 'nonsense',
    detail: (ended?.detail ?? '').slice(0, 500).toWellFormed(),
    inVain: inVain && ended?.why === 'model-unavailable',
    counts: handedIn !== null,
    refused,
    refusals,
    compactions,
    decisions: pins.filter(({ kind }) => kind === 'decision').map(({ text }) => text),
    usage: used,
  };
}

/** How it comes out where there is no chat model. */
export function withoutModel(agentId: string, role: string, folder: string): AgentOutcome {
  return {
    agentId,
    role,
    model: null,
    folder,
    why: 'no-model',
    detail: 'No chat model is configured.',
    inVain: false,
    counts: false,
    refused: 0,
    refusals: {},
    compactions: 0,
    decisions: [],
    usage: noAgentUsage,
  };
}

/** That nobody answers, as others of the run found out. */
export const silence = 'The chat model did not answer others of the run, and';

/** How it comes out where the model left others of the run without an answer, and was not asked again. */
export function notAsked(agentId: string, role: string, folder: string, model: string): AgentOutcome {
  const why = 'model-unavailable';
  const detail = `${silence} was not asked again.`;
  return { ...withoutModel(agentId, role, folder), model, why, detail };
}

/**
 * Whether a chat model has left agents or judges of a run without an answer so often that the others need not ask: each
 * would wait for it in vain. Once is enough where it has never answered, and where an answer was waited for to the end.
 */
export function hasGoneSilent(outcomes: readonly Pick<AgentOutcome, 'why' | 'usage' | 'inVain'>[]): boolean {
  const silent = outcomes.filter(({ why }) => why === 'model-unavailable').length;
  if (outcomes.some(({ inVain }) => inVain)) return true;
  return silent >= (outcomes.some(({ usage }) => usage.turns > 0) ? 2 : 1);
}

/** The stage that an agent works in, by where its files lie. */
export function stageOf({ folder }: Pick<AgentOutcome, 'folder'>): string {
  return folder.split('/')[4] ?? '';
}

/** How all agents of a run came out, by the keys of what they worked for. */
export async function readOutcomes(
  objects: ObjectStore,
  modelId: string,
  runId: string,
): Promise<readonly AgentOutcome[]> {
  const keys = (await objects.list(`runs/${modelId}/${runId}/`)).filter((key) => key.endsWith(file));
  return Promise.all(keys.map((key) => readJson(objects, key, outcomeSchema)));
}
