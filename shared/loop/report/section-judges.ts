import { plural } from '../../domain/base/wording.ts';
import { alignmentOf, correctedRate } from '../../domain/evaluation/judge-alignment.ts';
import type { JudgeReport } from '../state/judge-report.ts';
import { formatPercent } from './format.ts';
import { html, type Markup } from './markup.ts';
import type { ReportData } from './report-data.ts';
import type { Section } from './section.ts';
import { dataTable } from './table.ts';
import { compactText } from './untrusted-text.ts';

const roles = { judge: 'Judge', 'second-opinion': 'Second opinion' } as const;

/** Whether judges that may err agree with people, and what they said; null where the model has none. */
export function judgesSection({ judges }: Pick<ReportData, 'judges'>): Section | null {
  if (judges.length === 0) return null;
  return {
    id: 'judges',
    title: 'Judges and people',
    body: html`${judges.map(({ role, report }) => judgeBody(role, report))}`,
  };
}

function judgeBody(of: keyof typeof roles, report: JudgeReport): Markup {
  const role = roles[of];
  const { name, agreement, counts, why, said, unusable, trouble, spent } = report;
  const { tpr, tnr } = alignmentOf(agreement);
  const corrected = correctedRate(said, agreement);
  const rows = [
    { name: 'Right of what people found right (TPR)', rate: tpr },
    { name: 'Wrong of what people found wrong (TNR)', rate: tnr },
  ];
  return html`<p><strong>${role} ${compactText(name)}: ${counts ? 'its verdicts count' : 'its verdicts do not count'}.</strong> ${why}</p>
    ${trouble === null ? '' : html`<p>It judged no further, and the run went on without it: ${compactText(trouble)}</p>`}
    <p>It judged ${of === 'judge' ? `${plural(said.of, 'answer')} that nobody else had judged` : plural(said.of, 'suspect judgement')}, and passed ${said.passes}. ${corrected === null ? '' : `By how it errs on what people judged, about ${formatPercent(corrected.value)} of them are right (95 % interval ${formatPercent(corrected.lower)} to ${formatPercent(corrected.upper)}; Rogan and Gladen).`} ${unusable === 0 ? '' : `${plural(unusable, 'answer')} of its own made no sense and counted for nothing.`} It read ${spent.inputTokens} tokens and wrote ${spent.outputTokens}, for $${spent.usd.toFixed(4)}.</p>
    ${dataTable(
      `${role}: agreement with people`,
      [
        { title: 'Of the same answers' },
        { title: 'Judged', numeric: true },
        { title: 'Agreed', numeric: true },
        { title: '95 % interval' },
      ],
      rows.map(({ name: row, rate }) => [
        row,
        String(rate.of),
        rate.of === 0 ? '–' : formatPercent(rate.value),
        rate.of === 0 ? '–' : `${formatPercent(rate.lower)} – ${formatPercent(rate.upper)}`,
      ]),
    )}`;
}
