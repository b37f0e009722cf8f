import binomialCdf from '@stdlib/stats-base-dists-binomial-cdf';
import { netGain, wholeChanges } from '../../shared/domain/evaluation/net-gain.ts';
import type { Planted } from './planted.ts';

/**
 * The chance that the gain rule with a margin lets a candidate pass whose changes fall on all labels alike, by summing
 * over all that can be counted: how many records change (binomial), and how many of those for the better.
 * @param margin a fraction
 */
export function chanceOfGain({ better, churn, pairs }: Planted, margin: number): number {
  const gainedOfChanged = (churn + better) / 2 / churn;
  let chance = 0;
  for (let changed = 1; changed <= pairs; changed += 1) {
    const ofChanged = binomialCdf(changed, pairs, churn) - binomialCdf(changed - 1, pairs, churn);
    if (ofChanged < 1e-12) continue;
    const fewest = fewestGained(pairs, changed, margin);
    if (fewest <= changed) chance += ofChanged * (1 - binomialCdf(fewest - 1, changed, gainedOfChanged));
  }
  return chance;
}

/** Of so many changed records how many must be gained; more than all where no number is enough. */
function fewestGained(pairs: number, changed: number, margin: number): number {
  const passes = (gained: number) =>
    gained > changed - gained && netGain(wholeChanges(pairs, gained, changed - gained)).lower > -margin;
  let fewest = changed + 1;
  while (passes(fewest - 1)) fewest -= 1;
  return fewest;
}
