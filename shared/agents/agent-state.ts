import { z } from 'zod';
import { jsonSchema } from '../domain/base/json.ts';

/** What stays in an agent's view to the letter, however much else is dropped from it. */
export const pinSchema = z.strictObject({
  kind: z.enum(['decision', 'evaluation', 'lineage', 'plan']),
  text: z.string(),
});
export type Pin = z.infer<typeof pinSchema>;

const callSchema = z.strictObject({
  id: z.string(),
  name: z.string(),
  /** As the model wrote them. */
  arguments: z.string(),
  /** Null while it is still to be done. */
  result: z.strictObject({ text: z.string(), failed: z.boolean() }).nullable(),
});
export type Call = z.infer<typeof callSchema>;

export const usageSchema = z.strictObject({
  turns: z.int(),
  inputTokens: z.int(),
  cachedInputTokens: z.int(),
  outputTokens: z.int(),
  /** Millionths of a US dollar. */
  microUsd: z.int(),
});
export type AgentUsage = z.infer<typeof usageSchema>;

/** One step of the model with its tool calls. A call and its result are one, so that nothing parts them. */
export const turnSchema = z.strictObject({
  turn: z.int().positive(),
  /** What the model said. */
  text: z.string(),
  calls: z.array(callSchema),
  /** What the program says after it; null where there is nothing to say. */
  note: z.string().nullable(),
  usage: usageSchema,
  /** How many turns had been dropped from view when the model was asked; absent in turns of earlier versions. */
  dropped: z.int().optional(),
});
export type Turn = z.infer<typeof turnSchema>;

/** Why an agent ended; all but `finished` are its ending early, with what it had handed in by then. */
export const endingSchema = z.enum([
  'finished',
  'budget-spent',
  'budget-unreadable',
  'turn-limit',
  'output-limit',
  'model-unavailable',
  'model-refused',
  'filtered',
  'context-full',
  'nonsense',
]);
export type Ending = z.infer<typeof endingSchema>;

/**
 * All that an agent is between two steps. Whoever has it can go on with the agent, in another process too. Turns that
 * are over lie beside it, an object each; `turns` are those still in view.
 */
export const agentStateSchema = z.strictObject({
  version: z.literal(1),
  agentId: z.string(),
  role: z.string(),
  /** Turns that were taken, the one under way among them. */
  turn: z.int().nonnegative(),
  pins: z.array(pinSchema),
  turns: z.array(turnSchema),
  /** Answered by the model, its calls not all done; null between turns. */
  current: turnSchema.nullable(),
  /** One line each of turns that were dropped from view, oldest first; of the oldest only their number is kept. */
  dropped: z.strictObject({ turns: z.int(), lines: z.array(z.string()) }),
  compactions: z.int(),
  /** What the model counted last; null before its first answer. */
  measured: z.strictObject({ tokens: z.number(), bytes: z.number() }).nullable(),
  used: usageSchema,
  /** Calls that could not be done as the model wrote them, and parts of what it proposed that do not stand. */
  refused: z.int(),
  /** Why, with how often; of reasons beyond the first few only their number above. */
  refusals: z.record(z.string(), z.int()).default({}),
  /** Turns since the last one of which anything could be done; silent ones count twice. */
  astray: z.int(),
  /** How often the model could not be asked since it last answered. */
  unanswered: z.int(),
  /** Whether an answer was last waited for as long as any is, and did not come. */
  inVain: z.boolean().default(false),
  /** How often the model found the context too long since it last answered. */
  tooLong: z.int(),
  /** What it handed in last; null before. */
  handedIn: jsonSchema.nullable(),
  ended: z.strictObject({ why: endingSchema, detail: z.string() }).nullable(),
});
export type AgentState = z.infer<typeof agentStateSchema>;

export const noAgentUsage: AgentUsage = {
  turns: 0,
  inputTokens: 0,
  cachedInputTokens: 0,
  outputTokens: 0,
  microUsd: 0,
};

/** An agent that has done nothing yet. */
export function firstState(agentId: string, role: string, pins: readonly Pin[] = []): AgentState {
  return {
    version: 1,
    agentId,
    role,
    turn: 0,
    pins: [...pins],
    turns: [],
    current: null,
    dropped: { turns: 0, lines: [] },
    compactions: 0,
    measured: null,
    used: noAgentUsage,
    refused: 0,
    refusals: {},
    astray: 0,
    unanswered: 0,
    inVain: false,
    tooLong: 0,
    handedIn: null,
    ended: null,
  };
}

export function addUsage(a: AgentUsage, b: AgentUsage): AgentUsage {
  return {
    turns: a.turns + b.turns,
    inputTokens: a.inputTokens + b.inputTokens,
    cachedInputTokens: a.cachedInputTokens + b.cachedInputTokens,
    outputTokens: a.outputTokens + b.outputTokens,
    microUsd: a.microUsd + b.microUsd,
  };
}
