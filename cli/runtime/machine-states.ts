import { z } from 'zod';

const answerSchema = z.looseObject({ Next: z.string().optional() });

const stateSchema = z.object({
  Type: z.string(),
  Next: z.string().optional(),
  InputPath: z.string().optional(),
  ItemsPath: z.string().optional(),
  ResultPath: z.string().optional(),
  Choices: z.array(answerSchema).default([]),
  ItemProcessor: z.unknown().optional(),
  Branches: z.array(z.unknown()).default([]),
  Retry: z.array(z.object({ ErrorEquals: z.array(z.string()), MaxAttempts: z.int().default(3) })).default([]),
});
const machineSchema = z.object({ States: z.record(z.string(), stateSchema) });

export interface MachineState extends z.infer<typeof stateSchema> {
  /** The Map that it is part of; null for none. */
  readonly map: string | null;
}

/** All states of a state machine by name, those within Maps and Parallels too. */
export function machineStates(definition: unknown): ReadonlyMap<string, MachineState> {
  return new Map(within(definition, null));
}

function* within(definition: unknown, map: string | null): Generator<[string, MachineState]> {
  for (const [name, state] of Object.entries(machineSchema.parse(definition).States)) {
    yield [name, { ...state, map }];
    if (state.ItemProcessor !== undefined) yield* within(state.ItemProcessor, name);
    for (const branch of state.Branches) yield* within(branch, map);
  }
}

/** Where the output of a Task state goes, and the stage's result, which a long stage's state wraps until it is done. */
export interface OutputPaths {
  /** In the output of the Task state; `$` for all of it. */
  readonly task: string;
  /** In the state's output once the result is put away; the same as `task` for a stage that is done in one call. */
  readonly result: string;
  readonly long: boolean;
}

/** Knows a long stage by the Pass state after it, which takes the result out of what the Task gives. */
export function outputPaths(name: string, states: ReadonlyMap<string, MachineState>): OutputPaths {
  const state = states.get(name);
  const task = state?.ResultPath ?? '$';
  const after = states.get(states.get(state?.Next ?? '')?.Choices[0]?.Next ?? '');
  const long = after?.Type === 'Pass' && after.InputPath === `${task}.result`;
  return { task, result: long ? (after.ResultPath ?? '$') : task, long };
}
