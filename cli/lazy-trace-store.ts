import type { Clock } from '../shared/ports/clock.ts';
import type { ObjectStore } from '../shared/ports/object-store.ts';
import type { TraceLog } from '../shared/ports/trace-log.ts';
import type { TraceQuery } from '../shared/ports/trace-query.ts';

export interface LazyTraceStore {
  readonly traceLog: TraceLog;
  readonly traceQuery: TraceQuery;
  close(): Promise<void>;
}

/** The trace log and its queries on DuckDB; each is loaded when it is first used, since most commands ask neither. */
export function lazyTraceStore(options: { readonly objects: ObjectStore; readonly clock: Clock }): LazyTraceStore {
  const log = new Lazy(async () => {
    const { DuckDbTraceLog } = await import('../shared/adapters/duckdb/duckdb-trace-log.ts');
    return new DuckDbTraceLog(options);
  });
  const query = new Lazy(async () => {
    const { DuckDbTraceQuery } = await import('../shared/adapters/duckdb/duckdb-trace-query.ts');
    return new DuckDbTraceQuery(options);
  });
  return {
    traceLog: {
      knownTraces: async (...request) => (await log.get()).knownTraces(...request),
      judgementsOf: async (...request) => (await log.get()).judgementsOf(...request),
      append: async (...request) => (await log.get()).append(...request),
      read: async (...request) => (await log.get()).read(...request),
      erase: async (...request) => (await log.get()).erase(...request),
      erasedAmong: async (...request) => (await log.get()).erasedAmong(...request),
      history: async (...request) => (await log.get()).history(...request),
      version: async (...request) => (await log.get()).version(...request),
    },
    traceQuery: { query: async (...request) => (await query.get()).query(...request) },
    async close() {
      await Promise.all([log, query].map(async (lazy) => (await lazy.loaded)?.close()));
    },
  };
}

class Lazy<T> {
  /** Undefined until it was asked for. */
  loaded: Promise<T> | undefined;
  readonly #load: () => Promise<T>;

  constructor(load: () => Promise<T>) {
    this.#load = load;
  }

  get(): Promise<T> {
    this.loaded ??= this.#load();
    return this.loaded;
  }
}
