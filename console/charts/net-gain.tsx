import { axisX, dot, ruleX, ruleY, text } from '@observablehq/plot';
import { useCallback } from 'preact/hooks';
import { formatPoints } from '../../shared/loop/report/format.ts';
import type { GateMessage } from '../../shared/serving/console/messages.ts';
import { Chart } from './chart.tsx';

/** The net gain and its lower bound, beside the margin that the gate holds that bound to. */
export function NetGainChart({ gate }: { gate: Pick<GateMessage, 'net' | 'lower' | 'margin'> }) {
  const { net, lower, margin } = gate;
  const limit = margin === null ? 0 : -margin;
  const draw = useCallback(
    (width: number) => {
      const from = 100 * Math.min(lower, limit, 0);
      const to = 100 * Math.max(net, 0);
      const room = Math.max(to - from, 0.1) * 0.14;
      const colour = lower > limit ? 'var(--after)' : 'var(--bad)';
      return {
        height: 84,
        marginTop: 20,
        marginBottom: 26,
        marginLeft: 30,
        marginRight: 30,
        x: { domain: [from - room, to + room], label: null },
        y: { domain: [-1, 1], axis: null },
        marks: [
          axisX({
            ticks: width < 480 ? 4 : 8,
            tickSize: 0,
            fill: 'var(--muted)',
            tickFormat: (value: number) => formatPoints(value / 100, to - from < 1 ? 2 : 1),
          }),
          ruleX([0], { stroke: 'var(--line-strong)' }),
          ...(margin === null
            ? []
            : [ruleX([100 * limit], { stroke: 'var(--before)', strokeWidth: 1.5, strokeDasharray: '4 3' })]),
          ruleY([0], { x1: 100 * lower, x2: 100 * net, stroke: colour, strokeWidth: 3 }),
          ruleX([100 * lower], { y1: -0.3, y2: 0.3, stroke: colour, strokeWidth: 3 }),
          dot([0], { x: 100 * net, y: 0, r: 6, fill: colour }),
          text([formatPoints(net, 2)], {
            x: 100 * net,
            y: 0,
            dy: -16,
            fontWeight: 650,
            fill: 'var(--ink)',
            fontSize: 12,
          }),
          text([formatPoints(lower, 2)], { x: 100 * lower, y: 0, dy: -16, fill: 'var(--muted)', fontSize: 12 }),
        ],
      };
    },
    [net, lower, margin],
  );
  const needed = margin === null ? '' : `; above ${formatPoints(limit, 2)} is needed`;
  return (
    <Chart
      title="Net gain"
      description={`${formatPoints(net, 2)} points, with 95 % certainty above ${formatPoints(lower, 2)}${needed}.`}
      draw={draw}
    >
      Net gain in points, and down to its one-sided 95 % lower bound.
      {margin !== null && ' Dashed: what that bound must lie above.'}
    </Chart>
  );
}
