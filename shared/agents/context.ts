import type { ChatMessage, ChatTool } from '../ports/chat-model.ts';
import type { Agent } from './agent.ts';
import type { AgentState, Turn } from './agent-state.ts';
import { dataBlock } from './data-block.ts';
import { requestBytes, tokensOf } from './tokens.ts';

/** Beyond this share of the window turns are dropped, down to the other one. */
const fullShare = 0.7;
const emptiedShare = 0.4;
/** Pins may take this share of the window; what would be more is not pinned. */
const pinnedShare = 0.15;
const droppedShare = 0.04;
/** One result of a tool may take this share of the window, and at most so many tokens; the rest is offloaded. */
const resultShare = 1 / 32;
const mostResultTokens = 2_500;
/** Calls of one turn that are done; results of more would not fit. */
export const mostCalls = 8;
const longestLine = 160;
/** A byte is a token at worst, a third of one as a rule. */
const bytesPerToken = 3;

export type Window = { readonly window: number };

/** Tokens of one result that are shown. */
export function resultTokens({ window }: Window): number {
  return Math.min(mostResultTokens, Math.floor(window * resultShare));
}

/** Bytes that what is pinned may have together. */
export function pinnedBytes({ window }: Window): number {
  return Math.floor(window * pinnedShare * bytesPerToken);
}

/** What the model is shown of an agent. */
export function messagesOf(agent: Pick<Agent, 'system' | 'request'>, state: AgentState): readonly ChatMessage[] {
  const { pins, dropped, turns } = state;
  const parts = [agent.request];
  if (pins.length > 0) parts.push(dataBlock('what you have noted', [...pins]));
  if (dropped.turns > 0) {
    const older = dropped.turns - dropped.lines.length;
    const first = older > 0 ? `${older} turns before these were dropped too. ` : '';
    const how = 'read_result with the id "turn-N" shows one of them.';
    parts.push(`${first}Turns that were dropped from view; ${how}`, dataBlock('earlier turns', dropped.lines));
  }
  return [
    { role: 'system', text: agent.system },
    { role: 'user', text: parts.join('\n\n') },
    ...turns.flatMap(turnMessages),
  ];
}

function turnMessages({ text, calls, note }: Turn): ChatMessage[] {
  return [
    {
      role: 'assistant',
      text,
      toolCalls: calls.map(({ id, name, arguments: given }) => ({ id, name, arguments: given })),
    },
    ...calls.map(({ id, result }): ChatMessage => {
      return { role: 'tool', callId: id, text: result?.text ?? '', failed: result?.failed ?? true };
    }),
    ...(note === null ? [] : [{ role: 'user', text: note } as const]),
  ];
}

/** Tokens that the agent's context takes, by the model's own count of earlier requests. */
export function contextTokens(
  agent: Pick<Agent, 'system' | 'request'>,
  state: AgentState,
  tools: readonly ChatTool[],
): number {
  return tokensOf(requestBytes({ messages: messagesOf(agent, state), tools }), state.measured);
}

/**
 * The state with as many of its oldest turns dropped from view as it takes: none below 70 % of the window, then down
 * to 40 %. The newest turn stays, as does all that is pinned.
 */
export function compacted(
  agent: Pick<Agent, 'system' | 'request'>,
  state: AgentState,
  { window, tools }: Window & { readonly tools: readonly ChatTool[] },
): AgentState {
  // A model that found it too long nonetheless is believed: each time half as much may stay.
  const strictness = 2 ** state.tooLong;
  if (contextTokens(agent, state, tools) <= (fullShare * window) / strictness) return state;
  let next = state;
  while (next.turns.length > 1 && contextTokens(agent, next, tools) > (emptiedShare * window) / strictness) {
    next = withoutOldest(next, { window });
  }
  return next === state ? state : { ...next, compactions: state.compactions + 1 };
}

function withoutOldest(state: AgentState, { window }: Window): AgentState {
  const [oldest, ...turns] = state.turns;
  if (oldest === undefined) return state;
  const lines = [...state.dropped.lines, lineOf(oldest)];
  const room = Math.max(longestLine, window * droppedShare * bytesPerToken);
  while (lines.length > 1 && Buffer.byteLength(lines.join('\n')) > room) lines.shift();
  return { ...state, turns, dropped: { turns: state.dropped.turns + 1, lines } };
}

function lineOf({ turn, calls, text }: Turn): string {
  const done = calls.map(
    ({ name, arguments: given, result }) => `${name} ${given}${result?.failed === true ? ' (failed)' : ''}`,
  );
  const said = done.length > 0 ? done.join('; ') : text;
  const line = `turn ${turn}: ${said}`;
  return line.length <= longestLine ? line : `${line.slice(0, longestLine - 1).toWellFormed()}…`;
}
