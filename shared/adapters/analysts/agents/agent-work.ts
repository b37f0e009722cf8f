import { z } from 'zod';
import type { Agent } from '../../../agents/agent.ts';
import { agentFiles, readState } from '../../../agents/agent-files.ts';
import { openBudget } from '../../../agents/open-budget.ts';
import {
  agentFolder,
  agentIdOf,
  hasGoneSilent,
  notAsked,
  outcomeOf,
  readOutcomes,
  withoutModel,
  writeOutcome,
} from '../../../agents/outcome.ts';
import { type AgentWorld, workAgent } from '../../../agents/work-agent.ts';
import type { Json } from '../../../domain/base/json.ts';
import type { AnalystRun } from '../../../ports/analyst.ts';
import type { ChatModel } from '../../../ports/chat-model.ts';
import { readJson, writeJson } from '../../../ports/documents.ts';
import { type LongWork, noUsage, type Progress } from '../../../ports/long-work.ts';

/** What an agent is given to do. */
interface Given {
  readonly key: string;
  readonly run: AnalystRun;
}

/** One of the analyst's pieces of work, of which a part is an agent's. */
export interface AgentRole<R, W extends Given, T> {
  readonly role: string;
  readonly work: z.ZodType<W>;
  /** What the agent starts from: what counting found, and all that its tools reach. */
  prepare(key: string, request: R): Promise<W>;
  /** Whether there is anything for an agent to do. */
  isWorth(work: W): boolean;
  agent(work: W, chat: ChatModel, folder: string): Promise<Agent>;
  /** The result with what the agent handed in, which was checked then; null for nothing. */
  finish(work: W, handedIn: Json | null): Promise<T>;
}

export type RoleWorld = Omit<AgentWorld, 'chat'> & { readonly chat: () => Promise<ChatModel | null> };

const handleSchema = z.strictObject({ key: z.string() });

/**
 * An agent's work as long work, a slice of turns at a time. All that it is lies below `<key>.agent/`. However the agent
 * ends, the work ends well: what it handed in counts, else what counting found.
 */
export function agentWork<R, W extends Given, T>(role: AgentRole<R, W, T>, world: RoleWorld): LongWork<R, T> {
  const { objects, budgets } = world;

  const goOn = async (work: W, deadline: number): Promise<Progress<T>> => {
    const folder = agentFolder(work.key);
    const agentId = agentIdOf(work.key);
    if (!role.isWorth(work)) return done(await role.finish(work, null));
    const chat = await world.chat();
    if (chat === null) {
      await writeOutcome(objects, withoutModel(agentId, role.role, folder));
      return done(await role.finish(work, null));
    }
    const { runId, modelId } = work.run;
    const hasBegun = (await readState(objects, folder)) !== null;
    if (!hasBegun && hasGoneSilent(await readOutcomes(objects, modelId, runId))) {
      await writeOutcome(objects, notAsked(agentId, role.role, folder, chat.name));
      return done(await role.finish(work, null));
    }
    await openBudget(budgets, work.run);
    const agent = await role.agent(work, chat, folder);
    const { state, waitSeconds } = await workAgent(agent, { ...world, chat }, deadline);
    if (state.ended === null) {
      const progress = { done: state.turn, total: Math.max(state.turn + 1, 10), waitSeconds };
      return { status: 'working', handle: { key: work.key }, ...progress };
    }
    await writeOutcome(objects, outcomeOf(state, folder, chat.name));
    const { inputTokens, outputTokens, microUsd } = state.used;
    const usage = { inputTokens, outputTokens, usd: microUsd / 1_000_000 };
    return { status: 'done', value: await role.finish(work, state.handedIn), usage };
  };

  const stored = (key: string): Promise<W> => readJson(objects, workKey(key), role.work);

  return {
    async start(key, request, deadline) {
      if ((await objects.get(workKey(key))) === undefined) {
        await writeJson(objects, workKey(key), await role.prepare(key, request));
      }
      return goOn(await stored(key), deadline);
    },
    async advance(handle, deadline) {
      return goOn(await stored(handleSchema.parse(handle).key), deadline);
    },
  };
}

function workKey(key: string): string {
  return agentFiles.given(agentFolder(key));
}

function done<T>(value: T): Progress<T> {
  return { status: 'done', value, usage: noUsage };
}
