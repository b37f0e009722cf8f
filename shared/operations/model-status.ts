import { RatchetError } from '../domain/base/errors.ts';
import type { Checkpoint } from '../domain/models/checkpoint.ts';
import { type ChampionMove, type Lease, watchOf } from '../domain/models/control.ts';
import type { Run } from '../domain/models/run.ts';
import type { Ports } from '../ports/ports.ts';
import type { BatchSummary } from '../ports/trace-log.ts';
import { unknownModel } from '../ports/unknown-model.ts';
import { activeLease } from './run-outlook.ts';
import { movedAt, positionAt } from './seen.ts';
import { type ComparisonPorts, compareSince, type SincePromotion } from './since-promotion.ts';
import { countWatched, type WatchedCount } from './watched-count.ts';

export interface ModelStatus {
  readonly modelId: string;
  /** The move that made the champion what it is; null without one. */
  readonly move: ChampionMove | null;
  /** How it does since; null without a champion, and where it was not to be compared. */
  readonly since: SincePromotion | null;
  /** What being watched has found of it; null where it is not, and where it was not to be compared. */
  readonly watched: WatchedCount | null;
  /** Null before the first. */
  readonly lastRun: Run | null;
  /** The lease of the run that is going on; null for none. */
  readonly active: Lease | null;
}

/**
 * How a model stands: its champion beside the predecessor on judged traces that came after the promoting run began,
 * which neither has seen; its last run; and whether one is going on.
 * @throws RatchetError UnknownModel, UnknownCheckpoint
 */
export async function modelStatus(
  modelId: string,
  ports: ComparisonPorts & Pick<Ports, 'owners' | 'clock'>,
  {
    compare = true,
    onProgress,
  }: { readonly compare?: boolean; readonly onProgress?: (done: number, total: number) => void } = {},
): Promise<ModelStatus> {
  const [model, control, runs] = await Promise.all([
    ports.lineage.getModel(modelId),
    ports.lineage.getControl(modelId),
    ports.lineage.listRuns(modelId),
  ]);
  if (model === undefined || control === undefined) throw await unknownModel(modelId, ports);
  const move = control.moves.at(-1) ?? null;
  const champion = await checkpointNamed(modelId, control.championId, ports);
  const after = champion === null ? null : unseenAfter(champion, move, runs, await ports.traceLog.history(modelId));
  const watch = watchOf(control, model.settings);
  const byLot = watch !== null && watch.share !== null && watch.held === null ? { byLotSince: watch.move.at } : {};
  const since =
    champion === null || !compare
      ? null
      : await compareSince(
          {
            model,
            champion,
            predecessor: await checkpointNamed(modelId, move?.from ?? null, ports),
            since: after,
            ...byLot,
            ...(onProgress === undefined ? {} : { onProgress }),
          },
          ports,
        );
  const watched = watch === null ? null : await countWatched({ model, watch, after, since }, ports);
  return {
    modelId,
    move,
    since,
    watched,
    lastRun: runs.at(-1) ?? null,
    active: await activeLease(control.lease, ports),
  };
}

async function checkpointNamed(
  modelId: string,
  checkpointId: string | null,
  { lineage }: Pick<Ports, 'lineage'>,
): Promise<Checkpoint | null> {
  if (checkpointId === null) return null;
  const checkpoint = await lineage.getCheckpoint(modelId, checkpointId);
  if (checkpoint !== undefined) return checkpoint;
  throw new RatchetError('UnknownCheckpoint', `${modelId} has no checkpoint ${checkpointId}.`);
}

/**
 * Neither the champion nor its predecessor has seen what came after the run that promoted it began, or after the hand
 * that moved it. A first checkpoint has seen no traffic at all, but for one that was made of traces: that has fold
 * models, and has seen what was there by then.
 */
function unseenAfter(
  champion: Checkpoint,
  move: ChampionMove | null,
  runs: readonly Run[],
  history: readonly BatchSummary[],
): number | null {
  if (move === null || (move.kind === 'create' && champion.folds === null)) return null;
  const run = runs.find(({ runId }) => runId === move.by);
  if (run !== undefined && run.begun === undefined) return positionAt(run.startedAt, history);
  return movedAt(move, runs, history);
}
