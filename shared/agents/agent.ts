import type { Pin } from './agent-state.ts';
import type { Tool } from './tools/tool.ts';

/** What an agent is made of, beside its state: made anew from its request by every process that goes on with it. */
export interface Agent {
  /** Its own among all agents of the run. */
  readonly agentId: string;
  readonly role: string;
  readonly runId: string;
  /** Object key prefix of all that it writes, without a slash at its end. */
  readonly folder: string;
  readonly system: string;
  /** What it is to do, with the evidence that it starts from, in data blocks. Never dropped from its view. */
  readonly request: string;
  readonly pins: readonly Pin[];
  readonly tools: readonly Tool[];
  /** The tool that it hands its result in by. */
  readonly handsInBy: string;
  readonly limits: AgentLimits;
  readonly seed: number;
}

export interface AgentLimits {
  readonly turns: number;
  /** Over all turns. */
  readonly outputTokens: number;
  /** Of one answer. */
  readonly answerTokens: number;
}
