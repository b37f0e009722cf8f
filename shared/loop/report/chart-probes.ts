import { axisX, dot, gridX, ruleX, ruleY, text as textMark } from '@observablehq/plot';
import type { Weakness } from '../../domain/diagnosis/probe.ts';
import { type ChartText, drawChart } from './chart.ts';
import { formatPercent } from './format.ts';
import type { Markup } from './markup.ts';
import { visibleName } from './visible-text.ts';

/** Failure rate on the probes of each cluster with its bounds, against the champion's base rate. */
export function probeChart(
  text: ChartText,
  rows: readonly { readonly title: string; readonly weakness: Weakness }[],
  width: number,
  narrow: boolean,
): Markup {
  const rowHeight = narrow ? 44 : 28;
  const baseRate = rows[0]?.weakness.baseRate ?? 0;
  const points = rows.map(({ title, weakness }, index) => ({
    ...weakness,
    title,
    y: narrow ? index + 0.2 : index,
    labelY: narrow ? index - 0.2 : index,
    colour: weakness.verdict === 'confirmed' ? 'var(--bad)' : 'var(--muted)',
    fill: weakness.verdict === 'confirmed' ? 'var(--bad)' : 'var(--paper)',
  }));
  return drawChart(text, {
    width,
    height: rows.length * rowHeight + 52,
    marginTop: 22,
    marginBottom: 28,
    marginLeft: narrow ? 10 : Math.round(width * 0.4),
    marginRight: 24,
    x: { domain: [0, 1], label: null },
    y: { domain: [-0.5, Math.max(rows.length, 1) - 0.5], reverse: true, axis: null },
    marks: [
      gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
      axisX({ tickFormat: (value: number) => formatPercent(value, 0), ticks: 5, tickSize: 0, fill: 'var(--muted)' }),
      ruleX([baseRate], { stroke: 'var(--before)', strokeWidth: 1.5, strokeDasharray: '4 3' }),
      textMark([`base rate ${formatPercent(baseRate)}`], {
        x: baseRate,
        frameAnchor: 'top',
        textAnchor: 'start',
        dy: -14,
        dx: -4,
        fill: 'var(--before)',
      }),
      ruleY(points, { y: 'y', x1: 'lower', x2: 'upper', stroke: 'colour', strokeWidth: 2, strokeLinecap: 'round' }),
      dot(points, { y: 'y', x: 'failureRate', r: 4.5, stroke: 'colour', fill: 'fill', strokeWidth: 1.75 }),
      textMark(points, {
        x: 0,
        y: 'labelY',
        text: (point: { title: string }) => visibleName(point.title, narrow ? 46 : 44),
        textAnchor: narrow ? 'start' : 'end',
        dx: narrow ? -8 : -14,
        stroke: 'var(--paper)',
        strokeWidth: 4,
        fill: 'var(--ink)',
      }),
    ],
  });
}
