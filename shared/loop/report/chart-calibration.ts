import { axisX, axisY, dot, gridX, gridY, link, ruleX } from '@observablehq/plot';
import type { CalibrationBin } from '../../domain/evaluation/calibration.ts';
import { type ChartText, drawChart } from './chart.ts';
import { formatPercent } from './format.ts';
import type { Markup } from './markup.ts';

/** A reliability diagram: the share of right answers by confidence, with 95 % intervals; calibrated ones lie on the line. */
export function calibrationChart(
  text: ChartText,
  bins: readonly CalibrationBin[],
  width: number,
  narrow: boolean,
): Markup {
  const size = Math.min(width, 420);
  const percent = (value: number) => formatPercent(value, 0);
  const axis = { tickFormat: percent, ticks: 5, tickSize: 0, fill: 'var(--muted)' };
  return drawChart(text, {
    width: size,
    height: size,
    marginLeft: narrow ? 44 : 56,
    marginBottom: 40,
    x: { domain: [0, 1], label: null },
    y: { domain: [0, 1], label: null },
    marks: [
      gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
      gridY({ stroke: 'var(--line)', strokeOpacity: 1, ticks: 5 }),
      axisX({ ...axis, label: 'confidence', labelAnchor: 'center', labelArrow: 'none' }),
      axisY(axis),
      link([0], { x1: 0, y1: 0, x2: 1, y2: 1, stroke: 'var(--muted)', strokeDasharray: '4 4' }),
      ruleX(bins, { x: 'confidence', y1: 'lower', y2: 'upper', stroke: 'var(--after)', strokeWidth: 2 }),
      dot(bins, { x: 'confidence', y: 'accuracy', r: 4.5, fill: 'var(--after)', stroke: 'var(--after)' }),
    ],
  });
}

/** The stretches as a sentence each, for the diagram's description. */
export function describeBins(bins: readonly CalibrationBin[]): string {
  return bins
    .map(
      ({ n, confidence, accuracy }) =>
        `Of ${n} answers of confidence ${formatPercent(confidence)} ${formatPercent(accuracy)} are right.`,
    )
    .join(' ');
}
