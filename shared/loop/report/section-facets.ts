import { formatCount, plural, withArticle } from '../../domain/base/wording.ts';
import { figure, responsiveChart } from './chart.ts';
import { changeOf, describeRates, rateChart, rateLegend } from './chart-rates.ts';
import { f1Of, facetF1, partialOf } from './f1.ts';
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
    ${data.words.parts === undefined ? '' : microAverage(rows, data)}
    ${macroAverage(rows, data.words)}
    ${recallChart(rows, data.words)}
    ${facetTables(rows, data)}`,
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

/** Of all parts of outputs together, and of the places that they name. */
function microAverage(rows: readonly FacetReport[], { words, places }: ReportData): Markup {
  const sum = (of: 'recall' | 'precision', when: 'before' | 'after') => ({
    right: rows.reduce((all, row) => all + row[of][when].right, 0),
    of: rows.reduce((all, row) => all + row[of][when].of, 0),
  });
  const all = (when: 'before' | 'after') => ({ recall: sum('recall', when), precision: sum('precision', when) });
  const [before, after] = [all('before'), all('after')];
  const few = after.recall.of < enoughForPoints;
  const f1 = (of: typeof before) => f1Of(of.recall.right, of.recall.of + of.precision.of);
  const inPart = places && { before: partialOf(places.before), after: partialOf(places.after) };
  return html`${dataTable(
    `All ${words.parts?.several ?? ''} together: a frequent ${words.facet} counts more than a rare one`,
    averageColumns('Of all'),
    [
      averageLine('Recall', fractionOf(before.recall), fractionOf(after.recall), few),
      averageLine('Precision', fractionOf(before.precision), fractionOf(after.precision), few),
      averageLine('F1', f1(before), f1(after), few),
      ...(inPart === null
        ? []
        : [
            averageLine('Partial recall', inPart.before.recall, inPart.after.recall, few),
            averageLine('Partial precision', inPart.before.precision, inPart.after.precision, few),
            averageLine('Partial F1', inPart.before.f1, inPart.after.f1, few),
          ]),
    ],
  )}${inPart !== null && html`<p class="quiet">Partial: places alone count, whatever the ${words.facet}, and one that only overlaps a right one counts half.</p>`}`;
}

/** Means over the facets, each counting the same however frequent it is. */
function macroAverage(rows: readonly FacetReport[], words: ReportData['words']): Markup {
  const means = (when: 'before' | 'after') => {
    const recall = mean(rows.map((row) => fractionOf(row.recall[when])));
    // What is never answered, and should be, has no precision of its own: none of it is found.
    const precision = mean(rows.map((row) => fractionOf(row.precision[when]) ?? noneAnswered(row.recall[when])));
    const f1 = mean(rows.map((row) => facetF1(row, when)));
    return { recall, precision, f1 };
  };
  const [before, after] = [means('before'), means('after')];
  const few = rows.reduce((sum, { recall }) => sum + recall.after.of, 0) < enoughForPoints;
  return dataTable(
    `Macro average: the mean over ${words.facets}, a rare one counts as much as a frequent one`,
    averageColumns('Mean of'),
    [
      averageLine('Recall', before.recall, after.recall, few),
      averageLine('Precision', before.precision, after.precision, few),
      averageLine('F1', before.f1, after.f1, few),
    ],
  );
}

function averageColumns(title: string): readonly Column[] {
  return [
    { title },
    { title: 'Before', numeric: true },
    { title: 'After', numeric: true },
    { title: 'Change in points', numeric: true },
  ];
}

/** @param few whether there is too little for a change in points */
function averageLine(name: string, from: number | null, to: number | null, few: boolean) {
  return [
    name,
    from === null ? '' : formatPercent(from),
    to === null ? '' : formatPercent(to),
    from === null || to === null || few ? '' : toned(to - from),
  ];
}

function toned(change: number): Markup {
  const tone = Math.abs(change) < 0.0005 ? 'quiet' : change > 0 ? 'good' : 'bad';
  return html`<span class="${tone}">${formatPoints(change)}</span>`;
}

function noneAnswered(recall: Rate): number | null {
  return recall.of > 0 ? 0 : null;
}

function mean(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : known.reduce((sum, value) => sum + value, 0) / known.length;
}

/** The name of a facet, with its F1 where outputs have parts: then it is not told elsewhere. */
function facetCell(row: FacetReport, { words }: ReportData): Markup {
  const [before, after] = [facetF1(row, 'before'), facetF1(row, 'after')];
  if (words.parts === undefined || before === null || after === null) return shownName(row.facet, 28);
  return html`${shownName(row.facet, 28)} <span class="quiet block">F1 ${formatPercent(before)} → ${formatPercent(after)}</span>`;
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

function facetTables(rows: readonly FacetReport[], data: ReportData): Markup {
  const { facet, facets } = data.words;
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
    .map((row) => [facetCell(row, data), ...rateCells(row.recall), ...rateCells(row.precision)]);
  const caption = `Recall and precision by ${facet} with 95 % Wilson intervals, losses first`;
  if (cells.length <= atOnce) return dataTable(caption, columns, cells);
  const rest = cells.slice(atOnce);
  const left = rows.length - atOnce - rest.length;
  return html`${dataTable(`${caption}: the first ${atOnce}`, columns, cells.slice(0, atOnce))}
    ${foldedTable(plural(rest.length, `more ${facet}`, `more ${facets}`), columns, rest)}
    ${left > 0 && html`<p class="quiet">${plural(left, `more ${facet} is`, `more ${facets} are`)} not shown.</p>`}`;
}
