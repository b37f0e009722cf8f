import { axisX, axisY, dot, gridY, line, plot, ruleX, ruleY } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { standaloneSvg } from '../../standalone-svg.ts';
import type { Overall } from './overall-summary.ts';

const colours: Readonly<Record<string, string>> = { all: '#1d4ed8', 'clean-only': '#6d28d9' };
const panels = { clean: 'fresh clean text', noisy: 'fresh noisy text' } as const;
const poison = ['no poison', '15 %', '25 %', '40 %'];
/** Rivals stand side by side, so that their intervals can be told apart. */
const aside = 0.06;

/** Ratchet less its rivals from stage to stage, over all scenarios and seeds, with intervals: a standalone SVG. */
export function overallChart(overall: readonly Overall[]): string {
  const rivals = [...new Set(overall.map(({ rival }) => rival))];
  const points = overall.flatMap(({ rival, judge, stages }) =>
    stages.flatMap((stage, at) =>
      (['clean', 'noisy'] as const).map((measure) => ({
        rival,
        judge: `${judge} judge`,
        panel: panels[measure],
        stage: at + (rivals.indexOf(rival) - (rivals.length - 1) / 2) * 2 * aside,
        points: 100 * stage[measure].mean,
        lower: 100 * stage[measure].lower,
        upper: 100 * stage[measure].upper,
      })),
    ),
  );
  const judges = [...new Set(points.map(({ judge }) => judge))];
  const height = 90 + 220 * Math.max(1, judges.length);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const place = { x: 'stage', fx: 'panel', fy: 'judge', stroke: 'rival' } as const;
  const svg = plot({
    document,
    figure: false,
    width: 900,
    height,
    marginLeft: 56,
    marginRight: 120,
    marginTop: 46,
    marginBottom: 60,
    style: { fontSize: '12px', fontFamily: 'system-ui, sans-serif', background: 'white' },
    x: { domain: [-0.3, poison.length - 0.7], label: null },
    y: { label: null, nice: true },
    fx: { label: null },
    fy: { label: null },
    color: { domain: rivals, range: rivals.map((rival) => colours[rival] ?? '#000') },
    marks: [
      gridY({ ticks: 6 }),
      ruleY([0], { stroke: '#111' }),
      axisY({ ticks: 6, tickFormat: (value: number) => `${value > 0 ? '+' : ''}${value}`.replace('-', '−'), tickSize: 0 }),
      axisX({ ticks: poison.map((_, at) => at), tickFormat: (at: number) => poison[at] ?? '', tickSize: 0 }),
      ruleX(points, { ...place, y1: 'lower', y2: 'upper', strokeWidth: 1.5 }),
      line(points, { ...place, y: 'points', strokeWidth: 2 }),
      dot(points, { ...place, y: 'points', fill: 'rival', r: 3 }),
    ],
  });
  for (const [at, rival] of rivals.entries()) {
    const label = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    label.setAttribute('text-anchor', 'start');
    label.setAttribute('x', String(56 + at * 220));
    label.setAttribute('y', String(height - 12));
    label.setAttribute('fill', colours[rival] ?? '#000');
    label.setAttribute('font-weight', '600');
    label.textContent = `● Ratchet less ${rival}, points`;
    svg.append(label);
  }
  return standaloneSvg(svg, 'Ratchet less its rivals by stage', { document });
}
