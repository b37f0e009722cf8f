import type { Checkpoint } from '../domain/models/checkpoint.ts';
import type { Lease } from '../domain/models/control.ts';
import type { Model } from '../domain/models/model.ts';
import { hadTheLease, type Run } from '../domain/models/run.ts';
import type { Due } from '../domain/policy/run-trigger.ts';
import { kindOf } from '../ports/kind-of.ts';
import type { Ports } from '../ports/ports.ts';
import { readDrift } from './drift-record.ts';
import { type RecordedScore, recordedScore } from './recorded-score.ts';
import { activeLease, runOutlook } from './run-outlook.ts';
import type { Traffic } from './traffic.ts';
import { trafficToday } from './traffic-today.ts';

/** A model at a glance. */
export interface ListedModel {
  readonly modelId: string;
  /** Name of the task's kind. */
  readonly task: string;
  /** Labels, or other facets, that it knows. */
  readonly labels: number;
  /** Null before the first checkpoint. */
  readonly champion: {
    readonly checkpointId: string;
    /** ISO 8601. */
    readonly since: string;
    /** As it was measured when it was made; null where it was not. */
    readonly score: RecordedScore | null;
  } | null;
  readonly traffic: Traffic;
  /** The newest; null before the first. */
  readonly lastRun: Run | null;
  /** The lease of the run that is going on; null for none. */
  readonly active: Lease | null;
  /** Whether a run would start by itself, where runs do, and why or why not. */
  readonly next: Due;
}

/** All models, by name. */
export async function listModels(
  ports: Pick<Ports, 'lineage' | 'traceLog' | 'objects' | 'owners' | 'clock' | 'tasks'>,
): Promise<readonly ListedModel[]> {
  const models = await ports.lineage.listModels();
  const listed: ListedModel[] = [];
  for (const model of models) {
    const one = await listedModel(model, ports);
    if (one !== null) listed.push(one);
  }
  return listed;
}

async function listedModel(
  model: Model,
  ports: Pick<Ports, 'lineage' | 'traceLog' | 'objects' | 'owners' | 'clock' | 'tasks'>,
): Promise<ListedModel | null> {
  const { modelId } = model;
  const [control, begun, history] = await Promise.all([
    ports.lineage.getControl(modelId),
    ports.lineage.listRuns(modelId),
    ports.traceLog.history(modelId),
  ]);
  if (control === undefined) return null;
  const runs = begun.filter(hadTheLease);
  const drift = await readDrift(modelId, control.championId, ports);
  const champion: Checkpoint | undefined =
    control.championId === null ? undefined : await ports.lineage.getCheckpoint(modelId, control.championId);
  return {
    modelId,
    task: model.task.kind,
    labels: kindOf(model, ports).knownFacets(model.task).length,
    champion:
      champion === undefined
        ? null
        : {
            checkpointId: champion.checkpointId,
            since: control.moves.at(-1)?.at ?? champion.createdAt,
            score: recordedScore(champion.scores),
          },
    traffic: await trafficToday(model, history, ports),
    lastRun: runs.at(-1) ?? null,
    active: await activeLease(control.lease, ports),
    next: await runOutlook({ model, control, runs, history, drift }, ports),
  };
}
