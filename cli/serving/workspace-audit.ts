import { join, resolve } from 'node:path';
import { FileAuditLog } from '../../shared/adapters/local/file-audit-log.ts';
import type { Clock } from '../../shared/ports/clock.ts';
import { makeFolder } from '../make-folder.ts';
import { auditFolder } from '../workspace-files.ts';

/** The audit log of a workspace. Nothing is made until there is something to write. */
export function openAudit(
  directory: string,
  clock: Pick<Clock, 'now'>,
  onFault: (error: unknown) => void,
): FileAuditLog {
  const folder = join(resolve(directory), auditFolder);
  return new FileAuditLog({
    directory: folder,
    makeDirectory: () => makeFolder(folder, 0o700),
    now: () => clock.now(),
    onFault,
  });
}
