import { mainArms } from '../arms/unit-result.ts';
import { intervalOf, lastOf } from './cells.ts';
import { table } from './markdown-table.ts';
import type { HardSummary } from './summary.ts';
import { percent, share } from './wording.ts';

/**
 * The scenarios that no target is about, as a part of the page; nothing where none of them was run.
 * @param charts folder of the charts, as the page links to it
 */
export function hardPart({ scenarios, promotions, triageByScenario }: HardSummary, charts: string): string[] {
  if (scenarios.length === 0) return [];
  return [
    '## Hard scenarios',
    '',
    'They count in no figure above. Accuracy on fresh text after the last stage, clean / noisy, in per cent.',
    '',
    ...table(
      ['scenario', 'judge', 'start', ...mainArms],
      scenarios.map(({ scenario, judge, start, arms }) => [
        scenario,
        judge,
        `${percent(start.clean)} / ${percent(start.noisy)}`,
        ...mainArms.map((arm) => lastOf(arms[arm])),
      ]),
    ),
    '',
    'Ratchet less the other arm, in points, clean; noisy.',
    '',
    ...table(
      ['scenario', 'judge', ...mainArms.slice(1)],
      scenarios.map(({ scenario, judge, arms }) => [
        scenario,
        judge,
        ...mainArms.slice(1).map((arm) => {
          const behind = arms[arm]?.behindRatchet;
          return behind?.clean === undefined ? '' : `${intervalOf(behind.clean)}; ${intervalOf(behind.noisy)}`;
        }),
      ]),
    ),
    '',
    'Promotions, on fresh clean text beside the champion before.',
    '',
    ...table(
      ['judge', 'promotions', 'of runs', 'fewer right', 'largest loss, points', 'worse by Holm'],
      promotions.map((row) => [
        row.judge ?? 'both',
        String(row.promotions),
        String(row.runs),
        share(row.lower, row.promotions),
        percent(row.worstDrop, 2),
        String(row.worse.length),
      ]),
    ),
    '',
    'What triage removed of the judged logs, all stages together.',
    '',
    ...table(
      ['scenario', 'judge', 'wrong corrections', 'removed', 'good removed', 'precision'],
      triageByScenario.map(({ scenario, judge, all }) => [
        scenario,
        judge,
        String(all.wrongCorrections),
        all.wrongCorrectionsRemoved.toFixed(2),
        all.goodRemoved.toFixed(3),
        all.precision.toFixed(2),
      ]),
    ),
    '',
    ...[...new Set(scenarios.map(({ scenario }) => scenario))].flatMap((name) => [
      `![${name}: accuracy by stage and arm](${charts}/${name}.svg)`,
      '',
    ]),
  ];
}
