import { formatCount, plural } from '../../domain/base/wording.ts';
import { type ChartText, chartWidths, figure, responsiveChart } from './chart.ts';
import { confusionDumbbells, confusionMatrix, matrixLimit } from './chart-confusion.ts';
import {
  answerName,
  type ConfusionWords,
  confusionWords,
  expectedName,
  isElsewhere,
  pairName,
} from './confusion-words.ts';
import { html, type Markup } from './markup.ts';
import type { ConfusionCell, ReportData } from './report-data.ts';
import type { AbsentSection, Section } from './section.ts';
import { shownName } from './shown-name.ts';
import { foldedTable } from './table.ts';

const charted = 20;
const tabled = 150;
const matrixWidth = 430;

/** Which labels are taken for which, before and after; of entities, which types. */
export function confusionSection(data: ReportData): Section | AbsentSection {
  const wrong = mostConfused(data.confusion);
  const heading = { id: 'confusion', title: 'Confusion' };
  if (data.confusion.length === 0) {
    return { ...heading, absent: 'No confusions to show: no candidate was weighed in this run.' };
  }
  const { parts } = data.words;
  return {
    ...heading,
    body:
      wrong.length === 0
        ? html`<p>No ${parts?.one ?? wholeName(data)} was taken for another, ${parts !== undefined && 'missed or made up, '}before or after.</p>`
        : html`${parts === undefined ? summary(wrong, data) : partsSummary(wrong, parts)}${confusionFigure(data, wrong)}${pairTable(wrong, data)}`,
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

/** What an output is called that is right or wrong as a whole: its facet, else an answer. */
function wholeName({ words, byFacet }: ReportData): string {
  return byFacet.length === 0 ? 'answer' : words.facet;
}

function summary(wrong: readonly ConfusionCell[], data: ReportData): Markup {
  const before = wrong.reduce((sum, cell) => sum + cell.before, 0);
  const after = wrong.reduce((sum, cell) => sum + cell.after, 0);
  return html`<p>${plural(before, 'wrong answer')} before, ${formatCount(after)} after, over ${plural(wrong.length, 'pair')} of ${wholeName(data)}s.</p>`;
}

/** What is wrong with the parts of outputs, by sort. */
function partsSummary(
  wrong: readonly ConfusionCell[],
  { one, several }: NonNullable<ReportData['words']['parts']>,
): Markup {
  const sorts: readonly (readonly [string, (cell: ConfusionCell) => boolean])[] = [
    ['missed', ({ answered }) => answered === null],
    ['answered where there is none', ({ expected }) => expected === null],
    ['of another type', ({ expected, answered }) => expected !== null && answered !== null && expected !== answered],
    ['with wrong bounds', ({ expected, answered }) => expected !== null && expected === answered],
  ];
  const counts = (cells: readonly ConfusionCell[]) => ({
    before: cells.reduce((sum, cell) => sum + cell.before, 0),
    after: cells.reduce((sum, cell) => sum + cell.after, 0),
  });
  const all = counts(wrong);
  const told = sorts.flatMap(([name, isOf]) => {
    const { before, after } = counts(wrong.filter(isOf));
    return before + after === 0 ? [] : [`${name} ${formatCount(before)} → ${formatCount(after)}`];
  });
  return html`<p>${plural(all.before, `wrong ${one}`, `wrong ${several}`)} before, ${formatCount(all.after)} after: ${told.join(', ')}.</p>`;
}

function confusionFigure(data: ReportData, wrong: readonly ConfusionCell[]): Markup {
  const names = data.confusion.flatMap((cell) => [cell.expected, cell.answered]).filter((name) => name !== null);
  return new Set(names).size <= matrixLimit ? matrices(data, wrong) : dumbbells(data, wrong);
}

function matrices(data: ReportData, wrong: readonly ConfusionCell[]): Markup {
  const words = confusionWords(data);
  const { parts } = data.words;
  const one = (when: 'before' | 'after') => {
    const text = {
      id: `chart-confusion-${when}`,
      title: `Confusion matrix ${when}`,
      description: describePairs(wrong, words),
    };
    const draw = (each: ChartText, _width: number, narrow: boolean) =>
      confusionMatrix(each, data.confusion, when, narrow ? chartWidths.narrow : matrixWidth, words);
    return html`<div><p class="chart-heading">${when === 'before' ? 'Before' : 'After'}</p>${responsiveChart(text, draw)}</div>`;
  };
  const legend =
    parts === undefined
      ? html`<p class="legend">Right answer down the side, model's answer along the top, number of traces in each cell, answered out of fold. Wrong answers are tinted, the more the darker; right ones are not.</p>`
      : html`<p class="legend">Right ${data.words.facet} down the side, the model's along the top, number of ${parts.several} in each cell, answered out of fold. (missed) is what the model did not find, (none there) what it found where nothing is, (wrong bounds) what it found with the right type, too long, too short, split or merged. Wrong ones are tinted, the more the darker; right ones are not.</p>`;
  return figure(html`<div class="pair">${one('before')}${one('after')}</div>`, legend);
}

function dumbbells(data: ReportData, wrong: readonly ConfusionCell[]): Markup {
  const words = confusionWords(data);
  const pairs = wrong.slice(0, charted);
  const { parts, facet } = data.words;
  const text = {
    id: 'chart-confusion',
    title: `${capitalised(parts === undefined ? wholeName(data) : facet)} pairs most confused, before and after`,
    description: describePairs(pairs, words),
  };
  const key =
    parts === undefined
      ? "right answer → model's answer, number of traces, answered out of fold"
      : `right ${facet} → the model's, number of ${parts.several}, answered out of fold`;
  return figure(
    responsiveChart(text, (chart, width, narrow) => confusionDumbbells(chart, pairs, width, narrow, words)),
    html`<p class="legend"><span class="key">${key}</span> <span class="key"><span class="key-before" aria-hidden="true">○</span> before</span> <span class="key"><span class="key-after" aria-hidden="true">●</span> after</span></p>`,
  );
}

function capitalised(words: string): string {
  return words.charAt(0).toUpperCase() + words.slice(1);
}

function describePairs(pairs: readonly ConfusionCell[], words: ConfusionWords): string {
  return pairs
    .slice(0, charted)
    .map((pair) => `${described(pair, words)}: ${pair.before} before, ${pair.after} after.`)
    .join(' ');
}

function described(pair: ConfusionCell, words: ConfusionWords): string {
  return words.nothing === null
    ? `${expectedName(pair, words)} taken for ${answerName(pair, words)}`
    : pairName(pair, words, 60);
}

function pairTable(wrong: readonly ConfusionCell[], data: ReportData): Markup {
  const words = confusionWords(data);
  const { parts, facet } = data.words;
  return foldedTable(
    wrong.length > tabled
      ? `The ${tabled} pairs most confused`
      : wrong.length === 1
        ? 'The confused pair'
        : `All ${plural(wrong.length, 'confused pair')}`,
    [
      { title: parts === undefined ? 'Right answer' : `Right ${facet}` },
      { title: parts === undefined ? "Model's answer" : "The model's" },
      { title: 'Before', numeric: true },
      { title: 'After', numeric: true },
    ],
    wrong
      .slice(0, tabled)
      .map((pair) => [
        pair.expected === null ? expectedName(pair, words) : shownName(pair.expected, 40),
        isElsewhere(pair, words)
          ? (words.elsewhere ?? '')
          : pair.answered === null
            ? answerName(pair, words)
            : shownName(pair.answered, 40),
        formatCount(pair.before),
        formatCount(pair.after),
      ]),
  );
}
