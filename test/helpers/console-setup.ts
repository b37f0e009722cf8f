import type { TestProject } from 'vitest/node';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { changeSettings } from '../../shared/operations/change-settings.ts';
import { addHostileModel } from './hostile-model.ts';
import { samples } from './made-up-traffic.ts';
import { serveConsole } from './served-console.ts';
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
  const served = await serveConsole(workspace);
  project.provide('consoleUrl', served.url);
  return async () => {
    await served.close();
    await workspace.dispose();
    if (served.faults.length > 0) throw new AggregateError(served.faults, 'The server was at fault.');
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
