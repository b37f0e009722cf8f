import type { TriageCount, UnitResult } from '../arms/unit-result.ts';
import { paperStages } from '../logs/make-stage.ts';
import type { TriageShares, TriageOfScenario } from './summary.ts';

/** The stage that triage is held to. */
export const heldToPoison = 0.25;

/** What Ratchet's triage removed, by scenario and judge: at 25 % poison, and in all stages together. */
export function summariseTriageByScenario(units: readonly UnitResult[]): TriageOfScenario[] {
  const own = units.filter(({ arm }) => arm === 'ratchet');
  const held = paperStages.findIndex(({ strength }) => strength.poison === heldToPoison);
  return [...Map.groupBy(own, ({ scenario, judge }) => JSON.stringify([scenario, judge]))].map(([key, group]) => {
    const [scenario, judge] = JSON.parse(key) as [string, string];
    return {
      scenario,
      judge,
      quarter: sharesOf(group.flatMap(({ stages }) => stages[held]?.triage ?? [])),
      all: sharesOf(group.flatMap(({ stages }) => stages.flatMap(({ triage }) => triage))),
    };
  });
}

/** Precision, what was found of wrong corrections, and what was lost of good records. */
export function sharesOf(counts: readonly TriageCount[]): TriageShares {
  const poisoned = counts.filter((count) => count.class === 'poison');
  const wrong = counts.filter((count) => count.wrongCorrection);
  const good = counts.filter((count) => count.class !== 'poison');
  return {
    precision: removed(poisoned) / Math.max(1, removed(counts)),
    wrongCorrections: logs(wrong),
    wrongCorrectionsRemoved: removed(wrong) / Math.max(1, logs(wrong)),
    good: logs(good),
    goodRemoved: removed(good) / Math.max(1, logs(good)),
  };
}

function logs(counts: readonly TriageCount[]): number {
  return counts.reduce((sum, count) => sum + count.logs, 0);
}

function removed(counts: readonly TriageCount[]): number {
  return counts.reduce((sum, { poison, suspects }) => sum + poison + suspects, 0);
}
