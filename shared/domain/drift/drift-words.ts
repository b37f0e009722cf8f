import { percent, plural } from '../base/wording.ts';
import type { Drift, DriftFinding } from './drift-findings.ts';
import { toldOf } from './drift-state.ts';
import type { Signal } from './signals.ts';

/** Names of signals, for people. */
export const signalNames: Readonly<Record<Signal, string>> = {
  labels: 'Label mix',
  novelty: 'Novelty',
  confidence: 'Confidence',
  failures: 'Failures',
};

/** What is told of a signal, in a sentence without its end; null where there are no figures yet. */
export function findingWords(
  { signal, label, first, latest }: DriftFinding,
  shown: (label: string) => string,
): string | null {
  if (first === null || latest === null) return null;
  const [before, now] = [percent(first), percent(latest)];
  switch (signal) {
    case 'labels':
      return `${shown(label ?? '')} in ${now} of the latest answers, in ${before} of the first`;
    case 'novelty':
      return `${now} of the latest inputs are far from the training material, ${before} of the first`;
    case 'confidence':
      return `${now} on average in the latest answers, ${before} in the first`;
    case 'failures':
      return `${now} of the latest judged answers failed, ${before} of the first`;
  }
}

/** How a champion's traffic stands, in a sentence without its end. */
export function driftHeadline({ findings, counted, traces, startsAt, chance }: Drift): string {
  const seen = findings.filter(({ seenAt }) => seenAt !== null);
  if (seen.length > 0) {
    return `The traffic is no longer what it was when the champion began: ${seen.map(({ signal }) => signalNames[signal].toLowerCase()).join(', ')}`;
  }
  if (counted < 2 * toldOf) {
    return `${plural(traces, 'trace')} of the champion looked at; changes are looked for after ${startsAt}, bursts counted once`;
  }
  return `no change is proven in ${plural(counted, 'trace')} (said falsely of at most ${percent(chance, 0)} of champions, however often one looks)`;
}
