import { rm } from 'node:fs/promises';
import { isDeepStrictEqual } from 'node:util';
import { runLoop } from '../../cli/runtime/run-loop.ts';
import type { Workspace } from '../../cli/workspace.ts';
import { errorTable, RatchetError } from '../../shared/domain/base/errors.ts';
import { leaseKeepsOut, type OwnerState } from '../../shared/domain/models/control.ts';
import { hadTheLease } from '../../shared/domain/models/run.ts';
import { stateHandlers } from '../../shared/loop/catalogue.ts';
import type { StateHandler } from '../../shared/loop/engine/run-state.ts';
import type { RunResult } from '../../shared/loop/state/run-result.ts';
import { CountingIds } from '../../test/helpers/counting-ids.ts';
import { ingest, modelId, recordingUi } from '../../test/helpers/test-workspace.ts';
import { type Contents, contents, damages, logDigest, runsOf, withWorkspace } from '../kill-runs/inspect.ts';
import { type FaultKind, Faults, faultKinds, type Injected } from './faults.ts';
import { openFaultyWorkspace } from './faulty-workspace.ts';
import type { Material } from './material.ts';

/** How a workspace stands after a day's traces and a run. */
export interface Day {
  readonly decision: string;
  readonly scores: unknown;
  readonly contents: Contents;
  readonly log: string;
}

export interface TrialReport {
  readonly seed: number;
  readonly injected: Readonly<Record<string, number>>;
  /** How attempts ended that did not succeed, by name of the fault. */
  readonly ends: Readonly<Record<string, number>>;
  /** Runs that failed for good, a new one begun in their place. */
  readonly givenUp: number;
  readonly problems: readonly string[];
  /** The last faults before each end. */
  readonly story: readonly string[];
}

const mostAttempts = 10;

/** What befalls a trial, by its seed: how many of the calls, and in which ways. */
const weathers: readonly { readonly rate: number; readonly kinds: readonly FaultKind[] }[] = [
  { rate: 0.01, kinds: faultKinds },
  { rate: 0.15, kinds: ['twice', 'at-once', 'late', 'clock', 'stale'] },
  { rate: 0.04, kinds: ['throttle', 'lost-answer', 'torn', 'twice'] },
  { rate: 0.3, kinds: ['clock', 'late'] },
  { rate: 0.08, kinds: ['lost-answer', 'twice', 'at-once', 'clock'] },
];

/** What the trial's work comes to when nothing disturbs it. */
export async function undisturbed(material: Material): Promise<readonly Day[]> {
  const directory = await material.copy('undisturbed');
  const days: Day[] = [];
  for (const [at, lines] of material.days.entries()) {
    await withWorkspace(directory, (workspace) => ingest(workspace, lines));
    const result = await withWorkspace(directory, (workspace) =>
      runLoop(workspace, { modelId, seed: at + 1, retryWaitMs: 0 }, recordingUi()),
    );
    days.push(await dayOf(directory, result));
  }
  return days;
}

/**
 * Ingests and runs under faults, one process after the other until each is through; the last ones are let alone. Then a
 * second day without faults.
 */
export async function chaosTrial(
  material: Material,
  expected: readonly Day[],
  seed: number,
  kinds: ReadonlySet<FaultKind> = new Set(faultKinds),
): Promise<TrialReport> {
  const directory = await material.copy(`trial-${seed}`);
  const problems: string[] = [];
  const story: string[] = [];
  const injected: Record<string, number> = {};
  const ends: Record<string, number> = {};
  const ids = new CountingIds();
  const open: Workspace[] = [];
  const [firstDay = [], secondDay = []] = material.days;
  let processes = 0;
  const weather = weathers[seed % weathers.length];
  const allowed = new Set((weather?.kinds ?? []).filter((kind) => kinds.has(kind)));

  /** One process after the other does the same, until one of them is through. */
  async function untilThrough<T>(what: string, work: (workspace: Workspace, faults: Faults) => Promise<T>): Promise<T> {
    for (let attempt = 0; attempt < mostAttempts; attempt += 1) {
      processes += 1;
      const owner = `process-${processes}`;
      const rate = attempt >= mostAttempts - 2 ? 0 : (weather?.rate ?? 0) / 2 ** attempt;
      const faults = new Faults({ seed: seed * 1_000 + processes, rate, kinds: allowed });
      const stateOf = (other: string): OwnerState => (other === owner ? 'running' : 'gone');
      const workspace = openFaultyWorkspace(directory, { owner, ids, stateOf, faults });
      open.push(workspace);
      try {
        const result = await work(workspace, faults);
        count(faults);
        return result;
      } catch (error) {
        count(faults);
        const name = error instanceof Error ? error.name : String(error);
        ends[name] = (ends[name] ?? 0) + 1;
        story.push(`${owner} ${what}: ${name}; last ${faults.injected.slice(-3).map(tell).join(', ')}`);
        problems.push(...unclear(error).map((text) => `${owner} ${what}: ${text}`));
        // Some processes end with their run, of others something goes on.
        if (seed % 2 === 0) faults.end();
      }
    }
    throw new Error(`${what} never went through:\n${story.join('\n')}`);
  }

  function count(faults: Faults): void {
    for (const { kind } of faults.injected) injected[kind] = (injected[kind] ?? 0) + 1;
  }

  try {
    await untilThrough('ingest', (workspace) => ingest(workspace, firstDay));
    const result = await untilThrough('run', (workspace, faults) =>
      runLoop(workspace, { modelId, seed: 1, retryWaitMs: 0, handlers: deliveredTwice(faults) }, recordingUi()),
    );
    const runs = await withWorkspace(directory, (workspace) => runsOf(workspace, modelId));
    const givenUp = runs.filter(({ status }) => status === 'failed').length;
    problems.push(...differences(await dayOf(directory, result), expected[0], givenUp > 0));
    problems.push(...(await stuck(directory)));

    for (const workspace of open.splice(0)) await workspace.close();
    await withWorkspace(directory, (workspace) => ingest(workspace, secondDay));
    const second = await withWorkspace(directory, (workspace) =>
      runLoop(workspace, { modelId, seed: 2, retryWaitMs: 0 }, recordingUi()),
    );
    problems.push(
      ...differences(await dayOf(directory, second), expected[1], givenUp > 0).map((text) => `second run: ${text}`),
      ...(await damages(directory, modelId)),
      ...(await stuck(directory)),
    );
    return { seed, injected, ends, givenUp, problems, story };
  } catch (error) {
    problems.push(error instanceof Error ? (error.stack ?? error.message) : String(error));
    return { seed, injected, ends, givenUp: 0, problems, story };
  } finally {
    for (const workspace of open) await workspace.close();
    await rm(directory, { recursive: true, force: true });
  }
}

const tell = ({ kind, call }: Injected): string => `${kind} at ${call.slice(0, 120)}`;

/** Task states that are delivered twice, one after the other or at once, as a service may. */
function deliveredTwice(faults: Faults): ReadonlyMap<string, StateHandler> {
  return new Map(
    [...stateHandlers].map(([state, handler]): [string, StateHandler] => [
      state,
      async (input, ports, deadline) => {
        const work = () => handler(input, ports, deadline);
        return faults.around({ port: 'machine', method: 'deliver', what: state, can: ['twice', 'at-once'], work });
      },
    ]),
  );
}

/** Why an end is none that a person can act on. */
export function unclear(error: unknown): readonly string[] {
  if (!(error instanceof RatchetError)) {
    return [`no fault of ours: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`];
  }
  if (!(error.name in errorTable) || error.mend === '') return [`no mend: ${error.message}`];
  return [];
}

async function dayOf(directory: string, { decision, scores }: RunResult): Promise<Day> {
  return withWorkspace(directory, async (workspace) => ({
    decision,
    scores,
    contents: await contents(workspace, modelId),
    log: await logDigest(workspace, modelId),
  }));
}

/** @param loosely whether a run was given up, which leaves what it had written */
export function differences(day: Day, expected: Day | undefined, loosely: boolean): readonly string[] {
  if (expected === undefined) return ['nothing to compare with'];
  const found: string[] = [];
  for (const part of ['decision', 'scores', 'log'] as const) {
    if (!isDeepStrictEqual(day[part], expected[part])) found.push(`another ${part}: ${JSON.stringify(day[part])}`);
  }
  const parts = loosely ? (['champion', 'moves'] as const) : (Object.keys(day.contents) as (keyof Contents)[]);
  for (const part of parts) {
    if (!isDeepStrictEqual(day.contents[part], expected.contents[part])) {
      found.push(
        `another ${part}: ${JSON.stringify(day.contents[part])}, not ${JSON.stringify(expected.contents[part])}`,
      );
    }
  }
  return found;
}

/** Who still keeps others out, and runs that are said to go on. */
export async function stuck(directory: string): Promise<readonly string[]> {
  return withWorkspace(directory, async (workspace) => {
    const lease = (await workspace.ports.lineage.getControl(modelId))?.lease ?? null;
    const runs = (await runsOf(workspace, modelId)).filter(hadTheLease);
    const last = runs.at(-1);
    return [
      ...(lease !== null && leaseKeepsOut(lease, Date.now(), 'unknown') ? [`${lease.owner} holds the lease`] : []),
      ...(last?.status === 'finished' ? [] : [`the last run is ${last?.status}`]),
    ];
  });
}
