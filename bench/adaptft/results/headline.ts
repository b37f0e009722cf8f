import { table } from './markdown-table.ts';
import type { Summary } from './summary.ts';
import { interval, percent, share } from './wording.ts';

/**
 * The whole result on a few lines: against the two arms that count, and what promotions did.
 * @param chart the picture of it, as the page links to it
 */
export function headline({ overall, promotions, triageByScenario, targets }: Summary, chart: string): string[] {
  const seeds = Math.max(0, ...overall.map(({ scenarios }) => scenarios[0]?.clean.seeds ?? 0));
  const scenarios = Math.max(0, ...overall.map((each) => each.scenarios.length));
  return [
    `Accuracy of Ratchet less that of the other arm on fresh text after the last stage, in points: ${scenarios} scenarios, ${seeds} seeds each, 95 % intervals over both and over inputs.`,
    '',
    ...table(
      ['Ratchet less', 'judge', 'clean', 'noisy'],
      overall.flatMap(({ rival, judge, stages }) => {
        const last = stages.at(-1);
        return last === undefined
          ? []
          : [[`\`${rival}\``, judge, `**${interval(last.clean, 2)}**`, `**${interval(last.noisy, 2)}**`]];
      }),
    ),
    '',
    'Promotions, on fresh clean text beside the champion before:',
    '',
    ...table(
      ['judge', 'promotions', 'of runs', 'fewer right', 'by more than 0.3 points', 'largest loss, points', 'worse by Holm'],
      promotions.map((row) => [
        row.judge ?? 'both',
        String(row.promotions),
        String(row.runs),
        share(row.lower, row.promotions),
        share(row.farLower, row.promotions),
        percent(row.worstDrop, 2),
        String(row.worse.length),
      ]),
    ),
    '',
    `![Ratchet less its rivals by stage](${chart})`,
    '',
    `${targets.filter(({ met }) => met).length} of ${targets.length} targets are met.`,
    '',
    '## By stage',
    '',
    'Ratchet less the other arm, in points, clean / noisy, over all scenarios.',
    '',
    ...table(
      ['Ratchet less', 'judge', ...(overall[0]?.stages ?? []).map((_, at) => `stage ${at + 1}`)],
      overall.map(({ rival, judge, stages }) => [
        `\`${rival}\``,
        judge,
        ...stages.map(({ clean, noisy }) => `${interval(clean, 2)} / ${interval(noisy, 2)}`),
      ]),
    ),
    '',
    '## Wrong corrections',
    '',
    'Share of the wrong corrections that triage removed, and of the good records (clean, fixable, hard): at 25 % poison, then in all stages together.',
    '',
    ...table(
      ['scenario', 'judge', 'wrong, 25 %', 'removed', 'good removed', 'precision', 'wrong, all', 'removed', 'good removed', 'precision'],
      triageByScenario.map(({ scenario, judge, quarter, all }) => [
        scenario,
        judge,
        ...[quarter, all].flatMap((shares) => [
          String(shares.wrongCorrections),
          shares.wrongCorrectionsRemoved.toFixed(2),
          shares.goodRemoved.toFixed(3),
          shares.precision.toFixed(2),
        ]),
      ]),
    ),
    '',
  ];
}
