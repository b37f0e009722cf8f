import { RatchetError } from '../domain/base/errors.ts';
import { type Json, jsonSchema } from '../domain/base/json.ts';
import { type Budgets, nothingSpent } from '../ports/budgets.ts';
import type { ChatAnswer, ChatModel, ChatRequest, ChatTool } from '../ports/chat-model.ts';
import type { Clock } from '../ports/clock.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Agent } from './agent.ts';
import { readState, writeState, writeTurn } from './agent-files.ts';
import { type AgentState, addUsage, type Call, type Ending, firstState, type Turn } from './agent-state.ts';
import { compacted, messagesOf, mostCalls, pinnedBytes, resultTokens } from './context.ts';
import { dataBlock } from './data-block.ts';
import { type Done, doCall, keepResult } from './do-call.ts';
import { microUsdOf, mostMicroUsd } from './money.ts';
import { requestBytes, tokensOf } from './tokens.ts';
import { chatTool } from './tools/chat-tool.ts';

/** What an agent works with. */
export interface AgentWorld {
  readonly chat: ChatModel;
  readonly budgets: Budgets;
  readonly objects: ObjectStore;
  readonly clock: Clock;
  /** Seconds to wait before a model that did not answer is asked again, once each; then the agent ends. */
  readonly waits?: readonly number[];
}

export interface AgentProgress {
  readonly state: AgentState;
  /** Seconds before it makes sense to go on; 0 goes on at once. */
  readonly waitSeconds: number;
}

const usualWaits = [5];
/** Turns in succession of which nothing could be done, silent ones twice, after which the model is taken to rave. */
const mostAstray = 6;
/** What a turn may take; with less time left, the next slice takes it. */
const turnMs = 60_000;
/** The longest that an answer is waited for, milliseconds; a small model on a laptop's CPU may need minutes. */
const patienceMs = 180_000;
const mostTooLong = 3;
/** Distinct reasons for refusals that are kept, and characters of one. */
const mostRefusals = 20;
const longestRefusal = 200;

/**
 * Goes on with an agent until it ends or the time is over. Its state is stored after every answer of the model and
 * after every call, so that whoever goes on, wherever this one stopped, repeats no effect and loses no answer that was
 * stored. An answer that was not is asked for again, under the same part of the budget.
 * @param deadline milliseconds since the epoch
 */
export async function workAgent(agent: Agent, world: AgentWorld, deadline: number): Promise<AgentProgress> {
  const { objects, clock } = world;
  let state = (await readState(objects, agent.folder)) ?? firstState(agent.agentId, agent.role, agent.pins);
  for (let first = true; state.ended === null; first = false) {
    if (!first && state.current === null && deadline - clock.now() < turnMs) return { state, waitSeconds: 0 };
    const before = state;
    const next = await step(agent, state, world, deadline);
    if (next === null) return { state, waitSeconds: 0 };
    state = next;
    await writeState(objects, agent.folder, state);
    if (state.unanswered > before.unanswered && state.ended === null) {
      return { state, waitSeconds: (world.waits ?? usualWaits)[before.unanswered] ?? 0 };
    }
  }
  return { state, waitSeconds: 0 };
}

/** The next step: a question to the model, one call, or the end of a turn; null where a call goes on later. */
async function step(agent: Agent, state: AgentState, world: AgentWorld, deadline: number): Promise<AgentState | null> {
  if (state.current === null) return ask(agent, state, world, deadline);
  // Again after a crash between the two: settling twice changes nothing.
  const { turns, outputTokens, microUsd } = state.current.usage;
  await world.budgets.settle(agent.runId, callKey(agent, state.turn), { turns, outputTokens, microUsd });
  const index = state.current.calls.findIndex(({ result }) => result === null);
  return index === -1
    ? endTurn(agent, state, state.current, world)
    : callNext(agent, state, { current: state.current, index, deadline }, world);
}

function callKey({ agentId }: Agent, turn: number): string {
  return `${agentId}/${turn}`;
}

async function ask(agent: Agent, given: AgentState, world: AgentWorld, deadline: number): Promise<AgentState> {
  const { chat, budgets, clock } = world;
  const { limits } = agent;
  if (given.turn >= limits.turns) return ended(given, 'turn-limit', `It took ${limits.turns} turns.`);
  const answerTokens = Math.min(limits.answerTokens, limits.outputTokens - given.used.outputTokens);
  if (answerTokens <= 0) return ended(given, 'output-limit', `It wrote ${given.used.outputTokens} tokens.`);
  const tools = agent.tools.map(chatTool);
  const state = compacted(agent, given, { window: chat.window, tools });
  const request = requestOf(agent, state, tools, answerTokens);
  const bytes = requestBytes(request);
  if (tokensOf(bytes, state.measured) + answerTokens > chat.window) {
    return ended(state, 'context-full', `What it has to see does not fit into ${chat.window} tokens.`);
  }
  const turn = state.turn + 1;
  const most = { turns: 1, outputTokens: answerTokens, microUsd: mostMicroUsd(bytes, answerTokens, chat) };
  try {
    if (!(await budgets.reserve(agent.runId, callKey(agent, turn), most))) {
      return ended(state, 'budget-spent', 'What the agents of the run may still use does not allow another turn.');
    }
  } catch (error) {
    // A guard that cannot be asked stops what it guards.
    if (error instanceof RatchetError) return ended(state, 'budget-unreadable', error.message);
    throw error;
  }
  let answer: ChatAnswer;
  const patience = clock.now() + patienceMs;
  try {
    answer = await chat.answer(request, Math.min(deadline, patience));
  } catch (error) {
    if (!(error instanceof RatchetError)) throw error;
    // A model that was waited for in vain is not waited for again.
    const inVain = clock.now() >= patience;
    return unanswered(agent, { ...state, inVain }, inVain ? { ...world, waits: [] } : world, error);
  }
  return answered(state, turn, answer, bytes, world);
}

function requestOf(agent: Agent, state: AgentState, tools: readonly ChatTool[], maxOutputTokens: number): ChatRequest {
  return {
    messages: messagesOf(agent, state),
    tools,
    toolChoice: 'auto',
    schema: null,
    maxOutputTokens,
    temperature: 0,
    seed: agent.seed,
  };
}

async function unanswered(
  agent: Agent,
  state: AgentState,
  { budgets, waits = usualWaits }: AgentWorld,
  { name, message }: RatchetError,
): Promise<AgentState> {
  if (name === 'ChatTooLong' && state.tooLong < mostTooLong && state.turns.length > 1) {
    return { ...state, tooLong: state.tooLong + 1 };
  }
  if (name === 'ChatUnavailable' && state.unanswered < waits.length) {
    return { ...state, unanswered: state.unanswered + 1 };
  }
  // Nothing was used: what was set aside for the call is free again.
  await budgets.settle(agent.runId, callKey(agent, state.turn + 1), nothingSpent);
  const why: Ending =
    name === 'ChatUnavailable' ? 'model-unavailable' : name === 'ChatTooLong' ? 'context-full' : 'model-refused';
  return ended(state, why, message);
}

function answered(
  state: AgentState,
  turn: number,
  { text, toolCalls, end, usage }: ChatAnswer,
  bytes: number,
  { chat }: AgentWorld,
): AgentState {
  const used = {
    turns: 1,
    inputTokens: usage.inputTokens,
    cachedInputTokens: usage.cachedInputTokens,
    outputTokens: usage.outputTokens,
    microUsd: microUsdOf(usage, chat.prices),
  };
  const current: Turn = {
    turn,
    text,
    calls: toolCalls.map((call, index) => ({
      // Providers want ids back that differ, and names of few characters; models do not always write such.
      id: `t${turn}-${index + 1}`,
      name: call.name.replace(/[^A-Za-z0-9_-]/g, '_').slice(0, 64) || 'nameless',
      arguments: call.arguments,
      result: null,
    })),
    note: end === 'filtered' ? 'filtered' : end === 'length' ? 'cut-off' : null,
    usage: used,
    dropped: state.dropped.turns,
  };
  const measured = usage.inputTokens > 0 ? { tokens: usage.inputTokens, bytes } : state.measured;
  return { ...state, turn, current, measured, used: addUsage(state.used, used), unanswered: 0, tooLong: 0 };
}

async function callNext(
  agent: Agent,
  state: AgentState,
  { current, index, deadline }: { readonly current: Turn; readonly index: number; readonly deadline: number },
  { objects, chat }: AgentWorld,
): Promise<AgentState | null> {
  const call = current.calls[index];
  if (call === undefined) return state;
  const place = { turn: current.turn, index, call };
  const done: Done =
    index < mostCalls
      ? await doCall(agent, place, objects, deadline)
      : {
          kind: 'refused',
          reason: 'too many calls in one turn',
          why: { refused: `Only ${mostCalls} calls a turn are done. Call it again in the next one.` },
        };
  if (done.kind === 'later') return null;
  const failed = done.kind !== 'done';
  const text = await shown(agent, current.turn, index, toldOf(done), { objects, chat });
  const pin = done.kind === 'done' ? done.outcome.pin : undefined;
  const handIn = done.kind === 'done' ? done.outcome.handIn : undefined;
  const hasRoom = pin !== undefined && hasRoomFor([...state.pins, pin], chat);
  const note = pin !== undefined && !hasRoom ? '\nThere is no room to keep it in view: too much is noted already.' : '';
  const calls = current.calls.map((one, at): Call => {
    return at === index ? { ...one, result: { text: text + note, failed } } : one;
  });
  return {
    ...state,
    current: { ...current, calls },
    pins: pin !== undefined && hasRoom ? [...state.pins, pin] : state.pins,
    handedIn: handIn === undefined ? state.handedIn : jsonSchema.parse(handIn),
    ...withRefusals(state, refusalsOf(done)),
  };
}

/** Why a call, or parts of what it proposed, were refused. */
function refusalsOf(done: Done): readonly string[] {
  if (done.kind === 'refused') return [done.reason];
  return done.kind === 'done' ? (done.outcome.refusals ?? []) : [];
}

function withRefusals(
  { refused, refusals }: AgentState,
  more: readonly string[],
): Pick<AgentState, 'refused' | 'refusals'> {
  const counts = new Map(Object.entries(refusals));
  for (const why of more) {
    const reason = why.slice(0, longestRefusal).toWellFormed();
    if (counts.has(reason) || counts.size < mostRefusals) counts.set(reason, (counts.get(reason) ?? 0) + 1);
  }
  return { refused: refused + more.length, refusals: Object.fromEntries(counts) };
}

function hasRoomFor(pins: AgentState['pins'], chat: ChatModel): boolean {
  return Buffer.byteLength(dataBlock('', [...pins])) <= pinnedBytes(chat);
}

function toldOf(done: Exclude<Done, { kind: 'later' }>): Json {
  switch (done.kind) {
    case 'done':
      return done.outcome.value;
    case 'refused':
      return done.why;
    case 'unverified':
      return {
        effect: 'unverified',
        meaning: 'It was begun and nobody knows whether it happened. Verify it before you call it again.',
      };
  }
}

/** A result as the model sees it: within a data block; one that is too long by its beginning, the rest is kept. */
async function shown(
  { folder }: Agent,
  turn: number,
  index: number,
  value: Json,
  { objects, chat }: Pick<AgentWorld, 'objects' | 'chat'>,
): Promise<string> {
  const lines = Array.isArray(value) ? value : [value];
  const block = dataBlock('result of the call', lines);
  // A byte is at most a token, and three are one as a rule.
  const room = resultTokens(chat) * 3;
  if (Buffer.byteLength(block) <= room) return block;
  const id = `${turn}-${index + 1}`;
  const text = lines.map((line) => JSON.stringify(line)).join('\n');
  await keepResult(objects, folder, id, text);
  const preview = text.slice(0, Math.floor(room / 3)).toWellFormed();
  return [
    `The result is too long to be shown whole. Call read_result with the id "${id}" for the rest of it.`,
    dataBlock(`the first ${preview.length} of ${text.length} characters`, [preview]),
  ].join('\n');
}

async function endTurn(agent: Agent, state: AgentState, current: Turn, { objects }: AgentWorld): Promise<AgentState> {
  const silent = current.calls.length === 0;
  const allFailed = current.calls.every(({ result }) => result?.failed === true);
  const finished = silent && current.note === null && state.handedIn !== null;
  const note = finished || current.note === 'filtered' ? null : noteAfter(agent, current);
  const turn: Turn = { ...current, note };
  await writeTurn(objects, agent.folder, turn);
  const next: AgentState = {
    ...state,
    turns: [...state.turns, turn],
    current: null,
    astray: silent ? state.astray + 2 : allFailed ? state.astray + 1 : 0,
  };
  if (current.note === 'filtered') return ended(next, 'filtered', 'A filter of the model held its answer back.');
  if (finished) return ended(next, 'finished', '');
  if (next.astray >= mostAstray) return ended(next, 'nonsense', 'Its answers could not be used, time after time.');
  return next;
}

function noteAfter({ handsInBy }: Agent, { calls, note }: Turn): string | null {
  if (note === 'cut-off') return 'Your answer was cut off: it was too long. Answer in smaller parts.';
  if (calls.length > 0) return null;
  return `Nothing is handed in yet. Call ${handsInBy}. When that was taken, end with a short text and no call.`;
}

function ended(state: AgentState, why: Ending, detail: string): AgentState {
  return { ...state, ended: { why, detail } };
}
