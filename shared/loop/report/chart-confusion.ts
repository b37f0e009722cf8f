import { axisX, cell, dot, gridX, ruleX, ruleY, text as textMark } from '@observablehq/plot';
import { formatCount } from '../../domain/base/wording.ts';
import { type ChartText, drawChart } from './chart.ts';

import type { Markup } from './markup.ts';
import type { ConfusionCell } from './report-data.ts';
import { visibleLine, visibleName } from './visible-text.ts';

/** Labels up to this many are drawn as a full matrix; beyond, the pairs most confused. */
export const matrixLimit = 12;

/** The name of an answer; null is a model that gave none. */
export function answerName(answered: string | null, limit = 60): string {
  return answered === null ? '(no answer)' : visibleLine(answered, limit);
}

/**
 * One confusion matrix, expected labels down, answers across; wrong answers are tinted by count, right ones are not.
 */
export function confusionMatrix(
  text: ChartText,
  cells: readonly ConfusionCell[],
  when: 'before' | 'after',
  width: number,
): Markup {
  const rows = [...new Set(cells.map((one) => one.expected))].sort();
  const answers = new Set(cells.map((one) => one.answered));
  const columns: readonly (string | null)[] = [
    ...new Set([...rows, ...[...answers].filter((one) => one !== null).sort()]),
    ...(answers.has(null) ? [null] : []),
  ];
  const shown = cells
    .filter((one) => one[when] > 0)
    .map((one) => ({
      x: `column-${columns.indexOf(one.answered)}`,
      y: `row-${rows.indexOf(one.expected)}`,
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
        y: (_: string, index: number) => `row-${index}`,
        text: (row: string) => visibleName(row, names),
        title: (row: string) => visibleLine(row, 400),
        textAnchor: 'end',
        dx: -size / 2 - 6,
      }),
      textMark(columns, {
        x: (_: string | null, index: number) => `column-${index}`,
        y: () => 'row-0',
        text: (column: string | null) => (column === null ? answerName(null) : visibleName(column, names)),
        title: (column: string | null) => (column === null ? answerName(null) : visibleLine(column, 400)),
        textAnchor: 'start',
        rotate: -55,
        dy: -size / 2 - 8,
        dx: 2,
      }),
    ],
  });
}

/** The pairs most confused as dumbbells: how often before (hollow), how often after (filled). */
export function confusionDumbbells(
  text: ChartText,
  pairs: readonly ConfusionCell[],
  width: number,
  narrow: boolean,
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
        text: (pair: ConfusionCell) =>
          `${visibleName(pair.expected, 22)} → ${pair.answered === null ? answerName(null) : visibleName(pair.answered, 22)}`,
        title: (pair: ConfusionCell) => `${visibleLine(pair.expected, 400)} → ${answerName(pair.answered, 400)}`,
        textAnchor: narrow ? 'start' : 'end',
        dx: narrow ? -8 : -14,
      }),
    ],
  });
}
