/** A record of which it is asked how often the judge errs. */
export interface RatedSample {
  /** Kinds of records differ in how often judgements are wrong; counted from 0. */
  readonly kind: number;
  /** The stretch of time that the record belongs to, counted from 0: a judge does not err alike at all times. */
  readonly stretch: number;
  /** How many records it counts as; 1 by default. What is near others says the same again. */
  readonly weight?: number;
}

/** `rates[kind][stretch]`: share of judgements that are wrong. */
export type ErrorRates = readonly Float64Array[];

/** The rate before the first round: high, so that a rule that hides well is not given up before it shows. */
const firstRate = 0.3;
/** Records, one in ten wrong, that a kind's rate is shrunk towards, so that few records make no extreme of it. */
const priorOfKind = { records: 5, rate: 0.1 };
/** As many records as the rate of its kind weighs against those of one stretch. */
const priorOfStretch = 10;
/** Rates are kept off 0 and 1, where no record could change them any more. */
const leastRate = 1e-4;
const mostRate = 0.9;

/** What an estimate begins with. */
export function firstRates(samples: readonly RatedSample[]): ErrorRates {
  const most = (of: (sample: RatedSample) => number) => samples.reduce((max, sample) => Math.max(max, of(sample)), 0);
  const stretches = 1 + most(({ stretch }) => stretch);
  return Array.from({ length: 1 + most(({ kind }) => kind) }, () => new Float64Array(stretches).fill(firstRate));
}

/**
 * Rates by kind and stretch, each shrunk towards the rate of its kind.
 * @param wrong probability that the judgement is wrong, by sample
 * @param before rates of the same kinds and stretches
 * @param least no rate is lower
 */
export function ratesFrom(
  samples: readonly RatedSample[],
  wrong: Float64Array,
  before: ErrorRates,
  least = leastRate,
): ErrorRates {
  const sums = before.map((rates) => new Float64Array(rates.length));
  const sizes = before.map((rates) => new Float64Array(rates.length));
  samples.forEach(({ kind, stretch, weight = 1 }, at) => {
    add(sums, kind, stretch, weight * (wrong[at] ?? 0));
    add(sizes, kind, stretch, weight);
  });
  return sums.map((ofKind, kind) => {
    const size = sizes[kind] ?? new Float64Array();
    const mean = (sum(ofKind) + priorOfKind.rate * priorOfKind.records) / (sum(size) + priorOfKind.records);
    return ofKind.map((expected, stretch) => {
      const rate = (expected + priorOfStretch * mean) / ((size[stretch] ?? 0) + priorOfStretch);
      return Math.min(mostRate, Math.max(least, rate));
    });
  });
}

function add(rows: readonly Float64Array[], row: number, column: number, value: number): void {
  const values = rows[row];
  if (values !== undefined) values[column] = (values[column] ?? 0) + value;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}
