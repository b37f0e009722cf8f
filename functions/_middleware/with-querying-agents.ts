import { commonDialect } from '../../shared/adapters/athena/common-dialect.ts';
import type { TraceQuery } from '../../shared/ports/trace-query.ts';
import { athenaOfDeployment } from './athena-of-deployment.ts';
import type { Cloud, PortsPart } from './cloud-ports.ts';
import { readAthena } from './environment.ts';
import { once } from './lambda-function.ts';
import { backEndsWith } from './with-back-ends.ts';

/**
 * All back ends, and agents that query traces, by Athena where the deployment has it, else by DuckDB, which keeps them in memory for
 * the life of the container, until the log changes. DuckDB reads the statements of both; its package comes from a layer and is loaded
 * when an agent first asks.
 */
export const withQueryingAgents: PortsPart = (cloud) => {
  const athena = readAthena();
  const query = once(async (): Promise<TraceQuery> => {
    if (athena !== null) return queryByAthena(cloud, athena);
    const { DuckDbTraceQuery } = await import('../../shared/adapters/duckdb/duckdb-trace-query.ts');
    return new DuckDbTraceQuery({ objects: cloud.ports.objects });
  });
  return backEndsWith(cloud, {
    traceQuery: {
      ...(athena === null ? {} : { dialect: commonDialect }),
      query: async (...given) => (await query()).query(...given),
    },
  });
};

async function queryByAthena(cloud: Cloud, athena: NonNullable<ReturnType<typeof readAthena>>): Promise<TraceQuery> {
  const [options, { AthenaTraceQuery }] = await Promise.all([
    athenaOfDeployment(cloud, athena),
    import('../../shared/adapters/athena/athena-trace-query.ts'),
  ]);
  return new AthenaTraceQuery({ ...options, objects: cloud.ports.objects });
}
