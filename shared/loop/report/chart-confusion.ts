import { axisX, cell, dot, gridX, ruleX, ruleY, text as textMark } from '@observablehq/plot';
import { formatCount } from '../../domain/base/wording.ts';
import { type ChartText, drawChart } from './chart.ts';

import { type ConfusionWords, isElsewhere, pairName } from './confusion-words.ts';
import type { Markup } from './markup.ts';
import type { ConfusionCell } from './report-data.ts';
import { visibleLine, visibleName } from './visible-text.ts';

/** Labels up to this many are drawn as a full matrix; beyond, the pairs most confused. */
export const matrixLimit = 12;

/** What a row or a column stands for. */
interface Head {
  /** Null of a margin. */
  readonly facet: string | null;
  readonly name: string;
}

/**
 * One confusion matrix, expected labels down, answers across; wrong answers are tinted by count, right ones are not. What
 * was not answered, should not have been, or has wrong bounds stands in margins after the labels.
 */
export function confusionMatrix(
  text: ChartText,
  cells: readonly ConfusionCell[],
  when: 'before' | 'after',
  width: number,
  words: ConfusionWords,
): Markup {
  const isName = (name: string | null): name is string => name !== null;
  const named = [...new Set(cells.map((one) => one.expected).filter(isName))].sort();
  const given = [...new Set(cells.map((one) => one.answered).filter(isName))].sort();
  const head = (facet: string): Head => ({ facet, name: facet });
  const margin = (name: string | null, has: boolean): Head[] => (has && name !== null ? [{ facet: null, name }] : []);
  const rows = [
    ...named.map(head),
    ...margin(
      words.nothing,
      cells.some((one) => one.expected === null),
    ),
  ];
  const columns = [
    ...[...new Set([...named, ...given])].map(head),
    ...margin(
      words.elsewhere,
      cells.some((one) => isElsewhere(one, words)),
    ),
    ...margin(
      words.noAnswer,
      cells.some((one) => one.answered === null),
    ),
  ];
  const columnOf = (one: ConfusionCell): number =>
    isElsewhere(one, words)
      ? columns.findIndex(({ facet, name }) => facet === null && name === words.elsewhere)
      : columns.findIndex(({ facet, name }) => facet === one.answered && (facet !== null || name === words.noAnswer));
  const shown = cells
    .filter((one) => one[when] > 0)
    .map((one) => ({
      x: `column-${columnOf(one)}`,
      y: `row-${rows.findIndex(({ facet }) => facet === one.expected)}`,
      count: one[when],
      wrong: !one.right,
    }));
  const most = Math.max(1, ...cells.filter((one) => !one.right).flatMap((one) => [one.before, one.after]));
  const names = width < 380 ? 14 : 18;
  const labelSpace = names * 7.2;
  const room = width - labelSpace - 40;
  const size = Math.min(36, Math.floor(room / columns.length));
  return drawChart(text, {
    width,
    height: rows.length * size + names * 6.4 + 8,
    marginLeft: labelSpace,
    marginTop: names * 6.4,
    marginBottom: 8,
    marginRight: width - labelSpace - columns.length * size,
    x: { type: 'band', domain: columns.map((_, index) => `column-${index}`), axis: null, padding: 0 },
    y: { type: 'band', domain: rows.map((_, index) => `row-${index}`), axis: null, padding: 0 },
    marks: [
      cell(
        rows.flatMap((_, y) => columns.map((_column, x) => ({ x: `column-${x}`, y: `row-${y}` }))),
        { x: 'x', y: 'y', fill: 'none', stroke: 'var(--line)', inset: 0.5 },
      ),
      cell(
        shown.filter((one) => one.wrong),
        {
          x: 'x',
          y: 'y',
          fill: 'var(--bad)',
          fillOpacity: (one: { count: number }) => 0.08 + 0.37 * (one.count / most),
          inset: 1,
        },
      ),
      textMark(shown, {
        x: 'x',
        y: 'y',
        text: (one: { count: number }) => formatCount(one.count),
        fill: (one: { wrong: boolean }) => (one.wrong ? 'var(--ink)' : 'var(--muted)'),
        fontSize: size < 22 ? 9 : size < 26 ? 10 : 12,
        fontVariant: 'tabular-nums',
      }),
      textMark(rows, {
        x: () => 'column-0',
        y: (_: Head, index: number) => `row-${index}`,
        text: (row: Head) => nameOf(row, names),
        title: (row: Head) => visibleLine(row.name, 400),
        textAnchor: 'end',
        dx: -size / 2 - 6,
      }),
      textMark(columns, {
        x: (_: Head, index: number) => `column-${index}`,
        y: () => 'row-0',
        text: (column: Head) => nameOf(column, names),
        title: (column: Head) => visibleLine(column.name, 400),
        textAnchor: 'start',
        rotate: -55,
        dy: -size / 2 - 8,
        dx: 2,
      }),
    ],
  });
}

/** A label cut where it is long; a margin's name is ours, and whole. */
function nameOf({ facet, name }: Head, limit: number): string {
  return facet === null ? name : visibleName(facet, limit);
}

/** The pairs most confused as dumbbells: how often before (hollow), how often after (filled). */
export function confusionDumbbells(
  text: ChartText,
  pairs: readonly ConfusionCell[],
  width: number,
  narrow: boolean,
  words: ConfusionWords,
): Markup {
  const rowHeight = narrow ? 46 : 30;
  const most = Math.max(1, ...pairs.flatMap((pair) => [pair.before, pair.after]));
  const rows = pairs.map((pair, index) => ({
    ...pair,
    y: narrow ? index + 0.2 : index,
    labelY: narrow ? index - 0.22 : index,
  }));
  return drawChart(text, {
    width,
    height: pairs.length * rowHeight + 34,
    marginTop: 4,
    marginBottom: 28,
    marginLeft: narrow ? 10 : Math.round(width * 0.44),
    marginRight: 24,
    x: { domain: [0, most], label: null },
    y: { domain: [-0.5, Math.max(pairs.length, 1) - 0.5], reverse: true, axis: null },
    marks: [
      gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: Math.min(6, most) }),
      axisX({ ticks: Math.min(6, most), tickSize: 0, tickFormat: 'd', fill: 'var(--muted)' }),
      ruleX([0], { stroke: 'var(--line-strong)' }),
      ruleY(rows, { y: 'y', x1: 'before', x2: 'after', stroke: 'var(--line-strong)', strokeWidth: 3 }),
      dot(rows, { y: 'y', x: 'before', r: 5.5, stroke: 'var(--before)', strokeWidth: 1.75, fill: 'var(--paper)' }),
      dot(rows, { y: 'y', x: 'after', r: 4, fill: 'var(--after)' }),
      textMark(rows, {
        y: 'labelY',
        x: 0,
        text: (pair: ConfusionCell) => pairName(pair, words, 22),
        title: (pair: ConfusionCell) => pairName(pair, words, 400),
        textAnchor: narrow ? 'start' : 'end',
        dx: narrow ? -8 : -14,
      }),
    ],
  });
}
