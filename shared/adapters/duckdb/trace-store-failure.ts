import { RatchetError } from '../../domain/base/errors.ts';
import { storageFailure } from '../local/storage-failure.ts';

/**
 * What DuckDB, or the conversion of its rows, complains of while it reads or writes the trace log's files, as a fault.
 */
export function traceStoreFailure(error: unknown): RatchetError {
  if (error instanceof RatchetError) return error;
  const message = error instanceof Error ? error.message : String(error);
  if (/Out of Memory/i.test(message)) {
    return new RatchetError('StorageFailure', `The trace log took more memory than it may: ${message}`, {
      cause: error,
      mend: 'Bring the traces in in smaller files, or free memory on this machine, then run the same command again.',
    });
  }
  if (!isDamage(error, message)) return storageFailure('use', 'the trace log', error);
  return new RatchetError('CorruptArtifact', `The trace log holds a file that cannot be read: ${message}`, {
    cause: error,
    mend: 'Restore the traces and judgements of the workspace from a backup.',
  });
}

/** DuckDB's errors are plain errors told apart by their text; any other class comes from converting a row. */
function isDamage(error: unknown, message: string): boolean {
  if (!(error instanceof Error) || error.name !== 'Error') return true;
  return /No magic bytes|too small to be a Parquet|Invalid Input Error|Serialization Error|Binder Error|TProtocol|[Dd]ecompress|[Cc]orrupt|[Ii]nvalid Parquet|[Rr]ead out of bounds|Out of buffer|Out of Range Error|Conversion Error/.test(
    message,
  );
}
