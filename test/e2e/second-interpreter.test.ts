import { afterEach, describe, expect, test } from 'vitest';
import { LocalStateMachine } from '../../cli/runtime/local-state-machine.ts';
import { functionVariable } from '../../infra/state-machines/states.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { stateHandlers } from '../../shared/loop/catalogue.ts';
import { runResultSchema } from '../../shared/loop/state/run-result.ts';
import { countingWatcher, projectionOf } from '../helpers/history-projection.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { executeBySecondInterpreter } from '../helpers/second-interpreter.ts';
import { answeredTraffic, createSupportModel, ingest, makeWorkspace, modelId } from '../helpers/test-workspace.ts';

/** The interpreter alone reads the definition for seconds. */
const withinMs = 300_000;
const run = { runId: 'run-1', modelId, seed: 1 };
const disposables: { dispose(): Promise<void> }[] = [];

afterEach(async () => {
  for (const disposable of disposables.splice(0)) await disposable.dispose();
});

async function workspaceWithTraffic(count: number) {
  const workspace = await makeWorkspace();
  disposables.push(workspace);
  await createSupportModel(workspace);
  const traffic = samples(count, 0.4, workspace.ports.random.stream(1, 'traffic'));
  await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
  return workspace;
}

/** The stages behind the functions' names, and which of them succeeded; a fault is thrown as often as it is wanted. */
function stagesOver(
  { ports }: Awaited<ReturnType<typeof makeWorkspace>>,
  faults: Readonly<Record<string, readonly Error[]>> = {},
) {
  const states = new Map([...stateHandlers.keys()].map((state) => [functionVariable(state), state]));
  const left = new Map(Object.entries(faults).map(([state, some]) => [state, [...some]]));
  const succeeded: string[] = [];
  const doTask = async (variable: string, input: unknown): Promise<unknown> => {
    const state = states.get(variable) ?? '';
    const handler = stateHandlers.get(state);
    if (handler === undefined) throw new Error(`no stage behind ${variable}`);
    const fault = left.get(state)?.shift();
    if (fault !== undefined) throw fault;
    const { output, working } = await handler(input, ports, Date.now() + 600_000);
    if (working === null) succeeded.push(state);
    return output;
  };
  return { doTask, succeeded };
}

describe('a second interpreter of the state machine', () => {
  test(
    'takes a run through the same states to the same end, tries again what may be tried again',
    async () => {
      const [here, there] = [await workspaceWithTraffic(300), await workspaceWithTraffic(300)];
      const { watcher, succeeded: inProcess } = countingWatcher();
      const expected = runResultSchema.parse(await new LocalStateMachine(here.ports, watcher).execute('one', { run }));
      const fault = new RatchetError('StorageFailure', 'the store did not answer');
      const { doTask, succeeded } = stagesOver(there, { 'split-traces': [fault] });
      const ended = await executeBySecondInterpreter('two', { run }, doTask);
      expect(ended).toMatchObject({ status: 'SUCCEEDED', error: null });
      const result = runResultSchema.parse(JSON.parse(ended.output ?? ''));
      expect(result).toMatchObject({ decision: 'promoted' });
      expect({ ...result, report: '' }).toEqual({ ...expected, report: '' });
      expect(projectionOf(succeeded)).toEqual(projectionOf(inProcess));
      const datasets = async ({ ports }: typeof here) =>
        (await ports.lineage.listDatasets(modelId)).map(({ datasetId }) => datasetId).sort();
      expect(await datasets(there)).toEqual(await datasets(here));
    },
    withinMs,
  );

  test(
    'ends a run by the name of what may not be tried again',
    async () => {
      const workspace = await workspaceWithTraffic(12);
      const corrupt = new RatchetError('CorruptArtifact', 'the artifact is damaged');
      const failing = stagesOver(workspace, { 'triage-traces': [corrupt] });
      const failed = await executeBySecondInterpreter('three', { run }, failing.doTask);
      expect(failed).toMatchObject({ status: 'FAILED', error: 'CorruptArtifact' });
      expect(failing.succeeded).not.toContain('split-traces');
    },
    withinMs,
  );

  test(
    'passes over training where there is too little evidence',
    async () => {
      const { doTask, succeeded } = stagesOver(await workspaceWithTraffic(12));
      const ended = await executeBySecondInterpreter('four', { run }, doTask);
      expect(ended.status).toBe('SUCCEEDED');
      expect(runResultSchema.parse(JSON.parse(ended.output ?? '')).decision).not.toBe('promoted');
      expect(succeeded).not.toContain('train-candidates');
    },
    withinMs,
  );
});
