import type { Embedding, Method } from './measurement.ts';
import type { Row, Spread, Target } from './summarise.ts';

const names: Readonly<Record<Method, string>> = {
  ratchet: '**Ratchet**, embedded trainer',
  'linear-svc': 'LinearSVC',
  'linear-svc-threads': 'LinearSVC, one-vs-rest on two threads',
  'logistic-regression': 'LogisticRegression (lbfgs)',
  'calibrated-sigmoid': 'CalibratedClassifierCV(LinearSVC), sigmoid, 5 folds',
  'calibrated-temperature': 'CalibratedClassifierCV(LinearSVC), temperature, 5 folds',
};

/** The figures as tables, a corpus and feature set each, and what they were to be. */
export function markdown(
  rows: readonly Row[],
  embeddings: readonly Embedding[],
  targets: readonly Target[],
): readonly string[] {
  const groups = Map.groupBy(rows, ({ corpus, features }) => `${corpus}, ${features}`);
  return [
    '| target | wanted | found | |',
    '| --- | --- | --- | --- |',
    ...targets.map(
      ({ what, wanted, found, met }) => `| ${what} | ${wanted} | ${found} | ${met ? 'met' : '**missed**'} |`,
    ),
    ...[...groups].flatMap(([title, group]) => [
      '',
      `### ${title}: ${group[0]?.train ?? 0} examples`,
      '',
      '| | seeds | accuracy (95 %) | − LinearSVC, points (95 %) | ECE | training, s wall | s CPU | texts/s wall | texts/s CPU | peak, MiB | load |',
      '| --- | --- | --- | --- | --- | --- | --- | --- | --- | --- | --- |',
      ...group.map(rowOf),
    ]),
    '',
    '### Embeddings',
    '',
    '| texts of | texts | s wall | s CPU | texts/s wall | texts/s CPU | peak, MiB | load |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
    ...embeddings.map(
      ({ corpus, texts, seconds, cpuSeconds, peakMiB, load }) =>
        `| ${corpus} | ${texts} | ${seconds.toFixed(1)} | ${cpuSeconds.toFixed(1)} | ${(texts / seconds).toFixed(0)} | ${(texts / cpuSeconds).toFixed(0)} | ${peakMiB.toFixed(0)} | ${load.toFixed(1)} |`,
    ),
  ];
}

function rowOf(row: Row): string {
  const { mean, lower, upper } = row.accuracy;
  const difference = row.againstLinearSvc;
  const cells = [
    names[row.method],
    row.seeds.length,
    `${percent(mean)} (${percent(lower)}–${percent(upper)})`,
    difference === null
      ? ''
      : `${points(difference.mean)} (${points(difference.lower)} to ${points(difference.upper)})`,
    row.calibrationError === null ? '' : row.calibrationError.mean.toFixed(3),
    range(row.trainSeconds, 1),
    range(row.trainCpuSeconds, 1),
    range(row.predictionsPerSecond, 0),
    range(row.predictionsPerCpuSecond, 0),
    row.peakMiB.highest.toFixed(0),
    range(row.load, 0),
  ];
  return `| ${cells.join(' | ')} |`;
}

function range({ mean, lowest, highest }: Spread, digits: number): string {
  const figure = mean.toFixed(digits);
  return lowest === highest ? figure : `${figure} (${lowest.toFixed(digits)}–${highest.toFixed(digits)})`;
}

function percent(fraction: number): string {
  return (100 * fraction).toFixed(2);
}

function points(fraction: number): string {
  return `${fraction < 0 ? '−' : '+'}${Math.abs(100 * fraction).toFixed(2)}`;
}
