import type { TaskKind } from '../shared/domain/base/task-kind.ts';
import { percent } from '../shared/domain/base/wording.ts';
import { leftOutOfFigures } from '../shared/domain/triage/detector-name.ts';
import type { RunResult } from '../shared/loop/state/run-result.ts';

type Scores = RunResult['scores'];
type Kind = Pick<TaskKind, 'triage' | 'words'>;

/**
 * The numbers behind a run's decision, for people: how both score out of fold, what was gained and lost. Where the score
 * is not the share of right answers, each measure has its name.
 */
export function evidenceLines(
  { scores, gain, memory }: Pick<RunResult, 'scores' | 'gain' | 'memory'>,
  kind: Kind,
): string[] {
  return [
    scoreLine(scores, kind),
    ...(gain === null ? [] : [gainLine(gain, memory, kind)]),
    ...reportLine(scores, kind),
  ].filter((line) => line !== '');
}

function scoreLine({ before, after }: Scores, kind: Kind): string {
  const metric = kind.words.parts?.metric;
  const champion = before.traffic;
  if (champion === undefined) return '';
  if (after?.traffic === undefined) {
    return metric === undefined
      ? `Out of fold the champion scores ${percent(champion)}.`
      : `Out of fold the champion's ${metric} is ${percent(champion)}.`;
  }
  const parts = [
    ...(after.failures === undefined ? [] : [`${percent(after.failures)} of the champion's failures fixed`]),
    ...(after.passes === undefined ? [] : [`${percent(after.passes)} of its passes kept`]),
  ];
  const apart = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  const named = metric === undefined ? 'Out' : `${metric.charAt(0).toUpperCase()}${metric.slice(1)} out`;
  return `${named} of fold, by models that have not seen the traces, ${leftOutOfFigures(kind)} left out: ${percent(champion)} before, ${percent(after.traffic)} after${apart}.`;
}

function gainLine(gain: NonNullable<RunResult['gain']>, memory: RunResult['memory'], kind: Kind): string {
  const { net, lower, gained, lost, partly } = gain;
  const earlier = Object.values(memory);
  const worst = earlier.toSorted((a, b) => netOf(b) - b.allowed - (netOf(a) - a.allowed))[0];
  const kept =
    worst === undefined
      ? ''
      : ` Of what earlier promotions froze, ${lostNet(worst)} lost net (${worst.allowed} allowed).`;
  const of = partly === undefined ? ofRight(kind) : ` of ${kind.words.parts?.several ?? 'parts'} right`;
  const wholly = partly === undefined ? '' : `; traces wholly right: ${count(gained)} gained, ${count(lost)} lost`;
  return `Near-duplicates counted once, a change of ${points(net)} points${of}, with 95 % certainty above ${points(lower)}${wholly}.${kept}`;
}

function netOf({ lost, gained, lostNet: net }: RunResult['memory'][string]): number {
  return net ?? lost - gained;
}

function lostNet(count: RunResult['memory'][string]): string {
  const net = Math.max(0, netOf(count));
  if (net === 0) return 'none is';
  const told = count.lostNet === undefined ? String(net) : `records worth ${net.toFixed(2)}`;
  return net === 1 && count.lostNet === undefined ? `${told} is` : `${told} are`;
}

/** Of what a share is, where the score is another measure. */
function ofRight({ words }: Kind): string {
  return words.parts === undefined ? '' : ' of traces wholly right';
}

function reportLine({ before, after }: Scores, kind: Kind): string[] {
  const [champion, candidate] = [before.report, after?.report];
  return champion === undefined || candidate === undefined
    ? []
    : [
        `On the traffic kept for the report alone: ${percent(champion)}${ofRight(kind)} before, ${percent(candidate)} after.`,
      ];
}

function count(value: number): string {
  return value.toLocaleString('en');
}

function points(fraction: number): string {
  return `${fraction < 0 ? '−' : '+'}${(100 * Math.abs(fraction)).toFixed(2)}`;
}
