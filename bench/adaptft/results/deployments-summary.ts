import { mcNemarOneSided } from '../../../shared/domain/base/statistics.ts';
import { holm } from '../../improvement/summarise.ts';
import { unpackRights } from '../arms/rights.ts';
import type { Scores } from '../arms/score.ts';
import { armNames, type UnitResult } from '../arms/unit-result.ts';
import type { Deployments } from './summary.ts';

const level = 0.05;

/**
 * Each arm's deployments against the model that each of them replaced, on fresh clean text: how often, and how far, it
 * went down.
 */
export function summariseDeployments(units: readonly UnitResult[]): Deployments[] {
  return armNames.flatMap((arm) => {
    const own = units.filter((unit) => unit.arm === arm);
    const moves = own.flatMap(movesOf);
    if (moves.length === 0) return [];
    return [
      {
        arm,
        scenarios: new Set(own.map(({ scenario }) => scenario)).size,
        deployments: moves.length,
        lower: moves.filter(({ drop }) => drop > 0).length,
        worstDrop: Math.max(0, ...moves.map(({ drop }) => drop)),
        worse: moves.filter(({ p }) => p <= level).length,
        worseByHolm: holm(moves, level).length,
      },
    ];
  });
}

function movesOf(unit: UnitResult): { name: string; p: number; drop: number }[] {
  const models = [unit.start, ...unit.stages.map(({ scores }) => scores)];
  return models.slice(1).flatMap((after, at) => {
    const before = models[at];
    if (before === undefined || isSame(before, after)) return [];
    const old = unpackRights(before.clean.rights, before.clean.of);
    const now = unpackRights(after.clean.rights, after.clean.of);
    const gained = now.filter((right, item) => right && old[item] === false).length;
    const lost = now.filter((right, item) => !right && old[item] === true).length;
    const name = `${unit.scenario}/${unit.seed}/${unit.judge}/${unit.arm}/${at + 1}`;
    return [{ name, p: mcNemarOneSided(lost, gained), drop: (lost - gained) / after.clean.of }];
  });
}

/** A stage that deployed nothing has the answers of the one before. */
function isSame(a: Scores, b: Scores): boolean {
  return a.clean.rights === b.clean.rights && a.noisy.rights === b.noisy.rights;
}
