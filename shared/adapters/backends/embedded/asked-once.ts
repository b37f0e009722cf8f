import { LRUCache } from 'lru-cache';

/**
 * Results of work that is asked for under the same key again and again: done once, also while it is under way. The
 * least recently used go first; one that is larger than the room there is isn't kept.
 */
export class AskedOnce<T extends object> {
  readonly #done: LRUCache<string, T>;
  readonly #underWay = new Map<string, Promise<T>>();

  /**
   * @param mostBytes of results that are kept
   * @param bytesOf the size of one, at least 1
   */
  constructor(mostBytes: number, bytesOf: (result: T) => number) {
    this.#done = new LRUCache({ maxSize: mostBytes, sizeCalculation: (result) => bytesOf(result) });
  }

  /** @param key names all that the result depends on */
  async get(key: string, work: () => Promise<T>): Promise<T> {
    return this.#done.get(key) ?? this.#underWay.get(key) ?? this.#begin(key, work);
  }

  /** Forgets what is done. */
  clear(): void {
    this.#done.clear();
  }

  #begin(key: string, work: () => Promise<T>): Promise<T> {
    const result = work()
      .then((value) => {
        this.#done.set(key, value);
        return value;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, result);
    return result;
  }
}
