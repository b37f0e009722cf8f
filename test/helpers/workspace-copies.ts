import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openWorkspace, type Workspace } from '../../cli/workspace.ts';

const observer = { progress: () => undefined, note: () => undefined };

/** A workspace that is made once, and copied for each test that changes it. */
export interface WorkspaceCopies {
  /** Directory of a new copy. */
  copy(): Promise<string>;
  /** A new copy, opened; closed by `dispose`. */
  open(): Promise<Workspace>;
  dispose(): Promise<void>;
}

/** Makes the workspace by `fill`, in a temporary directory that `dispose` removes with all copies. */
export async function workspaceCopies(fill: (workspace: Workspace) => Promise<void>): Promise<WorkspaceCopies> {
  const directory = await mkdtemp(join(tmpdir(), 'ratchet-copies-'));
  const origin = join(directory, 'origin');
  const opened: Workspace[] = [];
  const first = await openWorkspace(origin, { observer, create: true });
  await fill(first).finally(() => first.close());
  let copies = 0;
  const copy = async (): Promise<string> => {
    copies += 1;
    const target = join(directory, `copy-${copies}`);
    await cp(origin, target, { recursive: true });
    return target;
  };
  return {
    copy,
    async open() {
      const workspace = await openWorkspace(await copy(), { observer });
      opened.push(workspace);
      return workspace;
    },
    async dispose() {
      for (const workspace of opened) await workspace.close();
      await rm(directory, { recursive: true, force: true });
    },
  };
}
