import { axisX, gridX, rect, ruleX, text as textMark } from '@observablehq/plot';
import type { SliceBand } from '../../domain/models/dataset.ts';
import { type ChartText, drawChart } from './chart.ts';
import { formatPercent } from './format.ts';
import type { Markup } from './markup.ts';
import { sliceTitles } from './plain-words.ts';

/** A dataset's make-up as one stacked bar, and below it each slice's share against the band it should lie in. */
export function compositionChart(text: ChartText, bands: readonly SliceBand[], width: number, narrow: boolean): Markup {
  const marginLeft = narrow ? 152 : 120;
  const marginRight = narrow ? 16 : 148;
  const plotWidth = width - marginLeft - marginRight;
  const starts = bands.map((_, index) => bands.slice(0, index).reduce((sum, band) => sum + band.share, 0));
  const segments = bands.map((band, index) => ({
    x1: starts[index] ?? 0,
    x2: (starts[index] ?? 0) + band.share,
    colour: `var(--slice-${band.slice})`,
    label: band.share * plotWidth > 44 ? formatPercent(band.share, 0) : '',
  }));
  const rows = bands.map((band, index) => ({
    ...band,
    y: index + 1.1,
    colour: `var(--slice-${band.slice})`,
    title: narrow
      ? `${band.met ? '✓' : '✗'} ${sliceTitles[band.slice]} ${formatPercent(band.share, 0)}`
      : sliceTitles[band.slice],
    range: `${band.met ? '✓' : '✗'} ${formatPercent(band.share, 0)} (band ${(band.lower * 100).toFixed(0)}–${formatPercent(band.upper, 0)})`,
  }));
  return drawChart(text, {
    width,
    height: 70 + bands.length * 30,
    marginTop: 4,
    marginBottom: 26,
    marginLeft,
    marginRight,
    x: { domain: [0, 1], label: null },
    y: { domain: [-0.5, bands.length + 0.6], reverse: true, axis: null },
    marks: [
      gridX({ stroke: 'var(--line)', strokeOpacity: 1, ticks: narrow ? 4 : 6 }),
      axisX({
        tickFormat: (value: number) => formatPercent(value, 0),
        ticks: narrow ? 3 : 6,
        tickSize: 0,
        fill: 'var(--muted)',
      }),
      rect(segments, { x1: 'x1', x2: 'x2', y1: -0.38, y2: 0.38, fill: 'colour', insetLeft: 0.75, insetRight: 0.75 }),
      textMark(segments, {
        x: (one: { x1: number; x2: number }) => (one.x1 + one.x2) / 2,
        y: 0,
        text: 'label',
        fill: 'var(--slice-ink)',
        fontWeight: 600,
      }),
      textMark(['All'], { x: 0, y: 0, textAnchor: 'end', dx: -10, fontWeight: 600 }),
      rect(rows, {
        x1: 'lower',
        x2: 'upper',
        y1: (row: { y: number }) => row.y - 0.32,
        y2: (row: { y: number }) => row.y + 0.32,
        fill: 'var(--band)',
        stroke: 'var(--line-strong)',
        strokeDasharray: '3 2',
      }),
      rect(rows, {
        x1: 0,
        x2: 'share',
        y1: (row: { y: number }) => row.y - 0.13,
        y2: (row: { y: number }) => row.y + 0.13,
        fill: 'colour',
      }),
      ruleX([0], { stroke: 'var(--line-strong)' }),
      textMark(rows, { x: 0, y: 'y', text: 'title', textAnchor: 'end', dx: -10 }),
      ...(narrow
        ? []
        : [
            textMark(rows, {
              x: 1,
              y: 'y',
              text: 'range',
              textAnchor: 'start',
              dx: 10,
              fill: 'var(--muted)',
              fontVariant: 'tabular-nums',
            }),
          ]),
    ],
  });
}
