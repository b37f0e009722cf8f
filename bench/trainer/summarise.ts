import { wilsonInterval } from '../../shared/domain/base/statistics.ts';
import type { Random } from '../../shared/ports/random.ts';
import { type Difference, pairedDifference } from '../adaptft/results/bootstrap.ts';
import type { Embedding, FeatureSet, Method, Training } from './measurement.ts';

/** A figure over the seeds. */
export interface Spread {
  readonly mean: number;
  readonly lowest: number;
  readonly highest: number;
}

/** One method on one corpus, over its seeds. Accuracies are fractions, times seconds, rates texts a second. */
export interface Row {
  readonly corpus: string;
  readonly features: FeatureSet;
  readonly method: Method;
  readonly seeds: readonly number[];
  readonly train: number;
  readonly featureCount: number;
  /** Mean over seeds, with the 95 % Wilson interval of so many test texts. */
  readonly accuracy: { readonly mean: number; readonly lower: number; readonly upper: number };
  /** This method minus LinearSVC, paired by seed and text; null for LinearSVC itself. */
  readonly againstLinearSvc: Difference | null;
  readonly calibrationError: Spread | null;
  readonly trainSeconds: Spread;
  readonly trainCpuSeconds: Spread;
  /** By wall time and by CPU time: the second is what the machine does when nothing else runs, on one core. */
  readonly predictionsPerSecond: Spread;
  readonly predictionsPerCpuSecond: Spread;
  readonly peakMiB: Spread;
  readonly load: Spread;
}

const reference: Method = 'linear-svc';

/** The rows in the order in which they were first measured. */
export function summarise(trainings: readonly Training[], random: Random): Row[] {
  const groups = Map.groupBy(trainings, ({ corpus, features, method }) => `${corpus} ${features} ${method}`);
  return [...groups.values()].flatMap((group) => {
    const [first] = group;
    if (first === undefined) return [];
    const { corpus, features, method, train, featureCount, test } = first;
    const same = (other: Training) => other.corpus === corpus && other.features === features;
    const pairs = group.flatMap((own) => {
      const other = trainings.find((one) => same(one) && one.method === reference && one.seed === own.seed);
      return other === undefined ? [] : [{ a: rights(own), b: rights(other) }];
    });
    const accuracy = spread(group.map((one) => one.accuracy)).mean;
    const errors = group.flatMap(({ calibrationError }) => (calibrationError === null ? [] : [calibrationError]));
    return [
      {
        corpus,
        features,
        method,
        seeds: group.map(({ seed }) => seed),
        train,
        featureCount,
        accuracy: { mean: accuracy, ...wilsonInterval(Math.round(accuracy * test), test) },
        againstLinearSvc:
          method === reference || pairs.length === 0
            ? null
            : pairedDifference(pairs, random.stream(1, `trainer/${corpus}/${features}/${method}`)),
        calibrationError: errors.length === 0 ? null : spread(errors),
        trainSeconds: spread(group.map((one) => one.trainSeconds)),
        trainCpuSeconds: spread(group.map((one) => one.trainCpuSeconds)),
        predictionsPerSecond: spread(group.map((one) => one.predictions / one.predictSeconds)),
        predictionsPerCpuSecond: spread(group.map((one) => one.predictions / one.predictCpuSeconds)),
        peakMiB: spread(group.map((one) => one.peakMiB)),
        load: spread(group.map((one) => one.load)),
      },
    ];
  });
}

export interface Target {
  readonly what: string;
  readonly wanted: string;
  readonly found: string;
  readonly met: boolean;
}

/** What was measured against what it should be; only targets of which something was measured. */
export function targets(rows: readonly Row[], embeddings: readonly Embedding[]): Target[] {
  const own = rows.filter(({ method }) => method === 'ratchet');
  return [
    ...own.flatMap((row) => {
      const rival = rows.find(
        ({ corpus, features, method }) => corpus === row.corpus && features === row.features && method === reference,
      );
      return rival === undefined ? [] : againstRival(row, rival);
    }),
    ...own.flatMap((row) => absolute(row)),
    ...embeddings
      .filter(({ corpus }) => corpus === 'clinc150')
      .map(({ texts, seconds, cpuSeconds, load }) => {
        const target = atLeast('embeddings a second, clinc150', texts / seconds, 250, 0);
        return {
          ...target,
          found: `${target.found}; ${(texts / cpuSeconds).toFixed(0)} a CPU second; load ${load.toFixed(0)}`,
        };
      }),
  ];
}

function againstRival(row: Row, rival: Row): Target[] {
  const where = `${row.corpus}, ${row.features}`;
  return [
    {
      what: `accuracy, ${where}`,
      wanted: `≥ ${percent(rival.accuracy.mean)} (LinearSVC)`,
      found: percent(row.accuracy.mean),
      met: row.accuracy.mean >= rival.accuracy.mean,
    },
    ...(['trainSeconds', 'trainCpuSeconds'] as const).map((measure) => ({
      what: `${measure === 'trainSeconds' ? 'training time' : 'training CPU time'}, ${where}`,
      wanted: `≤ ${rival[measure].mean.toFixed(1)} s (LinearSVC)`,
      found: `${row[measure].mean.toFixed(1)} s`,
      met: row[measure].mean <= rival[measure].mean,
    })),
  ];
}

function absolute({ corpus, features, accuracy, calibrationError, predictionsPerSecond }: Row): Target[] {
  if (corpus !== 'clinc150') return [];
  if (features === 'n-grams')
    return [atLeast('predictions a second, clinc150, n-grams', predictionsPerSecond.mean, 5_000, 0)];
  const error = calibrationError?.mean ?? 1;
  return [
    {
      what: 'accuracy, clinc150, with USE-Lite',
      wanted: '≥ 95.0 %',
      found: percent(accuracy.mean),
      met: accuracy.mean >= 0.95,
    },
    {
      what: 'calibration error, clinc150, with USE-Lite',
      wanted: '≤ 0.05',
      found: error.toFixed(3),
      met: error <= 0.05,
    },
  ];
}

function atLeast(what: string, found: number, wanted: number, digits: number): Target {
  return { what, wanted: `≥ ${wanted}`, found: found.toFixed(digits), met: found >= wanted };
}

function percent(fraction: number): string {
  return `${(100 * fraction).toFixed(2)} %`;
}

function rights({ wrong, test }: Training): boolean[] {
  const right: boolean[] = new Array(test).fill(true);
  for (const at of wrong) right[at] = false;
  return right;
}

function spread(values: readonly number[]): Spread {
  const mean = values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
  return { mean, lowest: Math.min(...values), highest: Math.max(...values) };
}
