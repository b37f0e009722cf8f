import type { TriageCount, UnitResult } from '../arms/unit-result.ts';
import { paperStages } from '../logs/make-stage.ts';
import type { TriageRow, TriageSummary } from './summary.ts';

/** What Ratchet's triage removed: by judge, for each share of poison and for all stages together. */
export function summariseTriage(units: readonly UnitResult[]): TriageSummary[] {
  const own = units.filter(({ arm }) => arm === 'ratchet');
  const judges = [...new Set(own.map(({ judge }) => judge))].sort();
  return judges.flatMap((judge) => {
    const counts = own
      .filter((unit) => unit.judge === judge)
      .flatMap((unit) => unit.stages.flatMap(({ triage }, stage) => triage.map((count) => ({ count, stage }))));
    return [...paperStages.map(({ index, strength }) => ({ index, poison: strength.poison })), { index: null, poison: null }].map(
      ({ index, poison }) =>
        summaryOf(
          judge,
          poison,
          counts.filter(({ stage }) => index === null || stage === index).map(({ count }) => count),
        ),
    );
  });
}

function summaryOf(judge: string, poison: number | null, counts: readonly TriageCount[]): TriageSummary {
  const removed = sum(counts, removedOf);
  const poisoned = counts.filter((count) => count.class === 'poison');
  const caught = sum(poisoned, removedOf);
  const wrong = counts.filter((count) => count.wrongCorrection);
  return {
    judge,
    poison,
    precision: caught / Math.max(1, removed),
    recall: caught / Math.max(1, sum(poisoned, logsOf)),
    keptOut: sum(poisoned, (count) => removedOf(count) + count.unknown) / Math.max(1, sum(poisoned, logsOf)),
    wrongCorrectionsRemoved: sum(wrong, removedOf) / Math.max(1, sum(wrong, logsOf)),
    classes: rows(counts, (count) => count.class),
    kinds: rows(counts, ({ kind, class: ofLog, wrongCorrection }) =>
      ofLog === 'poison' ? `${kind}, ${wrongCorrection ? 'wrong correction' : 'no wrong correction'}` : kind,
    ),
  };
}

function rows(counts: readonly TriageCount[], nameOf: (count: TriageCount) => string): TriageRow[] {
  return [...Map.groupBy(counts, nameOf)]
    .map(([name, group]) => {
      const logs = sum(group, logsOf);
      const removed = sum(group, removedOf);
      return { name, logs, removed, share: removed / Math.max(1, logs) };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}

const logsOf = ({ logs }: TriageCount): number => logs;
const removedOf = ({ poison, suspects }: TriageCount): number => poison + suspects;

function sum(counts: readonly TriageCount[], of: (count: TriageCount) => number): number {
  return counts.reduce((total, count) => total + of(count), 0);
}
