import { expect, test } from 'vitest';
import { traceStoreFailure } from '../../../../shared/adapters/duckdb/trace-store-failure.ts';

test.each([
  'TProtocolException: Invalid data',
  'IO Error: ZSTD Decompression failure',
  'Invalid Input Error: File is no Parquet file',
])('damage is told as damage, not as a full disk: %s', (message) => {
  const fault = traceStoreFailure(new Error(message));
  expect(fault.name).toBe('CorruptArtifact');
  expect(fault.mend).toContain('backup');
});

test('want of memory is told as such', () => {
  const fault = traceStoreFailure(new Error('Out of Memory Error: could not allocate block of size 256.0 KiB'));
  expect(fault.name).toBe('StorageFailure');
  expect(fault.mend).toContain('memory');
});
