import { RatchetError } from '../../domain/base/errors.ts';

const mends: Readonly<Record<string, string>> = {
  ENOSPC: 'Free some disk space, then run the same command again.',
  EDQUOT: 'The disk quota is used up: free some space, then run the same command again.',
  EROFS:
    'The file system is read-only: mount it writable, or choose another place, ' +
    'of the workspace with --workspace DIR, of temporary files with TMPDIR.',
  EACCES: 'Give this user read and write permission there, or choose another workspace with --workspace DIR.',
  EPERM: 'Give this user read and write permission there, or choose another workspace with --workspace DIR.',
  EMFILE: 'Too many files are open: raise the limit (ulimit -n), then run the same command again.',
  ENFILE: 'Too many files are open on this machine: close some programs, then run the same command again.',
  ENOTDIR: 'A file stands where a directory is needed: move it away, or choose another workspace with --workspace DIR.',
};

/** The code of a system error (`ENOENT`…), or undefined for anything else. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/**
 * A file system's error as a fault that names the path and says what to do. A {@link RatchetError} comes back as it is.
 */
export function storageFailure(action: string, path: string, cause: unknown): RatchetError {
  if (cause instanceof RatchetError) return cause;
  const code = errorCode(cause);
  const mend = code === undefined ? undefined : mends[code];
  const detail = code ?? (cause instanceof Error ? cause.message : String(cause));
  return new RatchetError('StorageFailure', `Cannot ${action} ${path}: ${detail}.`, {
    cause,
    ...(mend === undefined ? {} : { mend }),
  });
}
