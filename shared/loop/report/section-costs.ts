import { formatCount } from '../../domain/base/wording.ts';
import { duration } from '../../operations/estimate-training.ts';
import { html } from './markup.ts';
import type { ReportData } from './report-data.ts';
import type { Section } from './section.ts';
import { dataTable } from './table.ts';

/** What trainings and answers took that are paid for; null where nothing is counted. */
export function costsSection({ costs, candidates }: Pick<ReportData, 'costs' | 'candidates'>): Section | null {
  const { trainings, answers, usd } = costs;
  if (trainings.length === 0 && answers === null) return null;
  const nameOf = (checkpoint: string) =>
    candidates.find(({ checkpointId }) => checkpointId === checkpoint)?.candidateId ?? checkpoint;
  const rows = [
    ...trainings.map(({ checkpoint, seconds, usd: of }) => [
      `Training of candidate ${nameOf(checkpoint)}`,
      duration(seconds),
      '',
      '',
      of.toFixed(4),
    ]),
    ...(answers === null
      ? []
      : [
          [
            `${formatCount(answers.inputs)} answers that are paid for`,
            '',
            formatCount(answers.inputTokens),
            formatCount(answers.outputTokens),
            answers.usd.toFixed(4),
          ],
        ]),
  ];
  return {
    id: 'costs',
    title: 'What it cost',
    body: html`<p>Trainings and answers cost $${usd.toFixed(4)} by the prices configured; what agents and judges cost stands with them.</p>
    ${dataTable(
      'Trainings and answers',
      [
        { title: 'For' },
        { title: 'Time worked', numeric: true },
        { title: 'Tokens read', numeric: true },
        { title: 'Tokens written', numeric: true },
        { title: 'US dollars', numeric: true },
      ],
      rows,
    )}`,
  };
}
