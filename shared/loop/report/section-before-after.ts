import { formatCount, plural } from '../../domain/base/wording.ts';
import { figure, responsiveChart } from './chart.ts';
import { changeOf, describeRates, rateChart, rateLegend } from './chart-rates.ts';
import { formatInterval, formatPoints, formatRate } from './format.ts';
import { html, type Markup, type Part } from './markup.ts';
import { figureMeaning, figureTitle } from './plain-words.ts';
import type { BeforeAfter, Rate, ReportData } from './report-data.ts';
import { type AbsentSection, missing, type Section } from './section.ts';
import { type Column, dataTable, foldedTable } from './table.ts';
import { bestOf, reportShareNote, testRows } from './test-rows.ts';
import { visibleLine } from './visible-text.ts';

const charted = 24;
const tabled = 500;

/** Figures before and after: the three apart, by slice and by label, and the paper's own figure at the end. */
export function beforeAfterSection(data: ReportData): Section | AbsentSection {
  const heading = { id: 'before-after', title: 'Before and after' };
  if (data.test === null) {
    return {
      ...heading,
      absent: 'No figures: they are of the candidate that a decision is about, and the run ended before there was one.',
    };
  }
  return {
    ...heading,
    body: html`${threeApart(data.test, data)}${bySlice(data.bySlice)}${byLabel(data.byLabel)}${paperNote(data.allFailuresFixed)}`,
  };
}

function threeApart(test: readonly BeforeAfter[], data: ReportData): Markup {
  const rows = testRows(test);
  const text = {
    id: 'chart-sets',
    title: 'Figures before and after: all traffic, failures and passes apart',
    description: describeRates(rows),
  };
  const cells = test.map((row): readonly Part[] => [
    html`${figureTitle(row.name)} <span class="quiet block">${figureMeaning(row.name)}</span>`,
    ...rateCells(row),
  ]);
  return html`<h3>All traffic, failures and passes apart</h3>
    <p>Out of fold: each trace was answered by a model that has not seen it, under the champion and under the candidate. ${bestOf(data)}${reportShareNote(data)}</p>
    ${figure(
      responsiveChart(text, (chart, width, narrow) => rateChart(chart, rows, width, narrow)),
      html`<p class="legend">${rateLegend}</p>`,
    )}
    ${dataTable('Figures with 95 % Wilson intervals, changes in percentage points', rateColumns('Of'), cells)}`;
}

function paperNote(rate: Rate | null): Markup | null {
  if (rate === null) return null;
  return html`<h3>The paper's own figure</h3>
    <aside class="note" aria-label="The paper's own figure"><p><strong>${formatRate(rate)}</strong> of the failures fixed (${formatCount(rate.right)} of ${formatCount(rate.of)}; ${formatInterval(rate)}), failures it trained on included; no measure of quality. It is given for comparison with other work that reports it so: judge the candidate by the figures out of fold above.</p></aside>`;
}

function bySlice(rows: readonly BeforeAfter[]): Markup | null {
  return rows.length === 0 ? null : breakdown(rows, { id: 'chart-slices', heading: 'By slice', noun: 'slice' });
}

function byLabel(rows: readonly BeforeAfter[]): Markup {
  return rows.length === 0
    ? html`<h3>By label</h3>${missing('No figures by label.')}`
    : breakdown(rows, { id: 'chart-labels', heading: 'By label', noun: 'label' });
}

function breakdown(
  rows: readonly BeforeAfter[],
  { id, heading, noun }: { readonly id: string; readonly heading: string; readonly noun: string },
): Markup {
  const ordered = [...rows].sort(
    (a, b) => Math.abs(changeOf(b) ?? 0) - Math.abs(changeOf(a) ?? 0) || b.after.of - a.after.of,
  );
  const shown = ordered.slice(0, charted).map((row) => ({ ...row, note: plural(row.after.of, 'trace') }));
  const text = {
    id,
    title: `Traffic before and after, by ${noun}`,
    description: describeRates(shown),
  };
  const up = rows.filter((row) => (changeOf(row) ?? 0) > 0).length;
  const down = rows.filter((row) => (changeOf(row) ?? 0) < 0).length;
  return html`<h3>${heading}</h3>
    <p>Of ${plural(rows.length, noun)} of the traffic, ${up} gained, ${down} lost and ${rows.length - up - down} stayed the same. ${rows.length > charted && `The chart shows the ${charted} that changed most.`} Those with few examples have wide intervals: read them with care.</p>
    ${figure(
      responsiveChart(text, (chart, width, narrow) => rateChart(chart, shown, width, narrow)),
      html`<p class="legend">${rateLegend}</p>`,
    )}
    ${foldedTable(
      `Figures of ${rows.length > tabled ? `the ${tabled} ${noun}s that changed most` : `all ${plural(rows.length, noun)}`}`,
      rateColumns(`${noun.charAt(0).toUpperCase()}${noun.slice(1)}`),
      ordered.slice(0, tabled).map((row) => [visibleLine(row.name, 80), ...rateCells(row)]),
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

function rateCells(row: BeforeAfter): readonly Part[] {
  const change = changeOf(row);
  const tone = change === null || Math.abs(change) < 0.0005 ? 'quiet' : change > 0 ? 'good' : 'bad';
  return [
    rateCell(row.before),
    rateCell(row.after),
    html`<span class="${tone}">${change === null ? '' : formatPoints(change)}</span>`,
  ];
}

function rateCell(rate: Rate): Markup {
  return html`<strong>${formatRate(rate)}</strong> <span class="quiet block">${formatCount(rate.right)} of ${formatCount(rate.of)}</span> <span class="quiet block">${formatInterval(rate)}</span>`;
}
