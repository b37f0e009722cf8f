import {
  type Crossed,
  canaryCount,
  shadowCount,
  type WatchCount,
  type WatchFinding,
  watchFinding,
} from '../domain/evaluation/watch.ts';
import type { Watch } from '../domain/models/control.ts';
import type { Model } from '../domain/models/model.ts';
import { nearDuplicateGroups } from '../domain/similarity/near-duplicates.ts';
import { readThrough } from '../domain/traces/read-through.ts';
import { kindOf } from '../ports/kind-of.ts';
import { readingOf } from '../ports/reading-of.ts';
import { type ComparisonPorts, isRight, lotSince, oldestFirst, type SincePromotion } from './since-promotion.ts';

/** What a new champion's answers have come to so far. */
export interface WatchedCount {
  readonly count: WatchCount;
  readonly finding: WatchFinding;
}

/**
 * Counts what tells of the champion whether it is worse than its predecessor.
 * @param request.after position of the log after which neither has seen anything
 * @param request.since both on the same traces; null where they were not compared
 * @returns null where both have to be compared first
 */
export async function countWatched(
  {
    model,
    watch,
    after,
    since,
  }: {
    readonly model: Model;
    readonly watch: Watch;
    readonly after: number | null;
    readonly since: SincePromotion | null;
  },
  ports: Pick<ComparisonPorts, 'traceLog' | 'tasks'>,
): Promise<WatchedCount | null> {
  const enough = model.settings.watchFor;
  if (watch.held !== null) return { count: watch.held, finding: 'held' };
  if (watch.share !== null) {
    const count = await countCanary(
      { model, watch, share: watch.share, after, crossed: since?.crossed ?? null },
      ports,
    );
    return { count, finding: watchFinding(count, enough, 0) };
  }
  if (since === null) return null;
  const { traces, judged, champion, gained, lost } = since;
  const count = shadowCount({ answers: traces, judged, right: champion.right, of: champion.of, gained, lost });
  return { count, finding: watchFinding(count, enough, champion.of === 0 ? 0 : 1 - champion.right / champion.of) };
}

/** Traces that either has answered since the promotion; the oldest of near-duplicates alone counts. */
async function countCanary(
  {
    model,
    watch: { move, predecessor },
    share,
    after,
    crossed,
  }: {
    readonly model: Model;
    readonly watch: Watch;
    readonly share: number;
    readonly after: number | null;
    readonly crossed: Crossed | null;
  },
  ports: Pick<ComparisonPorts, 'traceLog' | 'tasks'>,
): Promise<WatchCount> {
  const kind = kindOf(model, ports);
  const reading = readingOf(model, ports);
  const logged = await ports.traceLog.read(model.modelId, { limit: model.settings.snapshotLimit, after });
  const since = lotSince(move, logged);
  const judged = logged
    .filter(({ trace, judgements }) => judgements.length > 0 && Date.parse(trace.timestamp) >= since)
    .map((one) => readThrough(one, kind, reading))
    .flatMap((one) => {
      const by = one.trace.checkpointId;
      const right = by === move.to || by === predecessor ? isRight(one, one.trace.output, model.task, kind) : null;
      return right === null ? [] : [{ ...one, isOfChampion: by === move.to, right }];
    })
    .sort(oldestFirst);
  const groups = nearDuplicateGroups(judged.map(({ trace }) => trace.input));
  // The oldest of each group: a later entry of a map takes the place of an earlier one.
  const counted = [...new Map(judged.map((one, at) => [groups[at], one] as const).reverse()).values()];
  const wrong = counted.filter(({ right }) => !right);
  const champion = wrong.filter(({ isOfChampion }) => isOfChampion).length;
  return canaryCount(counted.length, { champion, predecessor: wrong.length - champion }, share, crossed);
}
