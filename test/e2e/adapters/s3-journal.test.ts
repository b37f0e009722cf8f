import { S3Client } from '@aws-sdk/client-s3';
import { afterAll } from 'vitest';
import { S3Journal } from '../../../shared/adapters/aws/s3-journal.ts';
import { S3ObjectStore } from '../../../shared/adapters/aws/s3-object-store.ts';
import { traceJournalContract } from '../../contract/trace-journal-contract.ts';
import { temporaryBucket } from '../../helpers/emulator-resources.ts';

const client = new S3Client({});
afterAll(() => client.destroy());

traceJournalContract('S3', async () => {
  const { bucket, remove } = await temporaryBucket(client);
  const objects = new S3ObjectStore({ client, bucket });
  const now = (): number => Date.now();
  let isThere = true;
  const removed = async (): Promise<void> => {
    if (isThere) await remove();
    isThere = false;
  };
  return {
    journal: new S3Journal({ objects, now }),
    reopened: () => new S3Journal({ objects, now }),
    breakDown: removed,
    dispose: removed,
  };
});
