import { axisX, axisY, dot, ruleX, ruleY } from '@observablehq/plot';
import { useCallback } from 'preact/hooks';
import { formatChange, formatInterval, formatRate } from '../../shared/loop/report/format.ts';
import type { Rate } from '../../shared/serving/console/messages.ts';
import { Table } from '../parts/table.tsx';
import { shownName } from '../text.ts';
import { Chart } from './chart.tsx';

export interface RateRow {
  readonly name: string;
  readonly before: Rate;
  readonly after: Rate;
}

const rowHeight = 46;
const narrow = 480;

/** Rates before and after, each with its interval, a row each. */
export function RatesChart({ title, rows, what }: { title: string; rows: readonly RateRow[]; what: string }) {
  const drawable = rows.filter(({ before, after }) => before.of > 0 && after.of > 0);
  const draw = useCallback(
    (width: number) => {
      const marks = drawable.flatMap(({ name, before, after }) => [
        { name: shownName(name, 22), when: 'before', ...percents(before), dy: -6 },
        { name: shownName(name, 22), when: 'after', ...percents(after), dy: 6 },
      ]);
      const lowest = Math.min(...marks.map(({ lower }) => lower), 90);
      const of = (when: string) => marks.filter((mark) => mark.when === when);
      const layer = (when: string, shift: number) => [
        ruleY(of(when), {
          y: 'name',
          x1: 'lower',
          x2: 'upper',
          dy: shift,
          stroke: `var(--${when})`,
          strokeWidth: 2,
          strokeOpacity: 0.55,
        }),
        dot(of(when), { y: 'name', x: 'value', dy: shift, r: 4.5, fill: `var(--${when})` }),
      ];
      return {
        height: drawable.length * rowHeight + 30,
        marginLeft: width < narrow ? 134 : 160,
        marginRight: 16,
        marginTop: 4,
        x: { domain: [Math.max(0, lowest - 3), 100], label: null },
        y: { domain: drawable.map(({ name }) => shownName(name, 22)), label: null },
        marks: [
          axisX({
            tickFormat: (value: number) => `${value} %`,
            ticks: width < narrow ? 4 : 8,
            tickSize: 0,
            fill: 'var(--muted)',
          }),
          axisY({ tickSize: 0, fill: 'var(--ink)', fontSize: 12 }),
          ruleX([100], { stroke: 'var(--line)' }),
          ...layer('before', -6),
          ...layer('after', 6),
        ],
      };
    },
    [rows],
  );
  const words = drawable.map(
    ({ name, before, after }) => `${name}: ${formatRate(before)} before, ${formatRate(after)} after`,
  );
  return (
    <Chart
      title={title}
      description={words.join('; ')}
      draw={draw}
      table={
        <Table
          caption={title}
          columns={[
            '',
            { title: 'Of', number: true },
            { title: 'Before', number: true },
            { title: 'After', number: true },
            { title: 'Change', number: true },
          ]}
          rows={rows.map((row) => [
            row.name,
            String(row.after.of),
            `${formatRate(row.before)} (${formatInterval(row.before)})`,
            `${formatRate(row.after)} (${formatInterval(row.after)})`,
            formatChange(row),
          ])}
        />
      }
    >
      <span class="key before">before</span> <span class="key after">after</span> {what} Lines are 95 % intervals.
    </Chart>
  );
}

function percents({ right, of, lower, upper }: Rate) {
  return { value: (100 * right) / of, lower: 100 * lower, upper: 100 * upper };
}
