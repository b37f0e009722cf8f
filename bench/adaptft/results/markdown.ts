import { type ArmName, ablatedArms, mainArms } from '../arms/unit-result.ts';
import { intervalOf, lastOf } from './cells.ts';
import { hardPart } from './hard-part.ts';
import { headline } from './headline.ts';
import { table } from './markdown-table.ts';
import { paperFigures } from './paper.ts';
import type { HardSummary, ScenarioSummary, Summary, TriageSummary } from './summary.ts';
import { percent, share, signed } from './wording.ts';

export interface ReportFacts {
  readonly command: string;
  readonly seeds: readonly number[];
  readonly machine: string;
  readonly versions: string;
  readonly duration: string;
  /** Folder of the charts, as the page links to it. */
  readonly charts: string;
}

/**
 * The results as a page of Markdown.
 * @param hard the scenarios that no target is about, in a part of their own; null for none
 */
export function markdown(summary: Summary, facts: ReportFacts, hard: HardSummary | null = null): string {
  return [
    '# AdaptFT-Bench for encoders: results',
    '',
    ...headline(summary, `${facts.charts}/overall.svg`),
    '## How it was measured',
    '',
    `\`${facts.command}\` · seeds ${facts.seeds.join(', ')} · ${facts.versions} · ${facts.machine} · ${facts.duration}`,
    '',
    'What is measured, and how: [adaptft.md](adaptft.md) and [perturbations.md](perturbations.md). Accuracies are means over the seeds; differences are',
    'paired, with 95 % bootstrap intervals over seeds and inputs.',
    '',
    '## Targets',
    '',
    ...table(
      ['target', 'wanted', 'measured', ''],
      summary.targets.map(({ name, wanted, measured, met }) => [name, wanted, measured, met ? 'met' : '**missed**']),
    ),
    '',
    '## After the last stage',
    '',
    'Accuracy on fresh text, clean / noisy, in per cent.',
    '',
    ...table(
      ['scenario', 'judge', 'start', ...mainArms],
      summary.scenarios.map((scenario) => [
        scenario.scenario,
        scenario.judge,
        `${percent(scenario.start.clean)} / ${percent(scenario.start.noisy)}`,
        ...mainArms.map((arm) => lastOf(scenario.arms[arm])),
      ]),
    ),
    '',
    'Ratchet less the other arm on fresh noisy text, in points.',
    '',
    ...table(
      ['scenario', 'judge', ...mainArms.slice(1)],
      summary.scenarios.map((scenario) => [
        scenario.scenario,
        scenario.judge,
        ...mainArms.slice(1).map((arm) => intervalOf(scenario.arms[arm]?.behindRatchet.noisy)),
      ]),
    ),
    '',
    'The same on fresh clean text.',
    '',
    ...table(
      ['scenario', 'judge', ...mainArms.slice(1)],
      summary.scenarios.map((scenario) => [
        scenario.scenario,
        scenario.judge,
        ...mainArms.slice(1).map((arm) => intervalOf(scenario.arms[arm]?.behindRatchet.clean)),
      ]),
    ),
    '',
    'The same on the union of the stages’ test parts, the paper’s set.',
    '',
    ...table(
      ['scenario', 'judge', ...mainArms.slice(1)],
      summary.scenarios.map((scenario) => [
        scenario.scenario,
        scenario.judge,
        ...mainArms.slice(1).map((arm) => intervalOf(scenario.arms[arm]?.behindRatchet.union)),
      ]),
    ),
    '',
    '## Each deployment beside the model it replaced',
    '',
    'On fresh clean text, all scenarios, seeds, judges and stages together: deployments after which fewer answers are right, the largest loss in points, and what is worse by the exact one-sided McNemar test at 5 %, one by one and by Holm’s procedure.',
    '',
    ...table(
      ['arm', 'scenarios', 'deployments', 'fewer right', 'largest loss', 'worse at 5 %', 'by Holm'],
      summary.deployments.map((row) => [
        row.arm,
        String(row.scenarios),
        String(row.deployments),
        share(row.lower, row.deployments),
        percent(row.worstDrop),
        String(row.worse),
        String(row.worseByHolm),
      ]),
    ),
    '',
    ...ablationPart(summary),
    '## What the gate refused',
    '',
    'Fresh accuracy of the candidates less that of the champion that stayed, in points: the mean over all candidates of the runs that refused every one.',
    '',
    ...table(
      ['scenario', 'judge', 'runs', 'promoted', 'no candidate', 'refused', 'clean', 'noisy', 'refused, yet better'],
      summary.refused.map((row) => [
        row.name,
        row.judge,
        String(row.runs),
        String(row.promoted),
        String(row.withoutCandidate),
        String(row.refused),
        signed(row.clean),
        signed(row.noisy),
        `${row.better} of ${row.refused}`,
      ]),
    ),
    '',
    '## Triage',
    '',
    'Removed is what triage calls poison or a suspect judgement; precision and recall are of that. Kept out of training and evaluation is also what nobody knows a right output for.',
    '',
    ...table(
      ['judge', 'poison', 'precision', 'recall', 'kept out', 'wrong corrections removed', 'clean removed', 'fixable removed', 'hard removed'],
      summary.triage.map((row) => [
        row.judge,
        row.poison === null ? 'all' : `${percent(row.poison)} %`,
        row.precision.toFixed(3),
        row.recall.toFixed(3), row.keptOut.toFixed(3),
        row.wrongCorrectionsRemoved.toFixed(3),
        ...['clean', 'fixable', 'hard'].map((name) => shareOf(row, name)),
      ]),
    ),
    '',
    'By kind, all stages together: logs, and the share that was removed.',
    '',
    ...kindTable(summary.triage),
    '',
    '## Trajectories',
    '',
    ...[...new Set(summary.scenarios.map(({ scenario }) => scenario))].flatMap((name) => [
      `![${name}: accuracy by stage and arm](${facts.charts}/${name}.svg)`,
      '',
      ...trajectoryTable(summary.scenarios.filter(({ scenario }) => scenario === name)),
      '',
    ]),
    ...(hard === null ? [] : hardPart(hard, facts.charts)),
    '## Beside the paper',
    '',
    ...table(
      ['ours', 'the paper’s nearest', 'do they compare?'],
      paperFigures.map(({ ours, paper, compares }) => [ours, paper, compares]),
    ),
    '',
  ].join('\n');
}

function ablationPart(summary: Summary): string[] {
  const ablated = summary.scenarios.filter(({ arms }) => ablatedArms.some((arm) => arms[arm] !== undefined));
  if (ablated.length === 0) return [];
  return [
    '## Ratchet with one mechanism taken away',
    '',
    'Ratchet less Ratchet without it, in points, after the last stage; fresh clean, then fresh noisy text. Above zero the mechanism helps.',
    '',
    ...table(
      ['scenario', 'judge', ...ablatedArms.map((arm) => arm.replace('ratchet-', 'without '))],
      ablated.map((scenario) => [
        scenario.scenario,
        scenario.judge,
        ...ablatedArms.map((arm) => {
          const behind = scenario.arms[arm]?.behindRatchet;
          return behind === undefined ? '' : `${intervalOf(behind.clean)}; ${intervalOf(behind.noisy)}`;
        }),
      ]),
    ),
    '',
  ];
}

function trajectoryTable(scenarios: readonly ScenarioSummary[]): string[] {
  return table(
    ['judge', 'arm', 'clean stage', '15 %', '25 %', '40 %', 'examples', 'seconds a stage'],
    scenarios.flatMap(({ judge, arms }) =>
      [...mainArms, ...ablatedArms].flatMap((arm: ArmName) => {
        const stages = arms[arm]?.stages;
        if (stages === undefined) return [];
        const seconds = stages.reduce((sum, stage) => sum + stage.seconds, 0) / stages.length;
        return [
          [
            judge,
            arm,
            ...stages.map(({ clean, noisy }) => `${percent(clean)} / ${percent(noisy)}`),
            String(stages.at(-1)?.examples ?? ''),
            seconds.toFixed(1),
          ],
        ];
      }),
    ),
  );
}

function kindTable(triage: readonly TriageSummary[]): string[] {
  const overall = triage.filter(({ poison }) => poison === null);
  const names = [...new Set(overall.flatMap(({ kinds }) => kinds.map(({ name }) => name)))].sort();
  return table(
    ['kind', ...overall.map(({ judge }) => `${judge} judge`)],
    names.map((name) => [
      name,
      ...overall.map(({ kinds }) => {
        const row = kinds.find((kind) => kind.name === name);
        return row === undefined ? '' : `${row.logs}: ${row.share.toFixed(2)}`;
      }),
    ]),
  );
}

function shareOf(row: TriageSummary, name: string): string {
  return row.classes.find((each) => each.name === name)?.share.toFixed(3) ?? '';
}
