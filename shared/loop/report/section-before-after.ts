import { plural } from '../../domain/base/wording.ts';
import { figure, responsiveChart } from './chart.ts';
import { changeOf, describeRates, rateChart, rateLegend } from './chart-rates.ts';
import { html, type Markup, type Part } from './markup.ts';
import { figureMeaning, figureTitle } from './plain-words.ts';
import { rateCells } from './rate-cells.ts';
import type { BeforeAfter, ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { shownName } from './shown-name.ts';
import { type Column, dataTable, foldedTable } from './table.ts';
import { bestOf, ofRight, outOfFold, reportShareNote, scoreSentence } from './test-rows.ts';

const charted = 24;
const tabled = 500;

/** Figures before and after: the three apart, and by slice. The first screen has the picture of the three. */
export function beforeAfterSection(data: ReportData): Section | AbsentSection {
  const heading = { id: 'before-after', title: 'Before and after' };
  if (data.test === null) {
    return {
      ...heading,
      absent: 'No figures: they are of the candidate that a decision is about, and the run ended before there was one.',
    };
  }
  return { ...heading, body: html`${threeApart(data.test, data)}${bySlice(data.bySlice)}` };
}

function threeApart(test: readonly BeforeAfter[], data: ReportData): Markup {
  const cells = test.map((row): readonly Part[] => [
    html`${figureTitle(row.name)} <span class="quiet block">${figureMeaning(row.name)}</span>`,
    ...rateCells(row),
  ]);
  return html`<p>All traffic, ${data.leftOut} left out, and of it the champion's failures and passes apart. Out of fold, under the champion and under the candidate: ${outOfFold}. ${bestOf(data)}${reportShareNote(data)}${scoreSentence(data)}</p>
    ${dataTable(`Figures${ofRight(data)} with 95 % Wilson intervals, changes in percentage points`, rateColumns('Of'), cells)}`;
}

function bySlice(rows: readonly BeforeAfter[]): Markup | null {
  if (rows.length === 0) return null;
  const ordered = [...rows].sort(
    (a, b) => Math.abs(changeOf(b) ?? 0) - Math.abs(changeOf(a) ?? 0) || b.after.of - a.after.of,
  );
  const shown = ordered.slice(0, charted).map((row) => ({ ...row, note: plural(row.after.of, 'trace') }));
  const text = {
    id: 'chart-slices',
    title: 'Traffic before and after, by slice',
    description: describeRates(shown),
  };
  return html`<h3>By slice</h3>
    <p>A slice is what the metadata of the traces names as such. Those with few traces have wide intervals: read them with care.</p>
    ${figure(
      responsiveChart(text, (chart, width, narrow) => rateChart(chart, shown, width, narrow)),
      html`<p class="legend">${rateLegend}</p>`,
    )}
    ${foldedTable(
      `Figures of ${rows.length > tabled ? `the ${tabled} slices that changed most` : rows.length === 1 ? 'the slice' : `all ${plural(rows.length, 'slice')}`}`,
      rateColumns('Slice'),
      ordered.slice(0, tabled).map((row) => [shownName(row.name, 60), ...rateCells(row)]),
    )}`;
}

function rateColumns(first: string): readonly Column[] {
  return [
    { title: first },
    { title: 'Before', numeric: true },
    { title: 'After', numeric: true },
    { title: 'Change', numeric: true },
  ];
}
