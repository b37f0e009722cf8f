import type { AthenaLogReaderOptions } from '../../shared/adapters/athena/athena-log-reader.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import type { Cloud } from './cloud-ports.ts';
import { type readAthena, readEnvironment } from './environment.ts';
import { tracer } from './powertools.ts';

/** What asks Athena of a deployment, for queries of agents and for the trace log. Loads Athena's client, which is large. */
export async function athenaOfDeployment(
  { s3, ports }: Cloud,
  athena: NonNullable<ReturnType<typeof readAthena>>,
): Promise<AthenaLogReaderOptions> {
  const { AthenaClient } = await import('@aws-sdk/client-athena');
  const bucket = athena.RATCHET_ATHENA_BUCKET;
  return {
    client: tracer.captureAWSv3Client(new AthenaClient({})),
    traceBucket: readEnvironment().RATCHET_TRACE_BUCKET,
    queries: new S3ObjectStore({ client: s3, bucket }),
    queriesBucket: bucket,
    database: athena.RATCHET_ATHENA_DATABASE,
    workGroup: athena.RATCHET_ATHENA_WORK_GROUP,
    clock: ports.clock,
  };
}
