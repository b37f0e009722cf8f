import { axisX, dot, ruleX, ruleY, text as textMark } from '@observablehq/plot';
import { type ChartText, drawChart } from './chart.ts';
import { formatPoints } from './format.ts';
import type { Markup } from './markup.ts';

/** What {@link netGainChart} draws; fractions. */
export interface NetGainChartData {
  readonly net: number;
  /** Its one-sided lower bound. */
  readonly lower: number;
  /** How far the bound may lie below zero; null where the gate does not go by it. */
  readonly margin: number | null;
}

/** The net gain with its lower bound on an axis of points, zero and the margin as lines. */
export function netGainChart(text: ChartText, data: NetGainChartData, width: number, narrow: boolean): Markup {
  const { net, lower, margin } = data;
  const limit = margin === null ? 0 : -margin;
  const colour = lower > limit ? 'var(--after)' : 'var(--bad)';
  const from = Math.min(lower, limit, 0);
  const to = Math.max(net, 0);
  const room = Math.max(to - from, 0.001) * 0.12;
  return drawChart(text, {
    width,
    height: 80,
    marginTop: 8,
    marginBottom: 30,
    marginLeft: 44,
    marginRight: 44,
    x: { domain: [100 * (from - room), 100 * (to + room)], label: null },
    y: { domain: [-1, 1], axis: null },
    marks: [
      axisX({
        ticks: narrow ? 4 : 8,
        tickSize: 0,
        fill: 'var(--muted)',
        tickFormat: (value: number) => formatPoints(value / 100, to - from < 0.01 ? 2 : 1),
      }),
      ruleX([0], { stroke: 'var(--line-strong)' }),
      ...(margin === null
        ? []
        : [ruleX([-100 * margin], { stroke: 'var(--before)', strokeWidth: 1.5, strokeDasharray: '4 3' })]),
      ruleY([0], { x1: 100 * lower, x2: 100 * net, stroke: colour, strokeWidth: 2.5, strokeLinecap: 'round' }),
      ruleX([100 * lower], { y1: -0.25, y2: 0.25, stroke: colour, strokeWidth: 2.5 }),
      dot([0], { x: 100 * net, y: 0, r: 5, fill: colour }),
      textMark([formatPoints(net, 2)], {
        x: 100 * net,
        y: 0,
        dx: 8,
        textAnchor: 'start',
        fontWeight: 600,
        fill: 'var(--ink)',
      }),
      textMark([formatPoints(lower, 2)], { x: 100 * lower, y: 0, dx: -8, textAnchor: 'end', fill: 'var(--muted)' }),
    ],
  });
}
