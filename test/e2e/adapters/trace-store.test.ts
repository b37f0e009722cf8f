import { S3Client } from '@aws-sdk/client-s3';
import { afterAll } from 'vitest';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { DuckDbTraceLog } from '../../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { DuckDbTraceQuery } from '../../../shared/adapters/duckdb/duckdb-trace-query.ts';
import { traceLogContract } from '../../contract/trace-log-contract.ts';
import { traceQueryContract } from '../../contract/trace-query-contract.ts';
import { temporaryBucket } from '../../helpers/emulator-resources.ts';
import { FixedClock } from '../../helpers/fixed-clock.ts';

const client = new S3Client({});
afterAll(() => client.destroy());

for (const [name, options] of [
  ['DuckDB over S3', {}],
  ['DuckDB over S3 that merges small files', { mergedTogether: [2, 4] }],
] as const) {
  traceLogContract(name, async () => {
    const { bucket, remove } = await temporaryBucket(client);
    const clock = new FixedClock();
    const log = new DuckDbTraceLog({ objects: new S3ObjectStore({ client, bucket }), clock, ...options });
    const dispose = async () => {
      await log.close();
      await remove();
    };
    return { log, clock, dispose };
  });
}

traceQueryContract('DuckDB over S3', async () => {
  const { bucket, remove } = await temporaryBucket(client);
  const objects = new S3ObjectStore({ client, bucket });
  const log = new DuckDbTraceLog({ objects, clock: new FixedClock() });
  const query = new DuckDbTraceQuery({ objects, timeoutMs: 1_500 });
  const dispose = async () => {
    await query.close();
    await log.close();
    await remove();
  };
  return { log, query, dispose };
});
