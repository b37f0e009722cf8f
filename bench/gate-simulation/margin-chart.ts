import { axisX, axisY, dot, gridX, gridY, line, plot, ruleX, text as textMark } from '@observablehq/plot';
import { parseHTML } from 'linkedom';
import { cautions, churns, margins, sizes } from './plan.ts';
import type { Promoted } from './simulate.ts';

const worse = -0.005;
const better = 0.01;
const colours = ['#c2410c', '#1d4ed8', '#0b6e4f'];
const [width, height, left] = [960, 430, 62];

interface Point {
  readonly worse: number;
  readonly better: number;
  readonly records: string;
  readonly panel: string;
  readonly gate: string;
  readonly strict: boolean;
}

/**
 * What each margin costs and brings: candidates half a point worse that are promoted (across) against those a point
 * better that are (up), a panel for each churn, a line for the number of records: a standalone SVG.
 */
export function marginChart(results: readonly Promoted[]): string {
  const points = pointsOf(results);
  const curve = points.filter(({ strict }) => !strict);
  const place = { x: 'worse', y: 'better', fx: 'panel' } as const;
  const { document } = parseHTML('<!doctype html><html><body></body></html>');
  const svg = plot({
    document,
    figure: false,
    width,
    height,
    marginLeft: left,
    marginRight: 30,
    marginTop: 46,
    marginBottom: 84,
    style: { fontSize: '12px', fontFamily: 'system-ui, sans-serif', background: 'white' },
    x: { label: null, nice: true },
    y: { domain: [0, 100], label: null },
    fx: { domain: churns.map(panelOf), label: null },
    color: { domain: sizes.map(recordsOf), range: colours },
    marks: [
      gridX({ ticks: 5 }),
      gridY({ ticks: 6 }),
      axisX({ ticks: 5, tickFormat: (value: number) => `${value} %`, tickSize: 0 }),
      axisY({ ticks: 6, tickFormat: (value: number) => `${value} %`, tickSize: 0 }),
      ruleX([5], { stroke: '#6b7280', strokeDasharray: '4 3' }),
      line(curve, { ...place, stroke: 'records', strokeWidth: 2 }),
      dot(curve, { ...place, fill: 'records', r: 3.5 }),
      dot(
        points.filter(({ strict }) => strict),
        { ...place, stroke: 'records', symbol: 'times', strokeWidth: 2, r: 4 },
      ),
      textMark(curve, { ...place, text: 'gate', fill: 'records', dx: 7, dy: 9, textAnchor: 'start', fontSize: 10 }),
    ],
  });
  const write = (content: string, x: number, y: number, fill: string) => {
    const label = document.createElementNS('http://www.w3.org/2000/svg', 'text');
    label.setAttribute('text-anchor', 'start');
    label.setAttribute('x', String(x));
    label.setAttribute('y', String(y));
    label.setAttribute('fill', fill);
    label.textContent = content;
    svg.append(label);
  };
  write(
    'promoted of those 1 point better (up) against those 0.5 points worse (across), by margin in points',
    left,
    14,
    '#111',
  );
  for (const [at, records] of sizes.map(recordsOf).entries()) {
    write(`● ${records}`, left + at * 140, height - 14, colours[at] ?? '#000');
  }
  write('× strict: McNemar at 0.05; dashed: 5 %', left + sizes.length * 140, height - 14, '#374151');
  const title = document.createElementNS('http://www.w3.org/2000/svg', 'title');
  title.textContent = 'Share of worse and of better candidates that the gate promotes, by margin';
  svg.prepend(title);
  svg.setAttribute('role', 'img');
  svg.setAttribute('xmlns', 'http://www.w3.org/2000/svg');
  return `${svg.outerHTML}\n`;
}

function pointsOf(results: readonly Promoted[]): Point[] {
  const gates = [...margins, ...cautions.filter(({ caution }) => caution === 'strict')];
  return churns.flatMap((churn) =>
    sizes.flatMap((pairs) =>
      gates.map(({ name, caution }) => {
        const share = (truth: number) =>
          100 *
          (results.find(
            ({ gate, planted }) =>
              gate === name && planted.pairs === pairs && planted.churn === churn && planted.better === truth,
          )?.share ?? Number.NaN);
        return {
          worse: share(worse),
          better: share(better),
          records: recordsOf(pairs),
          panel: panelOf(churn),
          gate: name,
          strict: caution === 'strict',
        };
      }),
    ),
  );
}

function panelOf(churn: number): string {
  return `${100 * churn} % of answers change`;
}

function recordsOf(pairs: number): string {
  return `${pairs.toLocaleString('en')} records`;
}
