import { z } from 'zod';

const stateSchema = z.object({
  Type: z.string(),
  ItemsPath: z.string().optional(),
  ResultPath: z.string().optional(),
  ItemProcessor: z.object({ StartAt: z.string() }).optional(),
  Branches: z.array(z.unknown()).default([]),
});
type State = z.infer<typeof stateSchema>;
const machineSchema = z.object({ States: z.record(z.string(), stateSchema) });

/**
 * How many items each Map of a running execution has: told by the outputs of the Task states before it, whose `ResultPath` the
 * Map's `ItemsPath` begins with. A Map over the results of another has as many items as that one.
 */
export class MapSizes {
  readonly #states: ReadonlyMap<string, State>;
  /** By the path of a list in the machine's state, for example `$.plan.candidates`. */
  readonly #lengths = new Map<string, number>();

  constructor(definition: unknown) {
    this.#states = new Map(statesOf(definition));
  }

  /** Learns the lengths of the lists in a Task state's output. */
  finished(state: string, output: unknown): void {
    const path = this.#states.get(state)?.ResultPath;
    if (path === undefined || typeof output !== 'object' || output === null) return;
    for (const [field, value] of Object.entries(output)) {
      if (Array.isArray(value)) this.#lengths.set(`${path}.${field}`, value.length);
    }
  }

  /** Items of the Map that a Task state works for; null for a state of no Map, or when it is not known. */
  of(state: string): number | null {
    const map = [...this.#states.values()].find(({ ItemProcessor }) => ItemProcessor?.StartAt === state);
    return map?.ItemsPath === undefined ? null : this.#length(map.ItemsPath);
  }

  #length(path: string): number | null {
    const length = this.#lengths.get(path);
    if (length !== undefined) return length;
    const source = [...this.#states.values()].find(({ Type, ResultPath }) => Type === 'Map' && ResultPath === path);
    return source?.ItemsPath === undefined ? null : this.#length(source.ItemsPath);
  }
}

function* statesOf(definition: unknown): Generator<[string, State]> {
  for (const [name, state] of Object.entries(machineSchema.parse(definition).States)) {
    yield [name, state];
    for (const branch of state.Branches) yield* statesOf(branch);
  }
}
