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
  readonly #calls = new LRUCache<string, Call>({ maxSize: remembered, sizeCalculation: () => 1 });
  readonly #roots: WaitingRoot<Root>[] = [];

  /** Enters a call of a trace; where an id is not known, nothing is entered. */
  enter(traceId: string | null, id: string | null): void {
    this.#enter(traceId, id, false);
  }

  /** The id of the one call of a trace; null where there are several, undefined where none is known. */
  callOf(traceId: string): string | null | undefined {
    return this.#calls.get(traceId)?.id;
  }

  /** Lets a root wait, and gives the one that has waited longest where there are too many. */
  *hold(traceId: string | null, id: string | null, root: Root): Generator<DecidedRoot<Root>> {
    this.#roots.push({ traceId, id, root });
    if (this.#roots.length > rootsAtOnce) for (const oldest of this.#roots.splice(0, 1)) yield this.#decided(oldest);
  }

  /** All roots that still wait. */
  *end(): Generator<DecidedRoot<Root>> {
    for (const waiting of this.#roots.splice(0)) yield this.#decided(waiting);
  }

  #decided({ traceId, id, root }: WaitingRoot<Root>): DecidedRoot<Root> {
    const call = traceId === null ? undefined : this.#calls.get(traceId);
    const isCall = call === undefined || call.isRoot;
    if (isCall) this.#enter(traceId, id, true);
    return { root, isCall };
  }

  #enter(traceId: string | null, id: string | null, isRoot: boolean): void {
    if (traceId === null || id === null) return;
    const before = this.#calls.get(traceId);
    const isOnly = before === undefined || before.id === id || (before.isRoot && !isRoot);
    this.#calls.set(traceId, { id: isOnly ? id : null, isRoot });
  }
}

interface Call {
  /** Null where there are several. */
  readonly id: string | null;
  /** Whether it is a root, for want of a record that says it is a call. */
  readonly isRoot: boolean;
}

interface WaitingRoot<Root> {
  readonly traceId: string | null;
  readonly id: string | null;
  readonly root: Root;
}
