import { axisX, axisY, dot, line, ruleX } from '@observablehq/plot';
import { useCallback } from 'preact/hooks';
import { formatCount } from '../../shared/domain/base/wording.ts';
import type { CalibrationFigure } from '../../shared/domain/evaluation/calibration.ts';
import { formatPercent } from '../../shared/loop/report/format.ts';
import { Table } from '../parts/table.tsx';
import { Chart } from './chart.tsx';

const largest = 380;

/** How often answers are right that are given with so much confidence, beside the line on which both are the same. */
export function ReliabilityChart({ title, of }: { title: string; of: CalibrationFigure }) {
  const draw = useCallback(
    (width: number) => {
      const side = Math.min(width, largest);
      const scale = { domain: [0, 100], label: null };
      const format = (value: number): string => `${value} %`;
      const bins = of.bins.map(({ n, confidence, accuracy, lower, upper }) => {
        return { n, x: 100 * confidence, y: 100 * accuracy, lower: 100 * lower, upper: 100 * upper };
      });
      return {
        height: side,
        marginRight: Math.max(16, width - side),
        marginLeft: 46,
        x: scale,
        y: scale,
        r: { range: [2, 9], domain: [0, Math.max(...bins.map(({ n }) => n), 1)] },
        marks: [
          axisX({ ticks: 5, tickSize: 0, fill: 'var(--muted)', tickFormat: format }),
          axisY({ ticks: 5, tickSize: 0, fill: 'var(--muted)', tickFormat: format }),
          line([0, 100], {
            x: (value) => value,
            y: (value) => value,
            stroke: 'var(--line-strong)',
            strokeDasharray: '4 4',
          }),
          ruleX(bins, { x: 'x', y1: 'lower', y2: 'upper', stroke: 'var(--after)', strokeOpacity: 0.5, strokeWidth: 2 }),
          dot(bins, { x: 'x', y: 'y', r: 'n', fill: 'var(--after)' }),
        ],
      };
    },
    [of],
  );
  return (
    <Chart
      title={title}
      description={`Of ${formatCount(of.n)} answers ${formatPercent(of.accuracy)} are right, given with ${formatPercent(of.confidence)} confidence on average; they are ${formatPercent(of.ece)} apart.`}
      draw={draw}
      table={
        <Table
          caption={`${title}: by confidence`}
          columns={[
            'Confidence',
            { title: 'Answers', number: true },
            { title: 'Mean', number: true },
            { title: 'Right', number: true },
            { title: '95 % interval', number: true },
          ]}
          rows={of.bins.map((bin) => [
            `${(100 * bin.from).toFixed(0)}–${formatPercent(bin.to, 0)}`,
            formatCount(bin.n),
            formatPercent(bin.confidence),
            formatPercent(bin.accuracy),
            `${(100 * bin.lower).toFixed(1)}–${formatPercent(bin.upper)}`,
          ])}
        />
      }
    >
      Across: confidence as it is told, calibrated. Up: share of right answers, with its 95 % interval. On the dashed
      line both are the same.
    </Chart>
  );
}
