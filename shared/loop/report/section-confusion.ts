import { formatCount, plural } from '../../domain/base/wording.ts';
import { type ChartText, chartWidths, figure, responsiveChart } from './chart.ts';
import { answerName, confusionDumbbells, confusionMatrix, matrixLimit } from './chart-confusion.ts';

import { html, type Markup } from './markup.ts';
import type { ConfusionCell, ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { shownName } from './shown-name.ts';
import { foldedTable } from './table.ts';
import { visibleLine } from './visible-text.ts';

const charted = 20;
const tabled = 150;
const matrixWidth = 430;

/** Which labels are taken for which, before and after. */
export function confusionSection(data: ReportData): Section | AbsentSection {
  const wrong = mostConfused(data.confusion);
  const heading = { id: 'confusion', title: 'Confusion' };
  if (data.confusion.length === 0) {
    return { ...heading, absent: 'No confusions to show: no candidate was weighed in this run.' };
  }
  return {
    ...heading,
    body:
      wrong.length === 0
        ? html`<p>No label was taken for another, before or after.</p>`
        : html`${summary(wrong)}${confusionFigure(data.confusion, wrong)}${pairTable(wrong)}`,
  };
}

/** Pairs of labels confused before or after, most often first. */
function mostConfused(cells: readonly ConfusionCell[]): readonly ConfusionCell[] {
  return cells
    .filter((cell) => !cell.right && cell.before + cell.after > 0)
    .sort(
      (a, b) => Math.max(b.before, b.after) - Math.max(a.before, a.after) || b.before + b.after - a.before - a.after,
    );
}

function summary(wrong: readonly ConfusionCell[]): Markup {
  const before = wrong.reduce((sum, cell) => sum + cell.before, 0);
  const after = wrong.reduce((sum, cell) => sum + cell.after, 0);
  return html`<p>${plural(before, 'wrong answer')} before, ${formatCount(after)} after, over ${plural(wrong.length, 'pair')} of labels.</p>`;
}

function confusionFigure(cells: readonly ConfusionCell[], wrong: readonly ConfusionCell[]): Markup {
  const labels = new Set(cells.flatMap((cell) => [cell.expected, cell.answered]));
  return labels.size <= matrixLimit ? matrices(cells, wrong) : dumbbells(wrong);
}

function matrices(cells: readonly ConfusionCell[], wrong: readonly ConfusionCell[]): Markup {
  const one = (when: 'before' | 'after') => {
    const text = {
      id: `chart-confusion-${when}`,
      title: `Confusion matrix ${when}`,
      description: describePairs(wrong),
    };
    const draw = (each: ChartText, _width: number, narrow: boolean) =>
      confusionMatrix(each, cells, when, narrow ? chartWidths.narrow : matrixWidth);
    return html`<div><p class="chart-heading">${when === 'before' ? 'Before' : 'After'}</p>${responsiveChart(text, draw)}</div>`;
  };
  return figure(
    html`<div class="pair">${one('before')}${one('after')}</div>`,
    html`<p class="legend">Right answer down the side, model's answer along the top, number of traces in each cell, answered out of fold. Wrong answers are tinted, the more the darker; right ones are not.</p>`,
  );
}

function dumbbells(wrong: readonly ConfusionCell[]): Markup {
  const pairs = wrong.slice(0, charted);
  const text = {
    id: 'chart-confusion',
    title: 'Label pairs most confused, before and after',
    description: describePairs(pairs),
  };
  return figure(
    responsiveChart(text, (chart, width, narrow) => confusionDumbbells(chart, pairs, width, narrow)),
    html`<p class="legend"><span class="key">right answer → model's answer, number of traces, answered out of fold</span> <span class="key"><span class="key-before" aria-hidden="true">○</span> before</span> <span class="key"><span class="key-after" aria-hidden="true">●</span> after</span></p>`,
  );
}

function describePairs(pairs: readonly ConfusionCell[]): string {
  return pairs
    .slice(0, charted)
    .map(
      (pair) =>
        `${visibleLine(pair.expected, 60)} taken for ${answerName(pair.answered)}: ${pair.before} before, ${pair.after} after.`,
    )
    .join(' ');
}

function pairTable(wrong: readonly ConfusionCell[]): Markup {
  return foldedTable(
    wrong.length > tabled
      ? `The ${tabled} pairs most confused`
      : wrong.length === 1
        ? 'The confused pair'
        : `All ${plural(wrong.length, 'confused pair')}`,
    [
      { title: 'Right answer' },
      { title: "Model's answer" },
      { title: 'Before', numeric: true },
      { title: 'After', numeric: true },
    ],
    wrong
      .slice(0, tabled)
      .map((pair) => [
        shownName(pair.expected, 40),
        pair.answered === null ? answerName(null) : shownName(pair.answered, 40),
        formatCount(pair.before),
        formatCount(pair.after),
      ]),
  );
}
