import { formatCount, plural } from '../../domain/base/wording.ts';
import { leftOutWords } from '../state/left-out.ts';
import { figure, responsiveChart } from './chart.ts';
import { barChart } from './chart-bars.ts';
import { formatPercent } from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise, humanise } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import { missing, type Section } from './section.ts';
import { dataTable } from './table.ts';
import { compactText } from './untrusted-text.ts';

const colours: Readonly<Record<string, string>> = {
  clean: 'var(--after)',
  'fixable-noise': 'var(--slice-replay)',
  poison: 'var(--bad)',
  'suspect-judgement': 'var(--warn)',
};
const meanings: Readonly<Record<string, string>> = {
  clean: 'used',
  'fixable-noise': 'used, what is right stays',
  poison: 'set aside',
  'suspect-judgement': 'not trained, for human review',
};

/** What triage made of the traffic, with a reason and a text for each kind. */
export function triageSection(data: ReportData): Section {
  const { traffic } = data;
  const intro = html`<p>${plural(traffic.traces, 'trace')} read: on today's answers of the champion ${plural(traffic.passes, 'pass', 'passes')}, ${plural(traffic.failures, 'failure')}, and ${formatCount(traffic.unknown)} of which nobody knows the right answer.${traffic.leftOut == null ? '' : ` ${leftOutWords(traffic.leftOut, traffic.traces)}`}</p>`;
  return {
    id: 'triage',
    title: 'Triage of the traffic',
    body: html`${intro}${data.triage.length === 0 ? missing('Nothing was triaged.') : triageBody(data)}`,
  };
}

function triageBody(data: ReportData): Markup {
  const total = Math.max(
    1,
    data.triage.reduce((sum, row) => sum + row.count, 0),
  );
  const categories = Map.groupBy(data.triage, (row) => row.category);
  const bars = [...categories].map(([category, rows]) => ({
    name: humanise(category),
    count: rows.reduce((sum, row) => sum + row.count, 0),
    colour: colours[category] ?? 'var(--muted)',
    note: meanings[category] ?? '',
  }));
  const text = {
    id: 'chart-triage',
    title: 'Traces by triage category',
    description: bars.map((bar) => `${bar.name}: ${bar.count}, ${bar.note}.`).join(' '),
  };
  return html`${figure(
    responsiveChart(text, (chart, width, narrow) => barChart(chart, bars, width, narrow)),
    `Poison is neither trained nor weighed by, nor what rests on one judge alone against the first examples. ${capitalise(data.leftOut)} are not trained on; they stay among what the gate pairs, so that triage cannot lean it, and go to human review, never silently flipped.`,
  )}
    ${dataTable(
      'Triage by kind',
      [
        { title: 'Kind' },
        { title: 'Category' },
        { title: 'Traces', numeric: true },
        { title: 'Share', numeric: true },
        { title: 'For example', long: data.triage.some(({ example }) => example !== '') },
      ],
      [...data.triage]
        .sort((a, b) => b.count - a.count)
        .slice(0, 60)
        .map((row) => [
          row.kind === 'none' ? 'Nothing found' : humanise(row.kind),
          humanise(row.category),
          formatCount(row.count),
          formatPercent(row.count / total),
          row.example === '' ? '' : compactText(row.example),
        ]),
    )}`;
}
