import { type ErrorRates, firstRates, type RatedSample, ratesFrom } from './error-rates.ts';

/** A judged record as the posterior sees it. */
export interface PosteriorSample extends RatedSample {
  /** Calibrated probability of each label, by a model that never saw the record. */
  readonly probabilities: ArrayLike<number>;
  /** Position of the given label. */
  readonly given: number;
}

/** What is estimated of a judge from records. */
export interface JudgeErrors {
  readonly rates: ErrorRates;
  /** `written[y][g]`: share of the times that y is right and not given in which g is given; rows sum to 1. */
  readonly written: readonly Float64Array[];
  /** `counts[y][g]`: how many records are expected to be y and were given g; for g = y those given rightly. */
  readonly counts: readonly Float64Array[];
}

export interface WrongLabelPosterior {
  /** Probability that the given label is wrong, by record. */
  readonly wrong: Float64Array;
  /** Position of the likeliest other label, by record. */
  readonly likely: Int32Array;
  readonly errors: JudgeErrors;
}

const rounds = 30;
/** A record that is less likely wrong than this says nothing of how the judge errs. */
const nothing = 1e-6;

/**
 * Probability that a given label g is wrong, by expectation and maximisation (Dawid and Skene 1979, with a model's
 * probabilities P in place of other annotators): P(wrong) ∝ Σ_{y≠g} P_y r D[y→g] and P(right) ∝ P_g (1 − r), where r is
 * the rate of wrong labels and D says what the judge writes for a label y when it errs. Both are estimated from the
 * records: D by row, with a Dirichlet prior of 2 √(C − 1) records spread evenly over the C − 1 other labels, so that a
 * judge who always errs the same way shows and one who errs at random is not taken for it; r by kind and stretch,
 * shrunk towards the rate of the kind. Time is linear in records times labels.
 */
export function wrongLabelPosterior(samples: readonly PosteriorSample[], labels: number): WrongLabelPosterior {
  let errors: JudgeErrors = {
    rates: firstRates(samples),
    written: writtenFrom(matrix(labels)),
    counts: matrix(labels),
  };
  for (let round = 1; round < rounds; round += 1) errors = estimate(samples, errors);
  return { ...expect(samples, errors), errors };
}

function estimate(samples: readonly PosteriorSample[], errors: JudgeErrors): JudgeErrors {
  const { wrong } = expect(samples, errors);
  const counts = matrix(errors.written.length);
  const columns = transposed(errors.written);
  samples.forEach(({ probabilities, given }, at) => {
    const share = wrong[at] ?? 0;
    const column = columns[given];
    if (column === undefined) return;
    add(counts, given, given, 1 - share);
    if (share < nothing) return;
    const scale = share / weigh(probabilities, column, given);
    for (let y = 0; y < column.length; y += 1)
      if (y !== given) add(counts, y, given, scale * (probabilities[y] ?? 0) * (column[y] ?? 0));
  });
  return { rates: ratesFrom(samples, wrong, errors.rates), written: writtenFrom(counts), counts };
}

function expect(
  samples: readonly PosteriorSample[],
  { rates, written }: JudgeErrors,
): { wrong: Float64Array; likely: Int32Array } {
  const columns = transposed(written);
  const result = { wrong: new Float64Array(samples.length), likely: new Int32Array(samples.length) };
  samples.forEach(({ probabilities, given, kind, stretch }, at) => {
    const rate = rates[kind]?.[stretch] ?? 0;
    const column = columns[given];
    if (column === undefined) return;
    const wrong = rate * weigh(probabilities, column, given);
    const right = (1 - rate) * (probabilities[given] ?? 0);
    result.wrong[at] = wrong + right > 0 ? wrong / (wrong + right) : 0;
    result.likely[at] = likeliestOther(probabilities, column, given);
  });
  return result;
}

/** Σ_{y≠g} P_y D[y→g]. */
function weigh(probabilities: ArrayLike<number>, column: Float64Array, given: number): number {
  let sum = 0;
  for (let y = 0; y < column.length; y += 1) if (y !== given) sum += (probabilities[y] ?? 0) * (column[y] ?? 0);
  return sum;
}

function likeliestOther(probabilities: ArrayLike<number>, column: Float64Array, given: number): number {
  let best = given === 0 ? 1 : 0;
  let most = -1;
  for (let y = 0; y < column.length; y += 1) {
    const weight = (probabilities[y] ?? 0) * (column[y] ?? 0);
    if (y === given || weight <= most) continue;
    best = y;
    most = weight;
  }
  return best;
}

function writtenFrom(counts: readonly Float64Array[]): Float64Array[] {
  const others = Math.max(1, counts.length - 1);
  const prior = (2 * Math.sqrt(others)) / others;
  return counts.map((row, y) => {
    const total = sum(row) - (row[y] ?? 0) + prior * others;
    return row.map((count, g) => (g === y ? 0 : (count + prior) / total));
  });
}

function add(rows: readonly Float64Array[], row: number, column: number, value: number): void {
  const values = rows[row];
  if (values !== undefined) values[column] = (values[column] ?? 0) + value;
}

function sum(values: Float64Array): number {
  return values.reduce((total, value) => total + value, 0);
}

function matrix(size: number): Float64Array[] {
  return Array.from({ length: size }, () => new Float64Array(size));
}

function transposed(rows: readonly Float64Array[]): Float64Array[] {
  return rows.map((_, column) => Float64Array.from(rows, (row) => row[column] ?? 0));
}
