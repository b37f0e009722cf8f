import { axisX, axisY, dot, gridY, line, plot } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { standaloneSvg } from '../../standalone-svg.ts';
import { type ArmName, mainArms } from '../arms/unit-result.ts';
import type { ScenarioSummary } from './summary.ts';

const colours: Readonly<Partial<Record<ArmName, string>>> = {
  ratchet: '#0b6e4f',
  naive: '#c2410c',
  all: '#1d4ed8',
  'clean-only': '#6d28d9',
  'random-augmentation': '#a16207',
  frozen: '#6b7280',
};
const panels = { clean: 'fresh clean text', noisy: 'fresh noisy text' } as const;
const stageNames = ['start', 'clean', '15 %', '25 %', '40 %'];

interface Point {
  readonly arm: ArmName;
  readonly stage: number;
  readonly accuracy: number;
  readonly panel: string;
  readonly judge: string;
}

/**
 * The arms' accuracy from stage to stage on fresh text, clean and noisy, a row of panels for each judge: a standalone
 * SVG.
 */
export function trajectoryChart(scenario: string, summaries: readonly ScenarioSummary[]): string {
  const points = summaries.flatMap(pointsOf);
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const facet = { fx: 'panel', fy: 'judge' } as const;
  const marks = { x: 'stage', y: 'accuracy', stroke: 'arm' } as const;
  const height = 90 + 300 * Math.max(1, summaries.length);
  const svg = plot({
    document,
    figure: false,
    width: 900,
    height,
    marginLeft: 50,
    marginRight: 120,
    marginTop: 46,
    marginBottom: 60,
    style: { fontSize: '12px', fontFamily: 'system-ui, sans-serif', background: 'white' },
    x: { domain: [-0.2, stageNames.length - 0.8], label: null },
    y: { label: null },
    fx: { label: null },
    fy: { label: null, tickFormat: (judge: string) => `${judge} judge` },
    color: { domain: [...mainArms], range: mainArms.map((arm) => colours[arm] ?? '#000') },
    marks: [
      gridY({ ticks: 6 }),
      axisY({ ticks: 6, tickFormat: (value: number) => `${Math.round(100 * value)} %`, tickSize: 0 }),
      axisX({ ticks: stageNames.map((_, at) => at), tickFormat: (at: number) => stageNames[at] ?? '', tickSize: 0 }),
      line(points, { ...marks, ...facet, strokeWidth: 2 }),
      dot(points, { ...marks, ...facet, fill: 'arm', r: 2.5 }),
    ],
  });
  for (const [at, arm] of mainArms.entries()) {
    const label = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    label.setAttribute('x', String(50 + at * 140));
    label.setAttribute('y', String(height - 12));
    label.setAttribute('fill', colours[arm] ?? '#000');
    label.setAttribute('font-weight', '600');
    label.textContent = `● ${arm}`;
    svg.append(label);
  }
  return standaloneSvg(svg, `${scenario}: accuracy by stage and arm`, { document });
}

function pointsOf({ judge, start, arms }: ScenarioSummary): Point[] {
  return mainArms.flatMap((arm) => {
    const stages = arms[arm]?.stages;
    if (stages === undefined) return [];
    return (['clean', 'noisy'] as const).flatMap((measure) =>
      [start, ...stages].map((scores, stage) => ({ arm, stage, accuracy: scores[measure], panel: panels[measure], judge })),
    );
  });
}
