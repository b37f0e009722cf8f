import { hadTheLease } from '../domain/models/run.ts';
import type { Due } from '../domain/policy/run-trigger.ts';
import type { Ports } from '../ports/ports.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { championSince, runOutlook } from './run-outlook.ts';
import { type Traffic, trafficOf, trafficOverTime } from './traffic.ts';

/** How much comes in and fails, and what that means for the next run; known without a look at any trace. */
export interface ModelHealth {
  readonly traffic: Traffic;
  readonly overTime: ReturnType<typeof trafficOverTime>;
  /** What came since the last run began, or so far. */
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
  ports: Pick<Ports, 'lineage' | 'traceLog' | 'owners' | 'clock'>,
): Promise<ModelHealth> {
  const [model, control, begun, history] = await Promise.all([
    ports.lineage.getModel(modelId),
    ports.lineage.getControl(modelId),
    ports.lineage.listRuns(modelId),
    ports.traceLog.history(modelId),
  ]);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  const runs = begun.filter(hadTheLease);
  const after = (time: string | null): Traffic =>
    trafficOf(time === null ? history : history.filter(({ appendedAt }) => Date.parse(appendedAt) > Date.parse(time)));
  const traffic = trafficOf(history);
  const { enoughFailures, enoughRecords } = model.settings;
  return {
    traffic,
    overTime: trafficOverTime(history),
    sinceLastRun: after(runs.at(-1)?.startedAt ?? null),
    next: await runOutlook({ model, control, runs, history }, ports),
    missing: {
      failures: Math.max(0, enoughFailures - after(championSince(control)).failed),
      records: Math.max(0, enoughRecords - traffic.judged),
    },
  };
}
