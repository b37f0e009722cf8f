import { axisX, axisY, barX, gridX, plot, text as textMark } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { standaloneSvg } from '../standalone-svg.ts';
import type { Breakdown } from './breakdown.ts';

/** Stages with a colour of their own; the rest are one. */
const named = 9;
const rest = 'all other stages';
const palette = [
  '#1d4ed8',
  '#c2410c',
  '#0b6e4f',
  '#a16207',
  '#6d28d9',
  '#0e7490',
  '#be185d',
  '#4d7c0f',
  '#475569',
  '#cbd5e1',
];
const foundations = { none: 'n-grams alone', 'use-lite': 'with USE-Lite' } as const;
const width = 960;
const legendColumns = 4;
const legendRow = 20;

interface Part {
  readonly row: string;
  readonly panel: string;
  readonly stage: string;
  readonly milliseconds: number;
}

/** CPU time a trace of each run as a bar, stacked by stage, with the run's seconds at its end: a standalone SVG. */
export function loopChart(runs: readonly Breakdown[]): string {
  const stages = largest(runs);
  const parts = runs.flatMap((run) => partsOf(run, stages));
  const rows = [...new Set(runs.map(({ size }) => size))].sort((a, b) => a - b).map(rowName);
  const panels = [...new Set(runs.map(({ foundation }) => foundations[foundation]))];
  const legendHeight = Math.ceil(stages.length / legendColumns) * legendRow + 16;
  const height = legendHeight + panels.length * (rows.length * 34 + 30) + 60;
  const totals = runs.map(({ foundation, size, seconds, cpuSeconds, load }) => ({
    row: rowName(size),
    panel: foundations[foundation],
    milliseconds: (1000 * cpuSeconds) / size,
    label: `${cpuSeconds.toFixed(0)} s CPU, ${seconds.toFixed(0)} s wall at load ${load.toFixed(0)}`,
  }));
  const most = Math.max(1, ...totals.map(({ milliseconds }) => milliseconds));
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({
    document,
    figure: false,
    width,
    height,
    marginLeft: 96,
    marginRight: 130,
    marginTop: legendHeight,
    marginBottom: 44,
    style: { fontSize: '12px', fontFamily: 'system-ui, sans-serif', background: 'white' },
    x: { domain: [0, most * 1.25], label: null },
    y: { domain: rows, label: null, padding: 0.25 },
    fy: { domain: panels, label: null, padding: 0.12 },
    color: { domain: [...stages], range: stages.map(colourOf) },
    marks: [
      gridX({ ticks: 8 }),
      axisX({ ticks: 8, tickSize: 0, label: 'CPU milliseconds a trace', labelAnchor: 'center', labelArrow: 'none' }),
      axisY({ tickSize: 0 }),
      barX(parts, { x: 'milliseconds', y: 'row', fy: 'panel', fill: 'stage', order: [...stages], insetLeft: 0.5 }),
      textMark(totals, { x: 'milliseconds', y: 'row', fy: 'panel', text: 'label', textAnchor: 'start', dx: 6 }),
    ],
  });
  for (const [at, stage] of stages.entries()) {
    const label = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    label.setAttribute('text-anchor', 'start');
    label.setAttribute('x', String(96 + (at % legendColumns) * 205));
    label.setAttribute('y', String(16 + Math.floor(at / legendColumns) * legendRow));
    const mark = document.createElementNS('http://www.w3.org/2000/svg', 'tspan');
    mark.setAttribute('fill', colourOf(stage, at));
    mark.textContent = '■ ';
    const name = document.createElementNS('http://www.w3.org/2000/svg', 'tspan');
    name.textContent = stage;
    label.append(mark, name);
    svg.append(label);
  }
  return standaloneSvg(svg, 'CPU time a trace of a whole run, by stage and number of traces', { document });
}

/** The stages with most CPU time a trace over all runs, most first, and the rest. */
function largest(runs: readonly Breakdown[]): string[] {
  const totals = new Map<string, number>();
  for (const { size, stages } of runs) {
    for (const { stage, cpuSeconds } of stages) totals.set(stage, (totals.get(stage) ?? 0) + cpuSeconds / size);
  }
  const names = [...totals].sort(([, a], [, b]) => b - a).map(([stage]) => stage);
  return names.length > named ? [...names.slice(0, named), rest] : names;
}

function partsOf({ foundation, size, stages }: Breakdown, shown: readonly string[]): Part[] {
  const sums = new Map(shown.map((stage) => [stage, 0]));
  for (const { stage, cpuSeconds } of stages) {
    const name = sums.has(stage) ? stage : rest;
    sums.set(name, (sums.get(name) ?? 0) + (1000 * cpuSeconds) / size);
  }
  return [...sums].map(([stage, milliseconds]) => ({
    row: rowName(size),
    panel: foundations[foundation],
    stage,
    milliseconds,
  }));
}

function rowName(size: number): string {
  return `${size.toLocaleString('en')} traces`;
}

function colourOf(stage: string, at: number): string {
  return stage === rest ? '#cbd5e1' : (palette[at] ?? '#000');
}
