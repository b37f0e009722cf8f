import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { afterAll, beforeAll } from 'vitest';
import { AthenaLogReader } from '../../../shared/adapters/athena/athena-log-reader.ts';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { DuckDbTraceLog } from '../../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { traceLogContract } from '../../contract/trace-log-contract.ts';
import { type EmulatedTraceQueries, emulatedTraceQueries } from '../../helpers/emulated-trace-queries.ts';
import { temporaryBucket } from '../../helpers/emulator-resources.ts';
import { FixedClock } from '../../helpers/fixed-clock.ts';

const s3 = new S3Client({ forcePathStyle: true });
const athena = new AthenaClient({});
let deployed: EmulatedTraceQueries;
beforeAll(async () => {
  deployed = await emulatedTraceQueries();
});
afterAll(async () => {
  await deployed.remove();
  s3.destroy();
  athena.destroy();
});

async function newLog({ mergedTogether = [100, 1_000] }: { mergedTogether?: readonly number[] } = {}) {
  const { bucket, remove } = await temporaryBucket(s3);
  const objects = new S3ObjectStore({ client: s3, bucket });
  const clock = new FixedClock();
  const queries = new S3ObjectStore({ client: s3, bucket: deployed.bucket });
  const reader = new AthenaLogReader({
    client: athena,
    traceBucket: bucket,
    queries,
    queriesBucket: deployed.bucket,
    database: deployed.database,
    workGroup: deployed.workGroup,
    clock,
  });
  const log = new DuckDbTraceLog({ objects, clock, mergedTogether, reader });
  const dispose = async () => {
    await log.close();
    await remove();
  };
  return { log, clock, objects, queries, dispose };
}

traceLogContract('Athena over S3', () => newLog());
