import { type MachineState, machineStates, outputPaths } from './machine-states.ts';

/**
 * How many items each Map of a running execution has: told by the results of the stages before it, whose place the
 * Map's `ItemsPath` begins with. A Map over the results of another has as many items as that one.
 */
export class MapSizes {
  readonly #states: ReadonlyMap<string, MachineState>;
  /** By the path of a list in the machine's state, for example `$.plan.candidates`. */
  readonly #lengths = new Map<string, number>();

  constructor(definition: unknown) {
    this.#states = machineStates(definition);
  }

  /** Learns the lengths of the lists in a stage's result. */
  finished(state: string, result: unknown): void {
    const { result: path } = outputPaths(state, this.#states);
    if (path === '$' || typeof result !== 'object' || result === null) return;
    for (const [field, value] of Object.entries(result)) {
      if (Array.isArray(value)) this.#lengths.set(`${path}.${field}`, value.length);
    }
  }

  /** Items of the Map that a Task state is part of; null for a state of no Map, or when it is not known. */
  of(state: string): number | null {
    const map = this.#states.get(this.#states.get(state)?.map ?? '');
    return map?.ItemsPath === undefined ? null : this.#length(map.ItemsPath);
  }

  #length(path: string): number | null {
    const length = this.#lengths.get(path);
    if (length !== undefined) return length;
    const source = [...this.#states.values()].find(({ Type, ResultPath }) => Type === 'Map' && ResultPath === path);
    return source?.ItemsPath === undefined ? null : this.#length(source.ItemsPath);
  }
}
