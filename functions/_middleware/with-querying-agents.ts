import { commonDialect } from '../../shared/adapters/athena/common-dialect.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import type { TraceQuery } from '../../shared/ports/trace-query.ts';
import type { Cloud, PortsPart } from './cloud-ports.ts';
import { readAthena, readEnvironment } from './environment.ts';
import { once } from './lambda-function.ts';
import { tracer } from './powertools.ts';
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
  const [{ AthenaClient }, { AthenaTraceQuery }] = await Promise.all([
    import('@aws-sdk/client-athena'),
    import('../../shared/adapters/athena/athena-trace-query.ts'),
  ]);
  const bucket = athena.RATCHET_ATHENA_BUCKET;
  return new AthenaTraceQuery({
    client: tracer.captureAWSv3Client(new AthenaClient({})),
    objects: cloud.ports.objects,
    traceBucket: readEnvironment().RATCHET_TRACE_BUCKET,
    queries: new S3ObjectStore({ client: cloud.s3, bucket }),
    queriesBucket: bucket,
    database: athena.RATCHET_ATHENA_DATABASE,
    workGroup: athena.RATCHET_ATHENA_WORK_GROUP,
    clock: cloud.ports.clock,
  });
}
