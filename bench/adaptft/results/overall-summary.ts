import type { Random } from '../../../shared/ports/random.ts';
import { unpackRights } from '../arms/rights.ts';
import type { Score } from '../arms/score.ts';
import type { ArmName, UnitResult } from '../arms/unit-result.ts';
import { type Difference, pairedDifference } from './bootstrap.ts';

/** Accuracy on fresh text of an arm less that of a rival. */
export interface FreshDifference {
  readonly clean: Difference;
  readonly noisy: Difference;
}

/** An arm beside a rival, under one judge. Scenarios and seeds count alike; so many pairs of them there are. */
export interface Overall {
  readonly arm: ArmName;
  readonly rival: ArmName;
  readonly judge: string;
  readonly pairs: number;
  /** After each stage, over all scenarios. */
  readonly stages: readonly FreshDifference[];
  /** After the last stage. */
  readonly scenarios: readonly (FreshDifference & { readonly scenario: string })[];
}

/** The rivals that the one page of results names. */
export const mainRivals = ['all', 'clean-only'] as const;

/** An arm less each rival, by judge, over all scenarios and seeds that both have finished. */
export function summariseOverall(
  units: readonly UnitResult[],
  random: Random,
  arm: ArmName = 'ratchet',
  rivals: readonly ArmName[] = mainRivals,
): Overall[] {
  const judges = [...new Set(units.map(({ judge }) => judge))].sort();
  return judges.flatMap((judge) =>
    rivals.flatMap((rival) => {
      const pairs = pairsOf(units, judge, arm, rival);
      const scenarios = [...new Set(pairs.map(({ own }) => own.scenario))];
      const stages = Math.min(...pairs.flatMap(({ own, other }) => [own.stages.length, other.stages.length]));
      if (pairs.length === 0) return [];
      const drawn = (name: string) => random.stream(1, `overall/${judge}/${arm}/${rival}/${name}`);
      return [
        {
          arm,
          rival,
          judge,
          pairs: pairs.length,
          stages: Array.from({ length: stages }, (_, stage) => differenceOf(pairs, stage, drawn(String(stage)))),
          scenarios: scenarios.map((scenario) => ({
            scenario,
            ...differenceOf(
              pairs.filter(({ own }) => own.scenario === scenario),
              stages - 1,
              drawn(scenario),
            ),
          })),
        },
      ];
    }),
  );
}

/** Two arms in the same scenario, with the same seed and judge. */
interface UnitPair {
  readonly own: UnitResult;
  readonly other: UnitResult;
}

function pairsOf(units: readonly UnitResult[], judge: string, arm: ArmName, rival: ArmName): UnitPair[] {
  const under = units.filter((unit) => unit.judge === judge);
  const named = ({ scenario, seed }: UnitResult) => `${scenario}.${seed}`;
  const others = new Map(under.filter((unit) => unit.arm === rival).map((unit) => [named(unit), unit]));
  return under
    .filter((unit) => unit.arm === arm)
    .flatMap((own) => {
      const other = others.get(named(own));
      return other === undefined ? [] : [{ own, other }];
    });
}

function differenceOf(
  pairs: readonly UnitPair[],
  stage: number,
  random: ReturnType<Random['stream']>,
): FreshDifference {
  const of = (measure: 'clean' | 'noisy') =>
    pairedDifference(
      pairs.map(({ own, other }) => ({
        a: rightsOf(own.stages[stage]?.scores[measure]),
        b: rightsOf(other.stages[stage]?.scores[measure]),
      })),
      random,
    );
  return { clean: of('clean'), noisy: of('noisy') };
}

function rightsOf(score: Score | undefined): boolean[] {
  return score === undefined ? [] : unpackRights(score.rights, score.of);
}
