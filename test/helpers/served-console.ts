import { readMachineFile } from '../../cli/runtime/machine-file.ts';
import { consoleFiles } from '../../cli/serving/console-files.ts';
import { createInProcess } from '../../cli/serving/create-in-process.ts';
import { listen } from '../../cli/serving/listen.ts';
import { runInProcess } from '../../cli/serving/run-in-process.ts';
import { StartedRuns } from '../../cli/serving/started-runs.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { createServingApp } from '../../shared/serving/app.ts';
import type { Access } from '../../shared/serving/guard.ts';

export interface ServedConsole {
  readonly url: string;
  /** Faults of the server's own. */
  readonly faults: unknown[];
  /** Stops serving, and the runs that were started; the workspace stays. */
  close(): Promise<void>;
}

/**
 * Serves a workspace with the console, runs started from it included; nothing is kept of what it answers.
 * @param access to everybody on this machine by default
 */
export async function serveConsole(
  workspace: Pick<Workspace, 'ports' | 'directory'>,
  access: Access = { token: null, hosts: ['127.0.0.1'] },
): Promise<ServedConsole> {
  const faults: unknown[] = [];
  const runs = new StartedRuns({
    lineage: workspace.ports.lineage,
    run: (modelId, stop, seed) => runInProcess({ workspace: workspace.directory }, modelId, stop, seed),
    say: () => undefined,
  });
  const app = createServingApp({
    ports: workspace.ports,
    access,
    journal: null,
    onFault: (error) => faults.push(error),
    console: {
      files: consoleFiles,
      machine: JSON.parse(await readMachineFile()),
      startRun: (modelId, seed) => runs.start(modelId, seed),
      createNamed: createInProcess({ workspace: workspace.directory }, new AbortController().signal),
    },
  });
  const listening = await listen(app.fetch, { host: '127.0.0.1', port: 0 });
  return {
    url: listening.url,
    faults,
    async close() {
      await listening.close();
      await runs.stop();
    },
  };
}
