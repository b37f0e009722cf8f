import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import { wilsonInterval } from '../../shared/domain/base/statistics.ts';
import type { Interval } from '../../shared/domain/base/wilson.ts';
import { gateCandidate } from '../../shared/domain/evaluation/gate.ts';
import { defaultSettings, type Settings } from '../../shared/domain/models/settings.ts';
import { draw, type Planted } from './planted.ts';

/** A gate under test: how cautious, and with which margin (a fraction) in place of that caution's. */
export interface GateUnderTest {
  readonly name: string;
  readonly caution: Settings['caution'];
  readonly margin: number | null;
}

export interface Promoted extends Interval {
  readonly planted: Planted;
  readonly gate: string;
  /** Share of the decisions that promoted the candidate, with its Wilson interval of 95 %. */
  readonly share: number;
}

/** How often each gate promotes a planted candidate; all gates decide on the same draws. */
export function promotedShares(
  planted: Planted,
  gates: readonly GateUnderTest[],
  decisions: number,
  seed: number,
): Promoted[] {
  const random = new SeededRandom().stream(seed, JSON.stringify(planted));
  const promoted = new Map(gates.map(({ name }) => [name, 0]));
  for (let decision = 0; decision < decisions; decision += 1) {
    const counted = draw(planted, random);
    const evidence = { failures: planted.pairs, records: planted.pairs };
    for (const { name, caution, margin } of gates) {
      const settings = { ...defaultSettings, caution };
      const { outcome } = gateCandidate({ ...counted, settings, margin, evidence, fit: null });
      if (outcome === 'passed') promoted.set(name, (promoted.get(name) ?? 0) + 1);
    }
  }
  return [...promoted].map(([gate, count]) => ({
    planted,
    gate,
    share: count / decisions,
    ...wilsonInterval(count, decisions),
  }));
}
