/** How far the items of one Map are. */
export class ItemProgress {
  readonly total: number;
  /** Fractions of the items at work. */
  readonly #running = new Map<string, number>();
  readonly #verdicts = new Map<string, number>();
  #finished = 0;
  #passedOver = 0;

  constructor(total: number) {
    this.total = total;
  }

  started(item: string): void {
    this.#running.set(item, 0);
  }

  /** @returns items done, with the fractions of those at work */
  progressed(item: string, fraction: number): number {
    this.#running.set(item, Math.min(1, fraction));
    return this.#done();
  }

  finished(item: string, verdict: string | null, passedOver: boolean): number {
    this.#running.delete(item);
    this.#finished += 1;
    if (passedOver) this.#passedOver += 1;
    if (verdict !== null) this.#verdicts.set(verdict, (this.#verdicts.get(verdict) ?? 0) + 1);
    return this.#done();
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

  #done(): number {
    return this.#finished + this.#running.values().reduce((sum, fraction) => sum + fraction, 0);
  }
}
