import { z } from 'zod';
import { RatchetError } from '../domain/base/errors.ts';
import type { Json } from '../domain/base/json.ts';
import { writeJson } from '../ports/documents.ts';
import type { ObjectStore } from '../ports/object-store.ts';
import type { Agent } from './agent.ts';
import { agentFiles } from './agent-files.ts';
import type { Call } from './agent-state.ts';
import type { Tool, ToolOutcome } from './tools/tool.ts';

/** What a call came to: an outcome, or why it could not be done as it was written. */
export type Done =
  | { readonly kind: 'done'; readonly outcome: ToolOutcome }
  | { readonly kind: 'refused'; readonly reason: string; readonly why: Json }
  /** It goes on later. */
  | { readonly kind: 'later' }
  /** It was begun once, and nobody knows whether it happened. */
  | { readonly kind: 'unverified' };

/** Longest text of a fault that a model is told. */
const longestReason = 1_000;

/**
 * Does one call of a tool. An effect is claimed before it happens, by run, agent, turn and call: whoever finds it
 * claimed does not do it again unless the tool can tell that it has not happened.
 * @throws what is no fault of the call
 */
export async function doCall(
  agent: Pick<Agent, 'folder' | 'tools'>,
  { turn, index, call }: { readonly turn: number; readonly index: number; readonly call: Call },
  objects: ObjectStore,
  deadline: number,
): Promise<Done> {
  const tool = agent.tools.find(({ name }) => name === call.name);
  if (tool === undefined) {
    return refused(`There is no tool ${call.name}.`, { tools: agent.tools.map(({ name }) => name) });
  }
  const given = readArguments(tool, call.arguments);
  if (!given.ok) return refused(`The arguments of ${call.name} are not what it takes.`, { problem: given.problem });
  try {
    if (tool.work !== undefined) {
      const outcome = await tool.work(given.value, { folder: agentFiles.work(agent.folder, turn, index), deadline });
      return outcome === null ? { kind: 'later' } : { kind: 'done', outcome };
    }
    if (tool.effect === undefined) return { kind: 'done', outcome: await read(tool, given.value) };
    const claim = agentFiles.claim(agent.folder, turn, index);
    const key = agentFiles.effect(agent.folder, turn, index);
    return await claimed(tool.effect, given.value, { claim, key, turn, tool: call.name }, objects);
  } catch (error) {
    if (!(error instanceof RatchetError && isOfTheCall(error))) throw error;
    return refused(error.message.slice(0, longestReason).toWellFormed(), {});
  }
}

async function claimed(
  { perform, find }: NonNullable<Tool['effect']>,
  given: never,
  {
    claim,
    key,
    turn,
    tool,
  }: { readonly claim: string; readonly key: string; readonly turn: number; readonly tool: string },
  objects: ObjectStore,
): Promise<Done> {
  const body = new TextEncoder().encode(`${JSON.stringify({ tool, given })}\n`);
  if (!(await objects.putIfAbsent(claim, body))) {
    if (find === undefined) return { kind: 'unverified' };
    const found = await find(given, key);
    if (found !== null) return { kind: 'done', outcome: found };
  }
  return { kind: 'done', outcome: await perform(given, key, turn) };
}

async function read(tool: Tool, given: never): Promise<ToolOutcome> {
  if (tool.read === undefined) throw new Error(`tool ${tool.name} does nothing`);
  return tool.read(given);
}

type Arguments = { readonly ok: true; readonly value: never } | { readonly ok: false; readonly problem: string };

/** Arguments that a model wrote; none at all are an empty object. */
function readArguments({ given }: Tool, text: string): Arguments {
  let written: unknown;
  try {
    written = text.trim() === '' ? {} : JSON.parse(text);
  } catch {
    return { ok: false, problem: 'they are no JSON, or are cut off' };
  }
  const parsed = given.safeParse(written);
  if (parsed.success) return { ok: true, value: parsed.data };
  return { ok: false, problem: z.prettifyError(parsed.error).slice(0, longestReason).toWellFormed() };
}

/** Whether the model can mend it by calling otherwise. */
function isOfTheCall({ name }: RatchetError): boolean {
  return name === 'InvalidInput' || name === 'ForbiddenQuery';
}

function refused(why: string, more: Readonly<Record<string, Json>>): Done {
  return { kind: 'refused', reason: why, why: { refused: why, ...more } };
}

/** Keeps a result that is too long to be shown. */
export function keepResult(objects: ObjectStore, folder: string, id: string, text: string): Promise<void> {
  return writeJson(objects, agentFiles.result(folder, id), { text });
}
