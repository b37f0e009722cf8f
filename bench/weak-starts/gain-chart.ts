import { axisX, axisY, cell, plot, text } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { signed } from '../adaptft/results/wording.ts';
import { standaloneSvg } from '../standalone-svg.ts';
import { examplesPerLabel, labelCounts, traceCounts } from './cell.ts';
import type { CellSummary } from './summarise.ts';

/** Gains that have the strongest colour, in points. */
const strongest = 12;

/** A field a cell, the greener the more a run gained; a standalone SVG. */
export function gainChart(cells: readonly CellSummary[]): string {
  const fields = cells.map(({ labels, perLabel, traces, gain, lessAll, promoted, seeds }) => ({
    panel: `${labels} labels`,
    examples: String(perLabel),
    traces: traces.toLocaleString('en'),
    points: Math.min(strongest, 100 * gain.mean),
    gain: signed(gain.mean),
    promoted: `${promoted}/${seeds} promoted`,
    lessAll: `${signed(lessAll.mean)} to all`,
    ink: gain.mean > 0.006 * strongest ? 'white' : '#111',
  }));
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const place = { x: 'traces', y: 'examples', fx: 'panel' } as const;
  const svg = plot({
    document,
    figure: false,
    width: 1_080,
    height: 330,
    marginLeft: 64,
    marginTop: 62,
    marginBottom: 44,
    style: { fontSize: '11px', fontFamily: 'system-ui, sans-serif', background: 'white' },
    x: { domain: traceCounts.map((count) => count.toLocaleString('en')), label: null, padding: 0.04 },
    y: { domain: examplesPerLabel.map(String), label: null, padding: 0.04 },
    fx: { domain: labelCounts.map((count) => `${count} labels`), label: null, padding: 0.05 },
    color: { type: 'linear', domain: [0, strongest], range: ['#f1f5f4', '#0b6e4f'], clamp: true },
    marks: [
      cell(fields, { ...place, fill: 'points', inset: 0.5 }),
      text(fields, { ...place, text: 'gain', fill: 'ink', fontSize: 18, fontWeight: 700, dy: -14 }),
      text(fields, { ...place, text: 'promoted', fill: 'ink', fontSize: 10, dy: 6 }),
      text(fields, { ...place, text: 'lessAll', fill: 'ink', fontSize: 10, dy: 20 }),
      axisX({ tickSize: 0, label: 'judged traces', labelAnchor: 'center', labelArrow: 'none' }),
      axisY({ tickSize: 0, label: 'examples a label', labelAnchor: 'center', labelArrow: 'none' }),
    ],
  });
  const head = document.createElementNS('http://www.w3.org/2000/svg', 'text');
  head.setAttribute('x', '64');
  head.setAttribute('y', '20');
  head.setAttribute('fill', '#111');
  head.setAttribute('font-size', '14');
  head.setAttribute('text-anchor', 'start');
  head.setAttribute('font-weight', '600');
  head.textContent =
    'Points of fresh accuracy gained by one run; “to all”: less retraining on everything that was judged';
  svg.append(head);
  return standaloneSvg(svg, 'Gain of one run by labels, first examples and traces', { document });
}
