import { formatCount, plural } from '../../domain/base/wording.ts';
import { daysUntilEnough, type EvidenceRow, evidenceRows } from './evidence-rows.ts';
import { formatPercent } from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise } from './plain-words.ts';
import type { ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { dataTable } from './table.ts';

/** What candidates are weighed by, and whether it is enough to decide. */
export function evidenceSection(data: ReportData): Section | AbsentSection {
  const heading = { id: 'evidence', title: 'Evidence' };
  if (data.evidence === null) {
    return { ...heading, absent: 'No evidence was gathered: the run ended before the traffic was divided.' };
  }
  return { ...heading, body: html`${weighed(data)}${enough(data)}` };
}

function weighed({ weighed: { size, right } }: ReportData): Markup {
  if (size === 0)
    return html`<p>There is no judged trace that the champion has not seen, so there is nothing to weigh a candidate by.</p>`;
  return html`<p>Candidates are weighed by ${plural(size, 'judged trace')}; the champion the run began with has ${formatCount(right)} of them right (${formatPercent(right / size)}). Champion and candidates are asked <em>out of fold</em>: the traffic is cut into parts for the life of the model, a model is trained without each part, and that one answers the traces of the part. <em>Near-duplicate groups</em>, texts that differ in little, lie in one part, so that no model was trained on what is all but the same. First examples of the model are trained everywhere and are never among the evidence.</p>`;
}

function enough(data: ReportData): Markup {
  return dataTable(
    'Is there enough evidence to decide?',
    [
      { title: 'Evidence' },
      { title: 'There are', numeric: true },
      { title: 'Needed', numeric: true },
      { title: 'Result' },
    ],
    evidenceRows(data).map((row) => [
      capitalise(row.name),
      formatCount(row.have),
      formatCount(row.need),
      row.have >= row.need
        ? html`<span class="good">✓ enough</span>`
        : html`<span class="bad">✗ ${formatCount(row.need - row.have)} too few (${formatPercent(row.have / row.need, 0)})</span>${pace(row)}`,
    ]),
  );
}

function pace(row: EvidenceRow): Markup {
  const days = daysUntilEnough(row);
  return days === null
    ? html` <span class="quiet block">how fast they come cannot be told from the log</span>`
    : html` <span class="quiet block">about ${plural(days, 'day')} at the present rate of ${(row.perDay ?? 0).toFixed(1)} a day</span>`;
}
