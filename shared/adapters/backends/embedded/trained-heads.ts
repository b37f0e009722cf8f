import type { TrainAnswer } from './worker.ts';

/** Bytes of trained heads that are kept at most. */
const mostBytes = 256 * 2 ** 20;

/**
 * Heads as they are before they are averaged with a champion. A run tries the same dataset with several parts of the champion, and the
 * training is the same for all of them; it is asked for once, also while it is under way. The least recently used go first.
 */
export class TrainedHeads {
  readonly #heads = new Map<string, Promise<TrainAnswer>>();
  readonly #bytes = new Map<string, number>();

  /** @param key names all that the training depends on */
  get(key: string, train: () => Promise<TrainAnswer>): Promise<TrainAnswer> {
    const known = this.#heads.get(key);
    this.#heads.delete(key);
    const head = known ?? train();
    this.#heads.set(key, head);
    if (known === undefined) {
      head.then(
        ({ bytes }) => this.#keep(key, bytes.length),
        () => this.#heads.delete(key),
      );
    }
    return head;
  }

  #keep(key: string, bytes: number): void {
    this.#bytes.set(key, bytes);
    let total = this.#bytes.values().reduce((sum, each) => sum + each, 0);
    for (const oldest of this.#heads.keys()) {
      if (total <= mostBytes) break;
      total -= this.#bytes.get(oldest) ?? 0;
      if (this.#bytes.delete(oldest)) this.#heads.delete(oldest);
    }
  }
}
