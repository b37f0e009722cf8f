import { movedLabel } from './drift-level.ts';
import type { DriftState } from './drift-state.ts';
import type { Signal } from './signals.ts';
import { labelWindows } from './windows.ts';

/** So many traces that show a change are asked to be judged. */
const mostTelling = 50;

/** Of the latest traces those that show a change best, and the label that changed. */
export function tellingOf(
  state: DriftState,
  signal: Signal,
): { readonly label: number | null; readonly telling: string[] } {
  const label = signal === 'labels' ? movedLabel(state) : null;
  return { label, telling: found(state, signal, label).slice(0, mostTelling) };
}

function found(state: DriftState, signal: Signal, label: number | null): string[] {
  const { latest, latestJudged } = state;
  switch (signal) {
    case 'labels': {
      if (label === null) return [];
      const withIt = latest.filter(({ labels }) => labels.includes(label));
      const { first, latest: now } = labelWindows(state, label);
      const rose = now.sum * first.of >= first.sum * now.of;
      // Where a label went away, what is answered instead is to be looked at.
      const shown = rose ? withIt : latest.filter(({ labels }) => !labels.includes(label));
      return shown.map(({ trace }) => trace).reverse();
    }
    case 'novelty':
      return ranked(latest, ({ novelty }) => novelty ?? -1);
    case 'confidence':
      return ranked(latest, ({ confidence }) => (confidence === null ? -1 : 1 - confidence));
    case 'failures':
      return latestJudged.filter(({ failed }) => failed).map(({ trace }) => trace);
  }
}

function ranked<T extends { readonly trace: string }>(latest: readonly T[], by: (one: T) => number): string[] {
  return latest
    .filter((one) => by(one) >= 0)
    .toSorted((a, b) => by(b) - by(a))
    .map(({ trace }) => trace);
}
