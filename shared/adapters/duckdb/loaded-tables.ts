import type { DuckDBInstance } from '@duckdb/node-api';

/** A loaded DuckDB that queries share; closed when it was retired and the last of them has ended. */
export class LoadedTables {
  readonly version: string;
  readonly #instance: Promise<DuckDBInstance>;
  readonly #closed = Promise.withResolvers<void>();
  #users = 0;
  #retired = false;

  constructor(version: string, instance: Promise<DuckDBInstance>) {
    this.version = version;
    this.#instance = instance;
  }

  async use<T>(work: (instance: DuckDBInstance) => Promise<T>): Promise<T> {
    this.#users += 1;
    try {
      return await work(await this.#instance);
    } finally {
      this.#users -= 1;
      this.#closeIfIdle();
    }
  }

  /** Closes it as soon as nobody uses it; resolves when that is done. */
  retire(): Promise<void> {
    if (!this.#retired) {
      this.#retired = true;
      this.#closeIfIdle();
    }
    return this.#closed.promise;
  }

  #closeIfIdle(): void {
    if (!this.#retired || this.#users > 0) return;
    this.#instance
      .then(
        (instance) => instance.closeSync(),
        () => undefined,
      )
      .finally(this.#closed.resolve);
  }
}
