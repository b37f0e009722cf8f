import { formatCount, plural } from '../../domain/base/wording.ts';
import { figure, responsiveChart } from './chart.ts';
import { changeOf, describeRates, type RateRow, rateChart, rateLegend } from './chart-rates.ts';
import { formatInterval, formatPoints, formatRate } from './format.ts';
import { html, type Markup, type Part } from './markup.ts';
import { setMeaning, setTitle } from './plain-words.ts';
import type { BeforeAfter, Rate, ReportData } from './report-data.ts';
import { type AbsentSection, missing, type Section } from './section.ts';
import { type Column, dataTable, foldedTable } from './table.ts';
import { testRows } from './test-rows.ts';
import { visibleLine } from './visible-text.ts';

const charted = 24;
const tabled = 500;

/** Test figures before and after, by set, by slice and by label, and the paper's own figure beside them. */
export function beforeAfterSection(data: ReportData): Section | AbsentSection {
  const heading = { id: 'before-after', title: 'Before and after' };
  if (data.test === null) {
    return {
      ...heading,
      absent:
        'No test figures: the test sets are opened once, for the candidate that a decision is about, and the run ended before there was one.',
    };
  }
  return {
    ...heading,
    body: html`${bySet(data.test, data.allFailuresFixed)}${paperNote(data.allFailuresFixed)}${bySlice(data.bySlice)}${byLabel(data.byLabel)}`,
  };
}

function bySet(test: readonly BeforeAfter[], paper: Rate | null): Markup {
  const rows = [...testRows(test), ...paperRow(paper)];
  const text = {
    id: 'chart-sets',
    title: 'Test figures before and after, by test set',
    description: describeRates(rows),
  };
  const cells = test.map((row): readonly Part[] => [
    html`${setTitle(row.name)} <span class="quiet block">${setMeaning(row.name)}</span>`,
    ...rateCells(row),
  ]);
  return html`<h3>Three test sets, each opened once</h3>
    ${figure(
      responsiveChart(text, (chart, width, narrow) => rateChart(chart, rows, width, narrow)),
      html`<p class="legend">${rateLegend}</p>`,
    )}
    ${dataTable('Test figures with 95 % Wilson intervals, changes in percentage points', rateColumns('Test set'), cells)}`;
}

function paperRow(rate: Rate | null): readonly RateRow[] {
  const before = { right: 0, of: 0, lower: 0, upper: 1 };
  return rate === null ? [] : [{ name: "Paper's own figure", note: 'not held out', before, after: rate }];
}

function paperNote(rate: Rate | null): Markup | null {
  if (rate === null) return null;
  return html`<aside class="note" aria-label="The paper's own figure"><p><strong>The paper's own figure: ${formatRate(rate)}</strong> of all failures fixed (${formatCount(rate.right)} of ${formatCount(rate.of)}; ${formatInterval(rate)}), those trained on included. It is not a held-out figure: compare it with other work that reports it so, and judge the candidate by the test sets above.</p></aside>`;
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
    title: `Test traffic before and after, by ${noun}`,
    description: describeRates(shown),
  };
  const up = rows.filter((row) => (changeOf(row) ?? 0) > 0).length;
  const down = rows.filter((row) => (changeOf(row) ?? 0) < 0).length;
  return html`<h3>${heading}</h3>
    <p>Of ${plural(rows.length, noun)} on test traffic, ${up} gained, ${down} lost and ${rows.length - up - down} stayed the same. ${rows.length > charted && `The chart shows the ${charted} that changed most.`} Those with few examples have wide intervals: read them with care.</p>
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
