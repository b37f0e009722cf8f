import { LRUCache } from 'lru-cache';
import type { TrainAnswer } from './worker.ts';

/** Bytes of trained heads that are kept at most. */
const mostBytes = 256 * 2 ** 20;

/**
 * Heads as they are before they are averaged with a champion. A run tries the same dataset with several parts of the
 * champion, and the training is the same for all of them; it is asked for once, also while it is under way. The least
 * recently used go first.
 */
export class TrainedHeads {
  readonly #trained = new LRUCache<string, TrainAnswer>({
    maxSize: mostBytes,
    sizeCalculation: ({ bytes }) => bytes.length,
  });
  readonly #underWay = new Map<string, Promise<TrainAnswer>>();

  /** @param key names all that the training depends on */
  async get(key: string, train: () => Promise<TrainAnswer>): Promise<TrainAnswer> {
    return this.#trained.get(key) ?? this.#underWay.get(key) ?? this.#begin(key, train);
  }

  #begin(key: string, train: () => Promise<TrainAnswer>): Promise<TrainAnswer> {
    const training = train()
      .then((head) => {
        this.#trained.set(key, head);
        return head;
      })
      .finally(() => this.#underWay.delete(key));
    this.#underWay.set(key, training);
    return training;
  }
}
