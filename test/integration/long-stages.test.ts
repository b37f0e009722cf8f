import { afterEach, describe, expect, it } from 'vitest';
import { findOrBeginRun } from '../../cli/runtime/find-run.ts';
import { LocalStateMachine } from '../../cli/runtime/local-state-machine.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { RatchetError } from '../../shared/domain/base/errors.ts';
import { runResultSchema } from '../../shared/loop/state/run-result.ts';
import type { StateWatcher } from '../../shared/ports/orchestrator.ts';
import type { Ports } from '../../shared/ports/ports.ts';
import type { Predictor } from '../../shared/ports/predictor.ts';
import { samples } from '../helpers/made-up-traffic.ts';
import { answeredTraffic, createSupportModel, ingest, makeWorkspace, modelId } from '../helpers/test-workspace.ts';

const disposables: { dispose(): Promise<void> }[] = [];
afterEach(async () => {
  for (const workspace of disposables.splice(0)) await workspace.dispose();
});

async function prepared(chunkSize: number): Promise<Workspace> {
  const workspace = await makeWorkspace();
  disposables.push(workspace);
  await createSupportModel(workspace, { chunkSize, maxIterations: 1 });
  const traffic = samples(400, 0.4, workspace.ports.random.stream(1, 'traffic'));
  await ingest(workspace, await answeredTraffic(workspace, traffic, 'day1'));
  return workspace;
}

/**
 * The same back ends, which like 40 inputs at once and take six minutes for them; some requests fail, counted from 1.
 * @param asked gets what checkpoints and their fold models are asked
 */
function slowed(ports: Ports, failing: readonly number[], asked: string[] = []): Ports {
  let late = 0;
  let requests = 0;
  const predictors = [...ports.predictors].map(([name, predictor]): [string, Predictor] => [
    name,
    {
      ...predictor,
      name,
      chunk: 40,
      async predict(checkpoint, inputs, options) {
        requests += 1;
        if (failing.includes(requests)) throw new RatchetError('StorageFailure', 'The predictor could not be reached.');
        late += 6 * 60_000;
        if (checkpoint.ref.includes('/checkpoints/')) asked.push(`${checkpoint.ref} ${inputs.join(' | ')}`);
        return predictor.predict(checkpoint, inputs, options);
      },
    },
  ]);
  return { ...ports, predictors: new Map(predictors), clock: { now: () => ports.clock.now() + late } };
}

async function run({ ports, owner }: Workspace, watcher: StateWatcher, seed = 1) {
  const { runId } = await findOrBeginRun({ modelId, seed }, ports, { note: () => undefined });
  const machine = new LocalStateMachine(ports, watcher, { retryWaitMs: 1 });
  return runResultSchema.parse(await machine.execute(owner, { run: { runId, modelId, seed } }));
}

/** What is told of one state. */
function listening(only: string) {
  const told: string[] = [];
  const tell = (kind: string, item: string, rest = '') => told.push(`${kind} ${item}${rest}`);
  const watcher: StateWatcher = {
    stateStarted: (name, item, items) => name === only && tell('started', item, ` of ${items}`),
    stateProgress: (name, item, done, total, unit) =>
      name === only && tell('progress', item, ` ${done}/${total} ${unit}`),
    stateFailed: (name, item, _error, left) => name === only && tell('failed', item, `, ${left} left`),
    stateFinished: (name, item) => name === only && tell('finished', item),
  };
  return { told, watcher };
}

describe('stages that take longer than a call', () => {
  it('are called until they are done: started once, told how far they are in one unit, finished once', async () => {
    const workspace = await prepared(200);
    const { told, watcher } = listening('answer-traces');
    const slow = { ...workspace, ports: slowed(workspace.ports, []) };
    const result = await run(slow, watcher);
    for (const item of ['chunk-0000', 'chunk-0001']) {
      const own = told.filter((line) => line.includes(item));
      expect(own[0]).toBe(`started ${item} of 2`);
      expect(own.at(-1)).toBe(`finished ${item}`);
      const between = own.slice(1, -1);
      expect(between.length).toBeGreaterThanOrEqual(2);
      for (const line of between) expect(line).toMatch(/^progress chunk-000\d \d+\/200 traces answered$/);
    }
    const quick = await prepared(200);
    const undisturbed = await run(quick, listening('none').watcher);
    expect(result.scores).toEqual(undisturbed.scores);
    expect(result.decision).toBe(undisturbed.decision);
  });

  it('go on from one fold model to the next, and ask none of them twice', async () => {
    const workspace = await prepared(10_000);
    const { told, watcher } = listening('evaluate-candidates');
    const asked: string[] = [];
    await run({ ...workspace, ports: slowed(workspace.ports, [], asked) }, watcher);
    const first = told.filter((line) => line.includes('i1-c1 '));
    const counts = first.flatMap((line) => /progress i1-c1 (\d+)\/(\d+) /.exec(line)?.slice(1, 3).map(Number) ?? []);
    const done = counts.filter((_, at) => at % 2 === 0);
    expect(done.length).toBeGreaterThan(2);
    expect(done).toEqual(done.toSorted((a, b) => a - b));
    expect(new Set(counts.filter((_, at) => at % 2 === 1)).size).toBe(1);
    expect(asked.filter((one, at) => asked.indexOf(one) !== at)).toEqual([]);
  });

  it('are tried again as often as ever at each call', async () => {
    const workspace = await prepared(10_000);
    const { told, watcher } = listening('answer-traces');
    await run({ ...workspace, ports: slowed(workspace.ports, [2, 3, 5, 6]) }, watcher);
    const failures = told.filter((line) => line.startsWith('failed'));
    expect(failures).toEqual([3, 2, 3, 2].map((left) => `failed chunk-0000, ${left} left`));
    expect(told.filter((line) => line.startsWith('started'))).toHaveLength(5);
    expect(told.at(-1)).toBe('finished chunk-0000');
  });
});
