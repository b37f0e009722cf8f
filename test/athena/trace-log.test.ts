import { afterAll, beforeAll } from 'vitest';
import { traceLogContract } from '../contract/trace-log-contract.ts';
import { athenaLogs } from '../helpers/athena-logs.ts';

let logs: Awaited<ReturnType<typeof athenaLogs>>;
beforeAll(async () => {
  logs = await athenaLogs();
});
afterAll(() => logs.close());

traceLogContract('A log that Athena reads', () => logs.create());
traceLogContract('A log that Athena reads and that merges small files', () => logs.create({ mergedTogether: [2, 4] }));
