import type { DriftState } from './drift-state.ts';
import { type Signal, signals } from './signals.ts';

/**
 * How near a signal is to an alarm: the logarithm of its evidence over that of what an alarm needs; 0 where nothing speaks
 * for a change, 1 and above for an alarm. Each signal has its part of the level, and of labels each its part of that, so
 * that whatever depends on what, all of them together raise no false alarm with a chance above the level.
 * @param when `now`, or the highest it ever was
 */
export function levelOf(state: DriftState, signal: Signal, when: 'now' | 'highest' = 'now'): number {
  const wanted = Math.log(signals.length / state.level);
  const streams = signal === 'labels' ? state.byLabel : [state[signal]];
  const evidence = streams.map(({ wager }) => (when === 'now' ? wager.logWealth : wager.highest));
  if (evidence.length === 0) return 0;
  return Math.max(0, Math.max(...evidence) - Math.log(evidence.length)) / wanted;
}

/** Labels whose evidence is so near to the strongest, in nats, may be the other side of one change. */
const near = 5;

/**
 * The label whose share has changed most surely, by its place; where others fell as surely as one rose, that one. Null where
 * none is watched.
 */
export function movedLabel({ byLabel, first, latest }: DriftState): number | null {
  const most = Math.max(...byLabel.map(({ wager }) => wager.highest));
  const risen = byLabel.map((_, place) => {
    const now = latest.filter(({ labels }) => labels.includes(place)).length / Math.max(1, latest.length);
    return now - (first.labels[place] ?? 0) / Math.max(1, first.counted);
  });
  const surest = byLabel.flatMap(({ wager }, place) => (wager.highest >= most - near ? [place] : []));
  return surest.toSorted((a, b) => (risen[b] ?? 0) - (risen[a] ?? 0))[0] ?? null;
}
