import { formatCount, plural, withArticle } from '../../domain/base/wording.ts';
import { figure, responsiveChart } from './chart.ts';
import { changeOf, describeRates, rateChart, rateLegend } from './chart-rates.ts';
import { enoughForPoints, formatPercent, formatPoints, fractionOf } from './format.ts';
import { html, type Markup } from './markup.ts';
import { capitalise } from './plain-words.ts';
import { rateCells } from './rate-cells.ts';
import type { FacetReport, Rate, ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { shownName } from './shown-name.ts';
import { type Column, dataTable, foldedTable } from './table.ts';

const charted = 24;
const atOnce = 12;
const tabled = 500;

/** Recall and precision of each label (entity type, …) before and after, those that lose first. */
export function facetSection(data: ReportData): Section | AbsentSection {
  const { facet, facets } = data.words;
  const heading = { id: 'facets', title: `By ${facet}` };
  if (data.byFacet.length === 0) {
    return { ...heading, absent: `No figures by ${facet}: no candidate was weighed, or no record names any ${facet}.` };
  }
  const rows = [...data.byFacet].sort(lossesFirst);
  const count = (test: (change: number) => boolean) => rows.filter((row) => test(netOf(row))).length;
  return {
    ...heading,
    body: html`<p>Recall: of what is ${withArticle(facet)}, the share that is answered so. Precision: of what is answered as ${withArticle(facet)}, the share that is. Recall falls for ${formatCount(count((net) => net < 0))} of ${plural(rows.length, facet, facets)}, rises for ${formatCount(count((net) => net > 0))}, and stays for ${formatCount(count((net) => net === 0))}. ${capitalise(data.leftOut)} are left out, and each trace is answered by a model that has not seen it. Few are given as counts; their intervals are wide.</p>
    ${macroAverage(rows, data.words)}
    ${recallChart(rows, data.words)}
    ${facetTables(rows, data.words)}`,
  };
}

/** How many more are found than before. */
function netOf({ recall }: FacetReport): number {
  return recall.after.right - recall.before.right;
}

/** The largest losses first, then the largest gains, then what is as it was, by how many there are. */
function lossesFirst(a: FacetReport, b: FacetReport): number {
  const rank = (row: FacetReport) => (netOf(row) < 0 ? 0 : netOf(row) > 0 ? 1 : 2);
  return (
    rank(a) - rank(b) ||
    Math.abs(netOf(b)) - Math.abs(netOf(a)) ||
    (changeOf(a.precision) ?? 0) - (changeOf(b.precision) ?? 0) ||
    b.recall.after.of - a.recall.after.of ||
    (a.facet < b.facet ? -1 : 1)
  );
}

/** Means over the facets, each counting the same however frequent it is. */
function macroAverage(rows: readonly FacetReport[], words: ReportData['words']): Markup {
  const means = (when: 'before' | 'after') => {
    const recall = mean(rows.map((row) => fractionOf(row.recall[when])));
    // What is never answered, and should be, has no precision of its own: none of it is found.
    const precision = mean(rows.map((row) => fractionOf(row.precision[when]) ?? noneAnswered(row.recall[when])));
    const f1 = mean(rows.map((row) => f1Of(row, when)));
    return { recall, precision, f1 };
  };
  const [before, after] = [means('before'), means('after')];
  const few = rows.reduce((sum, { recall }) => sum + recall.after.of, 0) < enoughForPoints;
  const line = (name: string, from: number | null, to: number | null) => [
    name,
    from === null ? '' : formatPercent(from),
    to === null ? '' : formatPercent(to),
    from === null || to === null || few ? '' : toned(to - from),
  ];
  return dataTable(
    `Macro average: the mean over ${words.facets}, a rare one counts as much as a frequent one`,
    [
      { title: 'Mean of' },
      { title: 'Before', numeric: true },
      { title: 'After', numeric: true },
      { title: 'Change in points', numeric: true },
    ],
    [
      line('Recall', before.recall, after.recall),
      line('Precision', before.precision, after.precision),
      line('F1', before.f1, after.f1),
    ],
  );
}

function toned(change: number): Markup {
  const tone = Math.abs(change) < 0.0005 ? 'quiet' : change > 0 ? 'good' : 'bad';
  return html`<span class="${tone}">${formatPoints(change)}</span>`;
}

function noneAnswered(recall: Rate): number | null {
  return recall.of > 0 ? 0 : null;
}

/** 2 tp ÷ (2 tp + fp + fn); null where the facet is neither there nor answered. */
function f1Of({ recall, precision }: FacetReport, when: 'before' | 'after'): number | null {
  const of = recall[when].of + precision[when].of;
  return of === 0 ? null : (2 * recall[when].right) / of;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

function recallChart(rows: readonly FacetReport[], words: ReportData['words']): Markup {
  const shown = rows
    .filter(({ recall }) => recall.after.of > 0)
    .slice(0, charted)
    .map(({ facet, recall }) => ({
      name: facet,
      ...recall,
      note: plural(recall.after.of, words.parts?.one ?? 'trace', words.parts?.several),
    }));
  const text = {
    id: 'chart-facets',
    title: `Recall before and after, by ${words.facet}`,
    description: describeRates(shown),
  };
  const which = rows.length > shown.length ? `: the ${shown.length} that lose, or else gain, most` : '';
  return html`<h3>Recall${which}</h3>${figure(
    responsiveChart(text, (chart, width, narrow) => rateChart(chart, shown, width, narrow)),
    html`<p class="legend">${rateLegend}</p>`,
  )}`;
}

function facetTables(rows: readonly FacetReport[], { facet, facets }: ReportData['words']): Markup {
  const columns: readonly Column[] = [
    { title: capitalise(facet) },
    { title: 'Recall before', numeric: true },
    { title: 'after', numeric: true },
    { title: 'change', numeric: true },
    { title: 'Precision before', numeric: true },
    { title: 'after', numeric: true },
    { title: 'change', numeric: true },
  ];
  const cells = rows
    .slice(0, tabled)
    .map((row) => [shownName(row.facet, 28), ...rateCells(row.recall), ...rateCells(row.precision)]);
  const caption = `Recall and precision by ${facet} with 95 % Wilson intervals, losses first`;
  if (cells.length <= atOnce) return dataTable(caption, columns, cells);
  const rest = cells.slice(atOnce);
  const left = rows.length - atOnce - rest.length;
  return html`${dataTable(`${caption}: the first ${atOnce}`, columns, cells.slice(0, atOnce))}
    ${foldedTable(plural(rest.length, `more ${facet}`, `more ${facets}`), columns, rest)}
    ${left > 0 && html`<p class="quiet">${plural(left, `more ${facet} is`, `more ${facets} are`)} not shown.</p>`}`;
}
