import { retry } from './retry.ts';

/** Amazon States Language, as JSON has it. */
type Asl = { readonly [field: string]: unknown };

/**
 * A payload template: fields whose name ends with `.$` are paths into the state's input, the others stand as they are.
 */
export type Template = Asl;

export interface Machine {
  readonly StartAt: string;
  readonly States: { readonly [name: string]: Asl };
}

/** States that follow one another. */
export interface Part {
  /** The name of the state that it begins with. */
  readonly first: string;
  /** @param next the state that comes after it; null where the machine ends */
  states(next: string | null): readonly (readonly [name: string, state: Asl])[];
}

/** What a state says of itself beside its work. */
interface Said {
  /** For who reads the machine in the console. */
  readonly comment?: string;
  /** The state that comes after it, where that is not the one written below it. */
  readonly next?: string;
}

/** Longest that a Lambda function works, in seconds. */
const longestCallSeconds = 900;

/**
 * A Task state: the function of the same name.
 * @param input its input; all that the state gets where it is left out
 * @param resultPath where its output goes, for example `$.plan`; in place of all where it is left out
 */
export function task(
  name: string,
  { comment, next, input, resultPath }: Said & { readonly input?: Template; readonly resultPath?: string } = {},
): Part {
  return state(name, next, {
    Type: 'Task',
    Comment: comment,
    Resource: `\${${functionVariable(name)}}`,
    TimeoutSeconds: longestCallSeconds,
    Parameters: input,
    ResultPath: resultPath,
    Retry: retry,
  });
}

/** A Map state: for each item of the list at a path, side by side. @param item what the states of one item get */
export function map(
  name: string,
  {
    comment,
    next,
    resultPath,
    ...of
  }: Said & {
    readonly items: string;
    readonly atOnce: number;
    readonly item: Template;
    readonly does: Part;
    readonly resultPath?: string;
  },
): Part {
  return state(name, next, {
    Type: 'Map',
    Comment: comment,
    ItemsPath: of.items,
    MaxConcurrency: of.atOnce,
    ItemSelector: of.item,
    ItemProcessor: { ProcessorConfig: { Mode: 'INLINE' }, ...machine(of.does) },
    ResultPath: resultPath,
  });
}

/** A Parallel state. @param result what becomes of the list of the branches' outputs */
export function parallel(
  name: string,
  of: Said & { readonly branches: readonly Part[]; readonly result: Template; readonly resultPath: string },
): Part {
  return state(name, of.next, {
    Type: 'Parallel',
    Comment: of.comment,
    Branches: of.branches.map(machine),
    ResultSelector: of.result,
    ResultPath: of.resultPath,
  });
}

/** A Choice state, its name a question. @param answers the first whose condition holds is gone by */
export function choice(
  name: string,
  of: {
    readonly comment?: string;
    readonly answers: readonly (Asl & { readonly Next: string })[];
    readonly otherwise: string;
  },
): Part {
  return state(name, of.otherwise, { Type: 'Choice', Comment: of.comment, Choices: of.answers, Default: of.otherwise });
}

/**
 * A Pass state.
 * @param gives in place of its input, or at `resultPath`;
 * @param takes the path of what is passed on, all by default
 */
export function pass(
  name: string,
  of: Said & {
    readonly takes?: string;
    readonly gives?: Template;
    readonly result?: Asl;
    readonly resultPath?: string;
  },
): Part {
  return state(name, of.next, {
    Type: 'Pass',
    Comment: of.comment,
    InputPath: of.takes,
    Parameters: of.gives,
    Result: of.result,
    ResultPath: of.resultPath,
  });
}

/** A Wait state. @param seconds the path of how long, in seconds */
export function wait(name: string, of: Said & { readonly seconds: string }): Part {
  return state(name, of.next, { Type: 'Wait', Comment: of.comment, SecondsPath: of.seconds });
}

/** The end. @param output the path of what the execution ends with */
export function succeed(name: string, { output }: { readonly output: string }): Part {
  return { first: name, states: () => [[name, { Type: 'Succeed', OutputPath: output }]] };
}

/** Parts one after the other. */
export function sequence(first: Part, ...others: readonly Part[]): Part {
  const parts = [first, ...others];
  return {
    first: first.first,
    states: (next) => parts.flatMap((part, at) => part.states(parts[at + 1]?.first ?? next)),
  };
}

/** A machine of its own: what an execution, an item of a Map or a branch goes through. */
export function machine(part: Part): Machine {
  return { StartAt: part.first, States: Object.fromEntries(part.states(null)) };
}

/** `take-lease` → `TakeLeaseFunctionArn`, the variable of the state machine file that the CDK fills in. */
export function functionVariable(name: string): string {
  return `${name.replaceAll(/(?:^|-)([a-z])/g, (_match, letter: string) => letter.toUpperCase())}FunctionArn`;
}

function state(name: string, next: string | undefined, fields: Asl): Part {
  const said = Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== undefined));
  return {
    first: name,
    states: (following) => {
      if (fields.Type === 'Choice') return [[name, said]];
      const after = next ?? following;
      return [[name, { ...said, ...(after === null ? { End: true } : { Next: after }) }]];
    },
  };
}
