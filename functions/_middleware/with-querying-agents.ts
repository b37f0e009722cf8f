import type { TraceQuery } from '../../shared/ports/trace-query.ts';
import type { PortsPart } from './cloud-ports.ts';
import { once } from './lambda-function.ts';
import { backEndsWith } from './with-back-ends.ts';

/**
 * All back ends, and agents that query traces by DuckDB, whose package comes from a layer and is loaded when an agent
 * first asks. Traces stay in memory for the life of the container, until the log changes.
 */
export const withQueryingAgents: PortsPart = (cloud) => {
  const query = once(async (): Promise<TraceQuery> => {
    const { DuckDbTraceQuery } = await import('../../shared/adapters/duckdb/duckdb-trace-query.ts');
    return new DuckDbTraceQuery({ objects: cloud.ports.objects });
  });
  return backEndsWith(cloud, { traceQuery: { query: async (...given) => (await query()).query(...given) } });
};
