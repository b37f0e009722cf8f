import { mcNemarOneSided } from '../../../shared/domain/base/statistics.ts';
import { holm } from '../../improvement/summarise.ts';
import type { ArmName, UnitResult } from '../arms/unit-result.ts';

/** What an arm's promotions did to fresh clean text, beside the champion before. */
export interface Promotions {
  readonly arm: ArmName;
  /** Null for all judges together. */
  readonly judge: string | null;
  readonly runs: number;
  readonly promotions: number;
  /** Those after which fewer inputs are right, and by more than 0.3 points. */
  readonly lower: number;
  readonly farLower: number;
  /** The largest loss of accuracy, a fraction. */
  readonly worstDrop: number;
  /** Those that are worse by the exact one-sided McNemar test, by Holm's procedure over all of them at 5 %. */
  readonly worse: readonly string[];
  readonly smallestP: number;
}

/** Losses up to this are as good as none: three inputs of 900. */
export const slightDrop = 0.003;
const level = 0.05;

/** Promotions of an arm by judge, and of all judges together. */
export function summarisePromotions(units: readonly UnitResult[], arm: ArmName = 'ratchet'): Promotions[] {
  const own = units.filter((unit) => unit.arm === arm);
  const judges = [...new Set(own.map(({ judge }) => judge))].sort();
  return [...judges, null].map((judge) => {
    const under = own.filter((unit) => judge === null || unit.judge === judge);
    const moves = under.flatMap(movesOf);
    const drops = moves.map(({ drop }) => drop);
    return {
      arm,
      judge,
      runs: under.flatMap(({ stages }) => stages.flatMap(({ runs }) => runs)).length,
      promotions: moves.length,
      lower: drops.filter((drop) => drop > 0).length,
      farLower: drops.filter((drop) => drop > slightDrop).length,
      worstDrop: Math.max(0, ...drops),
      worse: holm(moves, level),
      smallestP: Math.min(1, ...moves.map(({ p }) => p)),
    };
  });
}

function movesOf(unit: UnitResult): { name: string; p: number; drop: number }[] {
  return unit.stages.flatMap(({ runs, scores }, at) =>
    runs.flatMap(({ change }) => {
      if (change === null) return [];
      const { gained, lost } = change.clean;
      return [
        {
          name: `${unit.scenario}/${unit.seed}/${unit.judge}/stage ${at + 1}`,
          p: mcNemarOneSided(lost, gained),
          drop: (lost - gained) / scores.clean.of,
        },
      ];
    }),
  );
}
