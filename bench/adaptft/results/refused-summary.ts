import type { RunRecord, UnitResult } from '../arms/unit-result.ts';
import type { Refused } from './summary.ts';

/** What Ratchet's runs refused, by scenario and judge: the price of the gate. */
export function summariseRefused(units: readonly UnitResult[]): Refused[] {
  const own = units.filter(({ arm }) => arm === 'ratchet');
  return [...Map.groupBy(own, ({ scenario, judge }) => JSON.stringify([scenario, judge]))].map(([key, group]) => {
    const [name, judge] = JSON.parse(key) as [string, string];
    const runs = group.flatMap(({ stages }) => stages.flatMap((stage) => stage.runs));
    const refusals = runs.filter(({ decision, offered }) => decision === 'kept' && offered.length > 0);
    const gains = refusals.map(gainOf);
    return {
      name,
      judge,
      runs: runs.length,
      promoted: runs.filter(({ decision }) => decision === 'promoted').length,
      withoutCandidate: runs.filter(({ offered, decision }) => offered.length === 0 && decision === 'kept').length,
      refused: refusals.length,
      clean: mean(gains.map(({ clean }) => clean)),
      noisy: mean(gains.map(({ noisy }) => noisy)),
      better: gains.filter(({ clean, noisy }) => clean + noisy > 0).length,
    };
  });
}

/** The mean of all candidates, not the best of them: which one is best on fresh text nobody can know. */
function gainOf({ offered, champion }: RunRecord): { clean: number; noisy: number } {
  return {
    clean: mean(offered.map(({ clean }) => clean)) - champion.clean,
    noisy: mean(offered.map(({ noisy }) => noisy)) - champion.noisy,
  };
}

function mean(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}
