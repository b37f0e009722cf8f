import { writeFile } from 'node:fs/promises';
import { marginChart } from './gate-simulation/margin-chart.ts';
import { gateReport } from './gate-simulation/markdown.ts';
import { cautions, decisions, even, falling, margins, seed } from './gate-simulation/plan.ts';
import { promotedShares } from './gate-simulation/simulate.ts';

/**
 * How often the gate promotes candidates that are known to be worse, or better, than the champion, by simulation:
 * docs/benchmarks/gate.md and its chart. `npm run bench:gate`
 */
const results = even.flatMap((planted) => promotedShares(planted, [...cautions, ...margins], decisions, seed));
const normal = cautions.filter(({ caution }) => caution === 'normal');
const ofFalling = falling.flatMap((planted) => promotedShares(planted, normal, decisions, seed));
const target = new URL('../docs/benchmarks/', import.meta.url);
await writeFile(new URL('gate.md', target), gateReport(results, ofFalling));
await writeFile(new URL('gate-margins.svg', target), marginChart(results));
