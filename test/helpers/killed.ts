import type { Budgets } from '../../shared/ports/budgets.ts';
import type { ChatModel } from '../../shared/ports/chat-model.ts';
import type { ObjectStore } from '../../shared/ports/object-store.ts';

/** What a process is when it is gone; no code of the program takes it for one of its faults. */
export class Killed extends Error {}

/** Counts what reaches the world, and kills at one of these points: before it is done, or when it is done already. */
export class Killer {
  #count = 0;
  #at = Number.POSITIVE_INFINITY;
  #after = false;

  /** Begins to count anew. @param at the point, from 1 @param after whether it still happens */
  arm(at: number, after: boolean): void {
    this.#count = 0;
    this.#at = at;
    this.#after = after;
  }

  get count(): number {
    return this.#count;
  }

  async point<T>(work: () => Promise<T>): Promise<T> {
    this.#count += 1;
    const here = this.#count === this.#at;
    if (here && !this.#after) throw new Killed();
    const result = await work();
    if (here) throw new Killed();
    return result;
  }

  objects(inner: ObjectStore): ObjectStore {
    return {
      get: (key) => this.point(() => inner.get(key)),
      put: (key, body) => this.point(() => inner.put(key, body)),
      putIfAbsent: (key, body) => this.point(() => inner.putIfAbsent(key, body)),
      list: (prefix) => this.point(() => inner.list(prefix)),
      delete: (key) => this.point(() => inner.delete(key)),
      withLocalFile: (key, use) => this.point(() => inner.withLocalFile(key, use)),
    };
  }

  chat(inner: ChatModel): ChatModel {
    return { ...inner, answer: (request, deadline) => this.point(() => inner.answer(request, deadline)) };
  }

  budgets(inner: Budgets): Budgets {
    return {
      open: (runId, limit) => this.point(() => inner.open(runId, limit)),
      reserve: (runId, key, most) => this.point(() => inner.reserve(runId, key, most)),
      settle: (runId, key, used) => this.point(() => inner.settle(runId, key, used)),
      get: (runId) => this.point(() => inner.get(runId)),
    };
  }
}
