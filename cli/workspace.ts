import { access, constants, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { DirectoryObjectStore } from '../shared/adapters/local/directory-object-store.ts';
import { SeededRandom } from '../shared/adapters/local/seeded-random.ts';
import { SqliteBudgets } from '../shared/adapters/local/sqlite-budgets.ts';
import { SqliteLineageStore } from '../shared/adapters/local/sqlite-lineage-store.ts';
import { storageFailure } from '../shared/adapters/local/storage-failure.ts';
import { SystemClock } from '../shared/adapters/local/system-clock.ts';
import { SystemIds } from '../shared/adapters/local/system-ids.ts';
import { createBackEnds } from '../shared/composition/create-back-ends.ts';
import { createDeployer } from '../shared/composition/create-deployer.ts';
import { createExporters } from '../shared/composition/create-exporters.ts';
import { createFormats } from '../shared/composition/create-formats.ts';
import { RatchetError } from '../shared/domain/base/errors.ts';
import type { Observer } from '../shared/ports/observer.ts';
import { taskKinds } from '../shared/tasks/task-kinds.ts';
import { lazyTraceStore } from './lazy-trace-store.ts';
import { makeFolder } from './make-folder.ts';
import type { Place } from './place.ts';
import { ProcessOwners } from './process-owners.ts';
import { cacheFolder, lineageFile, objectsFolder } from './workspace-files.ts';

/** A directory with all that Ratchet knows, and the embedded adapters on it. */
export interface Workspace extends Place {
  /** Absolute. */
  readonly directory: string;
}

export interface OpenOptions {
  readonly observer: Observer;
  /** Whether to make the workspace when there is none. */
  readonly create?: boolean;
  /** Whether to read it where the disk is too full to open it, as it was then: for what only reads and then ends. */
  readonly evenFull?: boolean;
  /** Says which chat model there is, beside the workspace's own file. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/**
 * Opens a workspace with the embedded adapters. Close it, or its worker threads keep the process alive.
 * One that cannot be written to can be read: whatever would change it is refused then.
 * @throws RatchetError InvalidInput when there is none, StorageFailure when it cannot be read, or made
 */
export async function openWorkspace(directory: string, options: OpenOptions): Promise<Workspace> {
  const root = resolve(directory);
  await (options.create === true ? makeDirectory(root) : findWorkspace(root));
  const readOnly = !(await isWritable(root));
  if (readOnly && options.create === true) throw notWritable(root);

  const objects = new DirectoryObjectStore(join(root, objectsFolder));
  const lineage = new SqliteLineageStore(join(root, lineageFile), { readOnly, evenFull: options.evenFull === true });
  const budgets = new SqliteBudgets(join(root, lineageFile));
  const clock = new SystemClock();
  const owners = new ProcessOwners();
  const traces = lazyTraceStore({ objects, clock });
  const { backEnds, forget, abort, close } = createBackEnds({
    objects,
    cacheDirectory: join(root, cacheFolder),
    ownEncoders: true,
    clock,
    ...(options.env === undefined ? {} : { env: options.env }),
    budgets,
    traceQuery: traces.traceQuery,
    chat: async () => (await import('./workspace-chat.ts')).workspaceChat(root, options.env ?? {}, clock),
  });
  return {
    directory: root,
    owner: owners.self,
    ports: {
      objects,
      lineage,
      traceLog: traces.traceLog,
      traceQuery: traces.traceQuery,
      tasks: taskKinds,
      formats: createFormats(),
      ...backEnds,
      exporters: createExporters({ objects }),
      clock,
      ids: new SystemIds(clock),
      random: new SeededRandom(),
      observer: options.observer,
      owners,
      budgets,
      deployer: createDeployer({ objects, env: options.env ?? {} }),
    },
    localCopy: (key) => objects.withLocalFile(key, async (path) => path),
    forget: (texts) => forget(texts),
    abort,
    async close() {
      await Promise.all([close(), traces.close()]);
      budgets.close();
      lineage.close();
    },
  };
}

/** Whether there is a workspace in the directory. */
export async function isWorkspace(directory: string): Promise<boolean> {
  const found = await stat(join(resolve(directory), lineageFile)).catch(() => undefined);
  return found?.isFile() === true;
}

async function findWorkspace(root: string): Promise<void> {
  if (await isWorkspace(root)) return;
  throw new RatchetError('InvalidInput', `There is no Ratchet workspace in ${root}.`, {
    mend: 'Make one by creating a model: ratchet create MODEL --examples FILE. Or name the right directory with --workspace DIR.',
  });
}

async function makeDirectory(root: string): Promise<void> {
  try {
    await makeFolder(root, 0o700);
  } catch (error) {
    throw storageFailure('create', root, error);
  }
  if ((await stat(root)).isDirectory()) return;
  throw new RatchetError('InvalidInput', `${root} is a file, not a directory.`, {
    mend: 'Name a directory with --workspace DIR.',
  });
}

async function isWritable(root: string): Promise<boolean> {
  try {
    await access(root, constants.R_OK | constants.X_OK);
  } catch (error) {
    throw storageFailure('read', root, error);
  }
  return access(root, constants.W_OK).then(
    () => true,
    () => false,
  );
}

function notWritable(root: string): RatchetError {
  return storageFailure('write to', root, Object.assign(new Error('not writable'), { code: 'EACCES' }));
}
