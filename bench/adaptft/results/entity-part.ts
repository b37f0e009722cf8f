import { shareRight, type Score, type Scores } from '../arms/score.ts';
import { mainArms, type UnitResult } from '../arms/unit-result.ts';
import type { Scenario } from '../scenarios/scenario.ts';
import { table } from './markdown-table.ts';
import { percent, signed } from './wording.ts';

/** How a part of the scores is told: by the task's own metric, or by the share of traces that are right in full. */
type Telling = (score: Score) => number;
const f1: Telling = (score) => score.metric?.value ?? shareRight(score);

/**
 * Scenarios of entities, by entity F1 and by the share of traces all of whose entities are right; nothing where none of
 * them was run. Means over the seeds.
 */
export function entityPart(units: readonly UnitResult[], scenarios: readonly Scenario[]): string[] {
  const groups = scenarios.flatMap(({ name }) => {
    const own = units.filter(({ scenario }) => scenario === name);
    const judges = [...new Set(own.map(({ judge }) => judge))].sort();
    return judges.map((judge) => ({ name, judge, units: own.filter((unit) => unit.judge === judge) }));
  });
  if (groups.length === 0) return [];
  return [
    '## Entities',
    '',
    'They count in no figure about labels. First entity F1 (micro; an entity counts where type and both bounds are right), then the share of traces',
    'all of whose entities are right; each on fresh text, clean / noisy, in per cent.',
    '',
    ...[
      { title: 'Entity F1', telling: f1 },
      { title: 'Traces right', telling: shareRight },
    ].flatMap(({ title, telling }) => [
      ...table(
        [title, 'judge', 'arm', 'start', 'clean stage', '15 %', '25 %', '40 %'],
        groups.flatMap((group) =>
          mainArms.flatMap((arm) => {
            const own = group.units.filter((unit) => unit.arm === arm);
            return own.length === 0 ? [] : [[group.name, group.judge, arm, ...trajectory(own, telling)]];
          }),
        ),
      ),
      '',
    ]),
    'Ratchet’s promotions beside its own champion before, on fresh text, in points: entity F1 and traces right, clean / noisy. What is below zero fell.',
    '',
    ...table(
      ['scenario', 'judge', 'seed', 'after stage', 'F1', 'traces right', 'clean traces gained, lost'],
      groups.flatMap(({ units: own }) => own.filter(({ arm }) => arm === 'ratchet').flatMap(promotions)),
    ),
    '',
  ];
}

function trajectory(units: readonly UnitResult[], telling: Telling): string[] {
  const points = [units.map(({ start }) => start)];
  for (const stage of units[0]?.stages.keys() ?? []) {
    points.push(units.flatMap(({ stages }) => stages[stage]?.scores ?? []));
  }
  return points.map((scores) => {
    const mean = (of: (each: Scores) => Score): number =>
      scores.reduce((sum, each) => sum + telling(of(each)), 0) / scores.length;
    return `${percent(mean(({ clean }) => clean))} / ${percent(mean(({ noisy }) => noisy))}`;
  });
}

function promotions({ scenario, judge, seed, start, stages }: UnitResult): string[][] {
  return stages.flatMap(({ scores, runs }, at) => {
    const before = stages[at - 1]?.scores ?? start;
    const by = (telling: Telling): string =>
      `${signed(telling(scores.clean) - telling(before.clean))} / ${signed(telling(scores.noisy) - telling(before.noisy))}`;
    return runs.flatMap(({ change }) =>
      change === null
        ? []
        : [
            [
              scenario,
              judge,
              String(seed),
              String(at + 1),
              by(f1),
              by(shareRight),
              `${change.clean.gained}, ${change.clean.lost}`,
            ],
          ],
    );
  });
}
