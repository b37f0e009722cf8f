import type { TestProject } from 'vitest/node';
import { readMachineFile } from '../../cli/runtime/machine-file.ts';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import { consoleFiles } from '../../cli/serving/console-files.ts';
import { listen } from '../../cli/serving/listen.ts';
import { runInProcess } from '../../cli/serving/run-in-process.ts';
import { StartedRuns } from '../../cli/serving/started-runs.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { changeSettings } from '../../shared/operations/change-settings.ts';
import { createServingApp } from '../../shared/serving/app.ts';
import { addHostileModel } from './hostile-model.ts';
import { samples } from './made-up-traffic.ts';
import { answeredTraffic, createSupportModel, ingest, makeWorkspace, modelId, recordingUi } from './test-workspace.ts';

declare module 'vitest' {
  export interface ProvidedContext {
    /** Where the console is served, of a model with runs behind it. */
    consoleUrl: string;
  }
}

/** Serves a real workspace to all browser tests: a model whose traffic drifts, two runs that look at it, and a model of hostile texts. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const workspace = await makeWorkspace();
  await improveTwice(workspace);
  await addHostileModel(workspace);
  const faults: unknown[] = [];
  const runs = new StartedRuns({
    lineage: workspace.ports.lineage,
    run: (modelId, stop, seed) => runInProcess({ workspace: workspace.directory }, modelId, stop, seed),
    say: () => undefined,
  });
  const app = createServingApp({
    ports: workspace.ports,
    access: { token: null, hosts: ['127.0.0.1'] },
    journal: null,
    onFault: (error) => faults.push(error),
    console: {
      files: consoleFiles,
      machine: JSON.parse(await readMachineFile()),
      startRun: (id, seed) => runs.start(id, seed),
    },
  });
  const listening = await listen(app.fetch, { host: '127.0.0.1', port: 0 });
  project.provide('consoleUrl', listening.url);
  return async () => {
    await listening.close();
    await runs.stop();
    await workspace.dispose();
    if (faults.length > 0) throw new AggregateError(faults, 'The server was at fault.');
  };
}

/** The first run is held back by a label that nobody can tell enough of, the second one is not. */
async function improveTwice(workspace: Workspace): Promise<void> {
  await createSupportModel(workspace, { maxIterations: 1, critical: ['refund'], enoughCritical: 10_000 });
  for (const [at, drift] of [0.5, 0.6].entries()) {
    const traffic = samples(240, drift, workspace.ports.random.stream(2 + at, 'traffic'));
    await ingest(workspace, await answeredTraffic(workspace, traffic, `stage-${at + 1}`));
    await runLoop(workspace, { modelId, seed: 3 }, recordingUi());
    await changeSettings({ modelId, set: {}, unset: ['critical'], by: 'test' }, workspace.ports);
  }
}
