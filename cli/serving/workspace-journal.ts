import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { FileJournal } from '../../shared/adapters/local/file-journal.ts';
import { storageFailure } from '../../shared/adapters/local/storage-failure.ts';
import { elapsed } from '../../shared/domain/base/elapsed.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { settleJournal } from '../../shared/serving/settle-journal.ts';
import { makeFolder } from '../make-folder.ts';
import type { Workspace } from '../workspace.ts';
import { journalFolder } from '../workspace-files.ts';

type Journalled = Pick<Workspace, 'directory' | 'owner' | 'ports'>;

/** The journal of a workspace; its folder is made where there is none. @throws RatchetError StorageFailure */
export async function openJournal({ directory, owner, ports }: Journalled): Promise<FileJournal> {
  const folder = join(directory, journalFolder);
  try {
    await makeFolder(folder);
  } catch (error) {
    throw storageFailure('create', folder, error);
  }
  return new FileJournal({
    directory: folder,
    owner,
    stateOf: (other) => ports.owners.stateOf(other),
    now: () => ports.clock.now(),
  });
}

/** A server moves its own every five seconds; with much to move it takes longer. */
const longestWaitMs = 60_000;
const lookAgainMs = 200;

/**
 * Whatever servers of a workspace have acknowledged by now is in its log afterwards: what ended ones left is moved, and
 * running ones, which move their own, are waited for.
 * @throws RatchetError StorageFailure where one does not; and what moving throws
 */
export async function journalMoved(workspace: Journalled, waitMs = longestWaitMs): Promise<void> {
  const before = await partsIn(workspace.directory);
  if (before.length === 0) return;
  const journal = await openJournal(workspace);
  const since = workspace.ports.clock.now();
  for (;;) {
    // A server may end while it is waited for, killed and not gone yet when it was looked at first.
    await settleJournal(journal, workspace.ports);
    const now = new Set(await partsIn(workspace.directory));
    if (!before.some((name) => now.has(name))) return;
    if (elapsed(since, workspace.ports.clock.now()) >= waitMs) throw notMoved(workspace.directory);
    await setTimeout(lookAgainMs);
  }
}

async function partsIn(directory: string): Promise<readonly string[]> {
  return readdir(join(directory, journalFolder)).catch(() => []);
}

function notMoved(directory: string): RatchetError {
  const folder = join(directory, journalFolder);
  return new RatchetError('StorageFailure', `A server holds answers in ${folder} that are not in the log yet.`, {
    mend: 'Look at what the server says. Stop it (Ctrl+C), which moves them, then give the same command again.',
  });
}
