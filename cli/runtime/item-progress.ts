/** How far the items of one Map are. */
export class ItemProgress {
  readonly total: number;
  /** Fractions of the items at work. */
  readonly #running = new Map<string, number>();
  readonly #verdicts = new Map<string, number>();
  readonly #finished = new Set<string>();
  #passedOver = 0;

  constructor(total: number) {
    this.total = total;
  }

  started(item: string): void {
    if (!this.#finished.has(item)) this.#running.set(item, 0);
  }

  progressed(item: string, fraction: number): void {
    if (!this.#finished.has(item)) this.#running.set(item, Math.min(1, fraction));
  }

  /** Nothing of the item is done until it is tried again. */
  failed(item: string): void {
    this.#running.delete(item);
  }

  finished(item: string, verdict: string | null, passedOver: boolean): void {
    this.#running.delete(item);
    if (this.#finished.has(item)) return;
    this.#finished.add(item);
    if (passedOver) this.#passedOver += 1;
    if (verdict !== null) this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
  }

  /** Items done, with the fractions of those at work. */
  get done(): number {
    return this.#finished.size + this.#running.values().reduce((sum, fraction) => sum + fraction, 0);
  }

  /** Whether every item has finished: one at work that is all but done may yet fail. */
  get ended(): boolean {
    return this.#finished.size >= this.total;
  }

  get allPassedOver(): boolean {
    return this.#passedOver === this.total;
  }

  get summary(): string {
    return [
      this.total === 1 ? '1 item' : `${this.total} items`,
      ...[...this.#verdicts].map(([verdict, count]) => `${count} ${verdict}`),
      ...(this.#passedOver === 0 ? [] : [`${this.#passedOver} done before`]),
    ].join(', ');
  }
}
