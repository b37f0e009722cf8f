import { z } from 'zod';
import type { LoopGraph } from './messages.ts';

const stateSchema = z.object({
  Type: z.string(),
  Comment: z.string().default(''),
  Next: z.string().optional(),
  Default: z.string().optional(),
  Choices: z.array(z.looseObject({ Next: z.string().optional() })).default([]),
  ItemProcessor: z.unknown().optional(),
  Branches: z.array(z.unknown()).default([]),
});
const machineSchema = z.object({ StartAt: z.string(), States: z.record(z.string(), stateSchema) });

interface State extends z.infer<typeof stateSchema> {
  /** The Map or Parallel that it is part of; null for none. */
  readonly within: string | null;
  /** Where a Map or a Parallel begins. */
  readonly begins: readonly string[];
}

const mapPrefix = 'for-each-';

/** The stages of a state machine as a graph: what only routes and waits between them is left out. */
export function loopGraph(definition: unknown): LoopGraph {
  const states = new Map(statesOf(definition, null));
  const names = [...states].filter(([, { Type }]) => Type === 'Task').map(([name]) => name);
  const order = new Map(names.map((name, at) => [name, at]));
  const edges = names.flatMap((from) =>
    [...tasksAfter(from, states)]
      .filter((to) => to !== from)
      .map((to) => ({ from, to, back: (order.get(to) ?? 0) < (order.get(from) ?? 0) })),
  );
  const columns = new Map<string, number>();
  for (const name of names) {
    const before = edges.filter(({ to, back }) => to === name && !back).map(({ from }) => columns.get(from) ?? 0);
    columns.set(name, before.length === 0 ? 0 : Math.max(...before) + 1);
  }
  return {
    stages: names.map((name) => ({
      name,
      each: eachOf(name, states),
      what: states.get(name)?.Comment ?? '',
      column: columns.get(name) ?? 0,
    })),
    edges,
  };
}

function* statesOf(definition: unknown, within: string | null): Generator<[string, State]> {
  const { States } = machineSchema.parse(definition);
  for (const [name, state] of Object.entries(States)) {
    const parts = [...(state.ItemProcessor === undefined ? [] : [state.ItemProcessor]), ...state.Branches];
    yield [name, { ...state, within, begins: parts.map((part) => machineSchema.parse(part).StartAt) }];
    for (const part of parts) yield* statesOf(part, name);
  }
}

/** The Task states that may come next, over all that routes between. */
function tasksAfter(from: string, states: ReadonlyMap<string, State>): ReadonlySet<string> {
  const found = new Set<string>();
  const seen = new Set<string>();
  const waiting = nextOf(from, states);
  for (let name = waiting.pop(); name !== undefined; name = waiting.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    const state = states.get(name);
    if (state === undefined) continue;
    if (state.Type === 'Task') found.add(name);
    else if (state.begins.length > 0) waiting.push(...state.begins);
    else waiting.push(...nextOf(name, states));
  }
  return found;
}

/** Where a state leads to: out of its Map or Parallel where it is the last there. */
function nextOf(name: string, states: ReadonlyMap<string, State>): string[] {
  const state = states.get(name);
  if (state === undefined) return [];
  const next = [state.Next, state.Default, ...state.Choices.map((choice) => choice.Next)].filter(
    (one) => one !== undefined,
  );
  if (next.length > 0 || state.within === null) return next;
  return nextOf(state.within, states);
}

function eachOf(name: string, states: ReadonlyMap<string, State>): string | null {
  const within = states.get(name)?.within ?? null;
  if (within === null) return null;
  return within.startsWith(mapPrefix) ? within.slice(mapPrefix.length).replaceAll('-', ' ') : eachOf(within, states);
}
