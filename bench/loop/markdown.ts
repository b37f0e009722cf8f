import type { Breakdown } from './breakdown.ts';

/** Stages below this share of a foundation's CPU time are one line. */
const worthALine = 0.01;

/** Of a larger log a run takes the newest. */
export const mostInSnapshot = 100_000;

/** The runs, then for each foundation the stages by size. */
export function markdown(runs: readonly Breakdown[]): readonly string[] {
  const groups = Map.groupBy(runs, ({ foundation }) => foundation);
  return [
    '| foundation | traces | decision | iterations | s wall | s CPU | peak, MiB | ingest, s CPU | ingest, MiB | load |',
    '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
    ...runs.map(
      ({ foundation, size, decision, iterations, seconds, cpuSeconds, peakMiB, ingest, load }) =>
        `| ${foundation} | ${size} | ${decision} | ${iterations} | ${seconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} | ${peakMiB.toFixed(0)} | ${ingest.cpuSeconds.toFixed(1)} | ${ingest.peakMiB.toFixed(0)} | ${load.toFixed(0)} |`,
    ),
    ...[...groups].flatMap(([foundation, group]) => ['', `### Stages, foundation ${foundation}`, '', ...table(group)]),
  ];
}

function table(runs: readonly Breakdown[]): string[] {
  const total = runs.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0);
  const stages = [...new Set(runs.flatMap((run) => run.stages.map(({ stage }) => stage)))];
  const cpuOf = (stage: string) => runs.reduce((sum, run) => sum + (find(run, stage)?.cpuSeconds ?? 0), 0);
  const shown = stages.filter((stage) => cpuOf(stage) >= worthALine * total).sort((a, b) => cpuOf(b) - cpuOf(a));
  const small = stages.filter((stage) => !shown.includes(stage));
  const sum = (run: Breakdown, of: 'seconds' | 'cpuSeconds') =>
    small.reduce((all, stage) => all + (find(run, stage)?.[of] ?? 0), 0);
  return [
    'Wall seconds / CPU seconds / peak MiB; the last column is the growth exponent of CPU time from 1,000 to 100,000 traces, the most that a snapshot holds.',
    '',
    `| stage | ${runs.map(({ size }) => size.toLocaleString('en')).join(' | ')} | exponent |`,
    `| --- |${' --- |'.repeat(runs.length + 1)}`,
    ...shown.map((stage) => {
      const cells = runs.map((run) => {
        const figures = find(run, stage);
        return figures === undefined
          ? ''
          : `${figures.seconds.toFixed(1)} / ${figures.cpuSeconds.toFixed(1)} / ${figures.peakMiB.toFixed(0)}`;
      });
      const points = runs.map((run) => ({ size: run.size, cpuSeconds: find(run, stage)?.cpuSeconds ?? 0 }));
      return `| ${stage} | ${cells.join(' | ')} | ${exponentText(points)} |`;
    }),
    `| ${small.length} others | ${runs.map((run) => `${sum(run, 'seconds').toFixed(1)} / ${sum(run, 'cpuSeconds').toFixed(1)}`).join(' | ')} | |`,
    `| **all** | ${runs.map(({ seconds, cpuSeconds, peakMiB }) => `${seconds.toFixed(1)} / ${cpuSeconds.toFixed(1)} / ${peakMiB.toFixed(0)}`).join(' | ')} | ${exponentText(runs)} |`,
  ];
}

function find({ stages }: Breakdown, wanted: string) {
  return stages.find(({ stage }) => stage === wanted);
}

function exponentText(points: readonly { readonly size: number; readonly cpuSeconds: number }[]): string {
  return growthExponent(points.filter(({ size }) => size >= 1_000 && size <= mostInSnapshot))?.toFixed(2) ?? '';
}

/** Least-squares slope of log CPU seconds over log size; null for fewer than two points with time. */
export function growthExponent(
  points: readonly { readonly size: number; readonly cpuSeconds: number }[],
): number | null {
  const logs = points
    .filter(({ cpuSeconds }) => cpuSeconds > 0)
    .map(({ size, cpuSeconds }) => ({ x: Math.log(size), y: Math.log(cpuSeconds) }));
  if (logs.length < 2) return null;
  const mean = (of: 'x' | 'y') => logs.reduce((sum, point) => sum + point[of], 0) / logs.length;
  const [x, y] = [mean('x'), mean('y')];
  const slope = logs.reduce((sum, point) => sum + (point.x - x) * (point.y - y), 0);
  return slope / logs.reduce((sum, point) => sum + (point.x - x) ** 2, 0);
}
