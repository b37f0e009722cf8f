import { axisX, axisY, dot, line, ruleY, text as textMark } from '@observablehq/plot';
import { type ChartText, drawChart } from './chart.ts';
import { formatPercent } from './format.ts';
import type { Markup } from './markup.ts';
import type { CandidateReport, IterationReport } from './report-data.ts';

/** What {@link iterationChart} draws. */
export interface IterationChartData {
  readonly iterations: readonly IterationReport[];
  readonly candidates: readonly Pick<CandidateReport, 'iteration' | 'score'>[];
  readonly championScore: number | null;
  readonly targetScore: number;
}

const dataBelow = 0.8;
const tuneUpTo = 0.95;

/** Best score by iteration, with the champion's, the policy's bands (0.80 and 0.95) and τ as lines. */
export function iterationChart(text: ChartText, data: IterationChartData, width: number, narrow: boolean): Markup {
  const scores = [...data.iterations, ...data.candidates].map((one) => one.score);
  const low = Math.min(0.78, data.championScore ?? 1, ...scores);
  const target = `τ ${data.targetScore}`;
  const lines = [
    { y: dataBelow, name: narrow ? '0.80' : '0.80 rework data below', above: false },
    { y: tuneUpTo, name: narrow ? '0.95' : '0.95 tune up to here', above: false },
    { y: data.targetScore, name: narrow ? target : `${target} ends the search`, above: true },
  ];
  const count = Math.max(
    1,
    ...data.iterations.map((one) => one.iteration),
    ...data.candidates.map((one) => one.iteration),
  );
  return drawChart(text, {
    width,
    height: narrow ? 280 : 320,
    marginTop: 16,
    marginBottom: 36,
    marginLeft: 48,
    marginRight: narrow ? 74 : 168,
    x: { domain: [0.5, count + 0.5], label: null },
    y: { domain: [Math.max(0, Math.floor(low * 20 - 0.4) / 20), 1], label: null },
    marks: [
      axisY({ tickFormat: (value: number) => formatPercent(value, 0), ticks: 5, tickSize: 0, fill: 'var(--muted)' }),
      axisX({
        ticks: Array.from({ length: count }, (_, index) => index + 1),
        tickFormat: (value: number) => (narrow ? String(value) : `Iteration ${value}`),
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      ruleY(lines, { y: 'y', stroke: 'var(--line-strong)', strokeDasharray: '2 4' }),
      textMark(
        lines.filter((one) => one.above),
        { y: 'y', text: 'name', frameAnchor: 'right', textAnchor: 'start', dx: 8, dy: -4, fill: 'var(--muted)' },
      ),
      textMark(
        lines.filter((one) => !one.above),
        { y: 'y', text: 'name', frameAnchor: 'right', textAnchor: 'start', dx: 8, dy: 6, fill: 'var(--muted)' },
      ),
      ...championMarks(data.championScore),
      dot(data.candidates, {
        x: 'iteration',
        y: 'score',
        r: 3,
        stroke: 'var(--after)',
        strokeOpacity: 0.7,
        fill: 'var(--paper)',
      }),
      line(data.iterations, { x: 'iteration', y: 'score', stroke: 'var(--after)', strokeWidth: 1.5 }),
      dot(
        data.iterations.filter((one) => !one.rolledBack),
        { x: 'iteration', y: 'score', r: 5, fill: 'var(--after)' },
      ),
      dot(
        data.iterations.filter((one) => one.rolledBack),
        { x: 'iteration', y: 'score', r: 6, symbol: 'times', stroke: 'var(--bad)', strokeWidth: 2.5 },
      ),
      textMark(data.iterations, {
        x: 'iteration',
        y: 'score',
        text: (one: IterationReport) => formatPercent(one.score),
        dy: -14,
        fontWeight: 600,
        stroke: 'var(--paper)',
        strokeWidth: 4,
        fill: 'var(--ink)',
      }),
    ],
  });
}

function championMarks(score: number | null) {
  if (score === null) return [];
  return [
    ruleY([score], { stroke: 'var(--before)', strokeWidth: 1.5 }),
    textMark([`champion ${formatPercent(score)}`], {
      y: score,
      frameAnchor: 'left',
      textAnchor: 'start',
      dx: 4,
      dy: 10,
      fill: 'var(--before)',
      stroke: 'var(--paper)',
      strokeWidth: 4,
    }),
  ];
}
