import { barX, ruleX, text as textMark } from '@observablehq/plot';
import { formatCount } from '../../domain/base/wording.ts';
import { type ChartText, drawChart } from './chart.ts';

import type { Markup } from './markup.ts';
import { visibleLine } from './visible-text.ts';

/** A bar: its name, its count, and its colour as CSS with a word that says the same. */
export interface Bar {
  readonly name: string;
  readonly count: number;
  readonly colour: string;
  readonly note?: string;
}

/** Horizontal bars with their names above them and their counts at the end. */
export function barChart(text: ChartText, bars: readonly Bar[], width: number, narrow: boolean): Markup {
  const rowHeight = narrow ? 44 : 32;
  const keys = bars.map((_, index) => `row-${index}`);
  const position = (_: Bar, index: number) => `row-${index}`;
  return drawChart(text, {
    width,
    height: bars.length * rowHeight + 8,
    marginTop: 4,
    marginBottom: 4,
    marginLeft: narrow ? 2 : Math.round(width * 0.29),
    marginRight: narrow ? 60 : 130,
    x: { domain: [0, Math.max(1, ...bars.map((bar) => bar.count))], axis: null },
    y: { type: 'band', domain: keys, axis: null, padding: 0 },
    marks: [
      barX(bars, {
        x: 'count',
        y: position,
        fill: 'colour',
        insetTop: narrow ? 20 : 7,
        insetBottom: narrow ? 8 : 7,
        rx: 2,
      }),
      ruleX([0], { stroke: 'var(--line-strong)' }),
      textMark(bars, {
        x: 0,
        y: position,
        text: (bar: Bar) =>
          visibleLine(narrow && bar.note !== undefined ? `${bar.name} (${bar.note})` : bar.name, narrow ? 44 : 30),
        textAnchor: narrow ? 'start' : 'end',
        dx: narrow ? 0 : -12,
        dy: narrow ? -12 : 0,
        fontWeight: 600,
      }),
      textMark(bars, {
        x: 'count',
        y: position,
        text: (bar: Bar) => `${formatCount(bar.count)}${bar.note === undefined || narrow ? '' : ` ${bar.note}`}`,
        textAnchor: 'start',
        dx: 8,
        dy: narrow ? 6 : 0,
        fill: 'var(--muted)',
        fontVariant: 'tabular-nums',
      }),
    ],
  });
}
