import { axisX, axisY, line, ruleY, text as textMark } from '@observablehq/plot';
import type { Drift } from '../../domain/drift/drift-findings.ts';
import { signalNames } from '../../domain/drift/drift-words.ts';
import { type ChartText, drawChart } from './chart.ts';
import type { Markup } from './markup.ts';

const strokes = ['var(--after)', 'var(--before)', 'var(--good)', 'var(--bad)'];

/** Evidence by signal over the traces looked at, with the line at which a change is proven. */
export function driftChart(text: ChartText, drift: Drift, width: number, narrow: boolean): Markup {
  const lines = drift.findings.map(({ signal }, at) => ({
    name: signalNames[signal],
    stroke: strokes[at] ?? 'var(--ink)',
    points: drift.points.map(({ traces, levels }) => ({ traces, level: levels[signal] })),
  }));
  const most = Math.max(1.2, ...lines.flatMap(({ points }) => points.map(({ level }) => level)));
  return drawChart(text, {
    width,
    height: 220,
    marginTop: 12,
    marginBottom: 32,
    marginLeft: 40,
    marginRight: narrow ? 76 : 110,
    x: { label: null },
    y: { domain: [0, most], label: null },
    marks: [
      axisY({ ticks: 4, tickSize: 0, fill: 'var(--muted)' }),
      axisX({ ticks: narrow ? 3 : 6, tickSize: 0, fill: 'var(--muted)' }),
      ruleY([1], { stroke: 'var(--line-strong)', strokeDasharray: '2 4' }),
      ...lines.flatMap(({ name, stroke, points }, at) => [
        line(points, { x: 'traces', y: 'level', stroke, strokeWidth: 1.75 }),
        textMark([name], {
          frameAnchor: 'top-right',
          textAnchor: 'start',
          dx: 8,
          dy: 4 + 16 * at,
          fill: stroke,
          fontWeight: 600,
        }),
      ]),
    ],
  });
}
