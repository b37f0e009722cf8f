import { z } from 'zod';
import type { Agent } from '../../shared/agents/agent.ts';
import { type Turn, turnSchema } from '../../shared/agents/agent-state.ts';
import type { Tool, ToolOutcome } from '../../shared/agents/tools/tool.ts';
import { type Budgets, unlimited } from '../../shared/ports/budgets.ts';
import { readJson } from '../../shared/ports/documents.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

export const testRun = 'r1';

/** An agent to try turns with. */
export function testAgent(tools: readonly Tool[], change: Partial<Agent> = {}): Agent {
  return {
    agentId: 'a1',
    role: 'tester',
    runId: testRun,
    folder: 'runs/m1/r1/a1',
    system: 'You are an agent under test.',
    request: 'Do what the script says.',
    pins: [],
    tools,
    handsInBy: 'hand_in',
    limits: { turns: 1_000, outputTokens: 100_000, answerTokens: 500 },
    seed: 1,
    ...change,
  };
}

export async function openBudget(budgets: Budgets, turns = unlimited): Promise<void> {
  await budgets.open(testRun, { turns, outputTokens: unlimited, microUsd: unlimited });
}

/** Hands in what it is given. */
export const handIn: Tool = tool('hand_in', z.strictObject({ result: z.string() }), async ({ result }) => ({
  value: { taken: true },
  handIn: result,
}));

/** Gives a text of so many characters. */
export const lookUp: Tool = tool('look_up', z.strictObject({ characters: z.int() }), async ({ characters }) => ({
  value: { text: 'word '.repeat(characters / 5) },
}));

/** Pins what it is given. */
export const note: Tool = tool('note', z.strictObject({ text: z.string() }), async ({ text }) => ({
  value: { noted: true },
  pin: { kind: 'decision', text },
}));

/** An effect on the world outside: it counts how often each happened. */
export function sending(
  sent: string[],
  options: { readonly point?: <T>(work: () => Promise<T>) => Promise<T>; readonly canTell: boolean },
): Tool {
  const point = options.point ?? ((work) => work());
  const effect = {
    perform: (given: { text: string }, key: string) =>
      point(async (): Promise<ToolOutcome> => {
        sent.push(`${key} ${given.text}`);
        return { value: { sent: true } };
      }),
    ...(options.canTell && {
      find: async (given: { text: string }, key: string): Promise<ToolOutcome | null> =>
        sent.includes(`${key} ${given.text}`) ? { value: { sent: true } } : null,
    }),
  };
  const given = z.strictObject({ text: z.string() });
  return { name: 'send', description: 'Sends a text.', given, effect } as unknown as Tool;
}

function tool<A>(name: string, given: z.ZodType<A>, read: (given: A) => Promise<ToolOutcome>): Tool {
  return { name, description: `Does ${name}.`, given, read } as unknown as Tool;
}

/** All turns of an agent that are over, first to last. */
export async function readTurns(objects: ObjectStore, folder: string): Promise<readonly Turn[]> {
  const keys = await objects.list(`${folder}/turns/`);
  return Promise.all(keys.map((key) => readJson(objects, key, turnSchema)));
}

/** All objects below a prefix, as text. */
export async function textsOf(objects: ObjectStore, prefix: string): Promise<Readonly<Record<string, string>>> {
  const keys = await objects.list(prefix);
  const bodies = await Promise.all(keys.map(async (key) => [key, new TextDecoder().decode(await objects.get(key))]));
  return Object.fromEntries(bodies);
}
