import { percent } from '../shared/domain/base/wording.ts';
import type { RunResult } from '../shared/loop/state/run-result.ts';

type Scores = RunResult['scores'];

/** The numbers behind a run's decision, for people: how often both are right out of fold, what was gained and lost. */
export function evidenceLines({ scores, gain, memory }: Pick<RunResult, 'scores' | 'gain' | 'memory'>): string[] {
  return [scoreLine(scores), ...(gain === null ? [] : [gainLine(gain, memory)]), ...reportLine(scores)].filter(
    (line) => line !== '',
  );
}

function scoreLine({ before, after }: Scores): string {
  const champion = before.traffic;
  if (champion === undefined) return '';
  if (after?.traffic === undefined) return `Out of fold the champion scores ${percent(champion)}.`;
  const parts = [
    ...(after.failures === undefined ? [] : [`${percent(after.failures)} of the champion's failures fixed`]),
    ...(after.passes === undefined ? [] : [`${percent(after.passes)} of its passes kept`]),
  ];
  const apart = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `Out of fold, by models that have not seen the traces, suspect judgements left out: ${percent(champion)} before, ${percent(after.traffic)} after${apart}.`;
}

function gainLine({ net, lower }: NonNullable<RunResult['gain']>, memory: RunResult['memory']): string {
  const earlier = Object.values(memory);
  const worst = earlier.toSorted((a, b) => b.lost - b.gained - b.allowed - (a.lost - a.gained - a.allowed))[0];
  const kept =
    worst === undefined
      ? ''
      : ` Of what earlier promotions froze, ${lostNet(worst)} lost net (${worst.allowed} allowed).`;
  return `A change of ${points(net)} points, with 95 % certainty above ${points(lower)}.${kept}`;
}

function lostNet({ lost, gained }: RunResult['memory'][string]): string {
  const net = Math.max(0, lost - gained);
  return net === 1 ? '1 is' : `${net} are`;
}

function reportLine({ before, after }: Scores): string[] {
  const [champion, candidate] = [before.report, after?.report];
  return champion === undefined || candidate === undefined
    ? []
    : [`On the traffic kept for the report alone: ${percent(champion)} before, ${percent(candidate)} after.`];
}

function points(fraction: number): string {
  return `${fraction < 0 ? '−' : '+'}${(100 * Math.abs(fraction)).toFixed(2)}`;
}
