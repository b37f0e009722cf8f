import { LRUCache } from 'lru-cache';

/** The memory of a file: how many traces are remembered, and how many roots wait, at once. */
const remembered = 100_000;
const rootsAtOnce = 1_000;

/** A root of a trace, and whether it stands for the model's call. */
export interface DecidedRoot<Root> {
  readonly root: Root;
  readonly isCall: boolean;
}

/**
 * Which record of a trace is the model's call, as the records of a file come by: those that say so, or else the root. A
 * root waits until the file ends, or until a thousand others have come; in bounded memory, so a call that comes
 * later still, or 100,000 traces later, is not known.
 */
export class TraceCalls<Root> {
  readonly #calls = new LRUCache<string, { readonly id: string | null }>({ max: remembered });
  readonly #roots = new Map<string, { readonly traceId: string | null; readonly root: Root }>();

  /** Enters a call of a trace; ids that are not known are left out. */
  enter(traceId: string | null, id: string | null): void {
    if (traceId === null || id === null) return;
    const before = this.#calls.get(traceId);
    this.#calls.set(traceId, { id: before === undefined || before.id === id ? id : null });
  }

  /** The id of the one call of a trace; null where there are several, undefined where none is known. */
  callOf(traceId: string): string | null | undefined {
    return this.#calls.get(traceId)?.id;
  }

  /** Lets a root wait, and gives the one that has waited longest where there are too many. */
  *hold(traceId: string | null, id: string | null, root: Root): Generator<DecidedRoot<Root>> {
    const [oldest] = this.#roots;
    if (this.#roots.size === rootsAtOnce && oldest !== undefined) {
      this.#roots.delete(oldest[0]);
      yield this.#decided(oldest[0], oldest[1]);
    }
    const key = id ?? traceId;
    if (key === null) yield { root, isCall: true };
    else this.#roots.set(key, { traceId, root });
  }

  /** All roots that still wait. */
  *end(): Generator<DecidedRoot<Root>> {
    for (const [id, waiting] of this.#roots) yield this.#decided(id, waiting);
    this.#roots.clear();
  }

  #decided(id: string, { traceId, root }: { readonly traceId: string | null; readonly root: Root }): DecidedRoot<Root> {
    const isCall = traceId === null || !this.#calls.has(traceId);
    if (isCall) this.enter(traceId, id);
    return { root, isCall };
  }
}
