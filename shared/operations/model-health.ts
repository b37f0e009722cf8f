import { letInAfter } from '../domain/models/model-change.ts';
import { hadTheLease } from '../domain/models/run.ts';
import type { Due } from '../domain/policy/run-trigger.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { readDrift } from './drift-record.ts';
import { championSince, runOutlook } from './run-outlook.ts';
import { type Seen, seenBy } from './seen.ts';
import { type Traffic, trafficOf, trafficOverTime } from './traffic.ts';
import { trafficToday } from './traffic-today.ts';

/** How much comes in and fails, and what that means for the next run. */
export interface ModelHealth {
  readonly traffic: Traffic;
  readonly overTime: ReturnType<typeof trafficOverTime>;
  /** What came since the last run began, or so far; what a change of labels let in is among it. */
  readonly sinceLastRun: Traffic;
  /** Whether a run would start by itself, where runs do, and why or why not. */
  readonly next: Due;
  /**
   * What a run lacks to decide, at least: failures since the champion answers, and judged traces. Triage may take more
   * away, and a failure whose right output nobody gave counts for nothing.
   */
  readonly missing: { readonly failures: number; readonly records: number };
}

/** @throws RatchetError UnknownModel */
export async function modelHealth(
  modelId: string,
  ports: Pick<Ports, 'lineage' | 'traceLog' | 'objects' | 'owners' | 'clock' | 'tasks'>,
): Promise<ModelHealth> {
  const [model, control, begun, history] = await Promise.all([
    ports.lineage.getModel(modelId),
    ports.lineage.getControl(modelId),
    ports.lineage.listRuns(modelId),
    ports.traceLog.history(modelId),
  ]);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  const runs = begun.filter(hadTheLease);
  const drift = await readDrift(modelId, control.championId, ports);
  const traffic = await trafficToday(model, history, ports);
  const after = (seen: Seen | null): Traffic => {
    if (seen === null) return traffic;
    const came = trafficOf(history.filter(({ position }) => position > seen.batches));
    const letIn = letInAfter(model, seen.labelChanges);
    // A trace that was judged in two batches counts in both of them.
    const judged = Math.min(traffic.judged, came.judged + letIn.judged);
    return { ...came, judged, failed: Math.min(traffic.failed, judged, came.failed + letIn.failed) };
  };
  const last = runs.at(-1);
  const since = championSince(control, runs, history);
  const move = control.moves.at(-1);
  const mover = runs.find(({ runId }) => runId === move?.by) ?? { startedAt: move?.at ?? '' };
  const { labelChanges } = seenBy(mover, { history, model });
  const ofChampion = since === null ? null : { batches: since, labelChanges };
  const { enoughFailures, enoughRecords } = model.settings;
  return {
    traffic,
    overTime: trafficOverTime(history),
    sinceLastRun: after(last === undefined ? null : seenBy(last, { history, model })),
    next: await runOutlook({ model, control, runs, history, drift }, ports),
    missing: {
      failures: Math.max(0, enoughFailures - after(ofChampion).failed),
      records: Math.max(0, enoughRecords - traffic.judged),
    },
  };
}
