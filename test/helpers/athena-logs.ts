import { AthenaClient } from '@aws-sdk/client-athena';
import { S3Client } from '@aws-sdk/client-s3';
import { AthenaLogReader } from '../../shared/adapters/athena/athena-log-reader.ts';
import { S3ObjectStore } from '../../shared/adapters/aws/s3-object-store.ts';
import { DuckDbTraceLog } from '../../shared/adapters/duckdb/duckdb-trace-log.ts';
import { emulatedTraceQueries } from './emulated-trace-queries.ts';
import { temporaryBucket } from './emulator-resources.ts';
import { FixedClock } from './fixed-clock.ts';

export interface AthenaLogOptions {
  readonly mergedTogether?: readonly number[];
  readonly timeoutMs?: number;
  /** What happens before a list of this key is written. */
  readonly beforeList?: (key: string) => Promise<void>;
}

/** Makes trace logs that the emulator's Athena reads, each in a bucket of its own. */
export async function athenaLogs() {
  const s3 = new S3Client({ forcePathStyle: true });
  const athena = new AthenaClient({});
  const deployed = await emulatedTraceQueries();
  const queries = new S3ObjectStore({ client: s3, bucket: deployed.bucket });

  async function create({ mergedTogether, timeoutMs, beforeList }: AthenaLogOptions = {}) {
    const { bucket, remove } = await temporaryBucket(s3);
    const objects = new S3ObjectStore({ client: s3, bucket });
    const clock = new FixedClock();
    const reader = new AthenaLogReader({
      client: athena,
      traceBucket: bucket,
      queries: Object.assign(Object.create(queries), {
        open: (key: string) => queries.open(key),
        delete: (key: string) => queries.delete(key),
        put: async (key: string, body: Uint8Array) => {
          await beforeList?.(key);
          await queries.put(key, body);
        },
      }),
      queriesBucket: deployed.bucket,
      database: deployed.database,
      workGroup: deployed.logWorkGroup,
      clock,
      ...(timeoutMs === undefined ? {} : { timeoutMs }),
    });
    const merging = mergedTogether === undefined ? {} : { mergedTogether };
    const log = new DuckDbTraceLog({ objects, clock, ...merging, reader });
    const dispose = async () => {
      await log.close();
      await remove();
    };
    const environment = {
      RATCHET_TRACE_BUCKET: bucket,
      RATCHET_ARTIFACT_BUCKET: bucket,
      RATCHET_TABLE: 'none',
      RATCHET_ATHENA_WORK_GROUP: deployed.logWorkGroup,
      RATCHET_ATHENA_DATABASE: deployed.database,
      RATCHET_ATHENA_BUCKET: deployed.bucket,
    };
    return { log, clock, objects, environment, dispose };
  }

  const close = async () => {
    await deployed.remove();
    s3.destroy();
    athena.destroy();
  };
  return { create, queries, close };
}
