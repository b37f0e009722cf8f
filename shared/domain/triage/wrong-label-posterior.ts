/** A judged record as the posterior sees it. */
export interface PosteriorSample {
  /** Calibrated probability of each label, by a model that never saw the record. */
  readonly probabilities: ArrayLike<number>;
  /** Position of the given label. */
  readonly given: number;
  /** Records of one group have a rate of wrong labels in common; groups count from 0. */
  readonly group: number;
}

/** What is estimated of a judge from records; positions are those of the labels and of the groups. */
export interface JudgeErrors {
  /** Share of given labels that are wrong, by group. */
  readonly rates: readonly number[];
  /** `written[y][g]`: how often, of the times that a right label y is not given, g is given in its place; rows sum to 1. */
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
/** The rate before the first round. */
const firstRate = 0.1;
/** Wrong labels and right ones that a group's rate starts from, so that few records make no extreme of it. */
const priorWrong = 0.5;
const priorRight = 4.5;
/** A judge is neither always right nor mostly wrong. */
const leastRate = 1e-4;
const mostRate = 0.6;
/** A record that is less likely wrong than this says nothing of how the judge errs. */
const nothing = 1e-6;

/**
 * Probability that a given label g is wrong, by expectation and maximisation (Dawid and Skene 1979, with a model's
 * probabilities P in place of other annotators): P(wrong) ∝ Σ_{y≠g} P_y r D[y→g] and P(right) ∝ P_g (1 − r), where r is
 * the rate of wrong labels and D says what the judge writes for a label y when it errs. r and D are estimated from the
 * records, D by row with a Dirichlet prior of 2 √(C − 1) records spread evenly over the C − 1 other labels: so a judge
 * that always errs the same way shows, and one that errs at random is not taken for it. Time and memory are linear in
 * records times labels.
 */
export function wrongLabelPosterior(samples: readonly PosteriorSample[], labels: number): WrongLabelPosterior {
  const groups = 1 + samples.reduce((most, { group }) => Math.max(most, group), 0);
  let errors: JudgeErrors = {
    rates: Array.from({ length: groups }, () => firstRate),
    written: writtenFrom(matrix(labels)),
    counts: matrix(labels),
  };
  for (let round = 1; round < rounds; round += 1) errors = estimate(samples, errors);
  return { ...expect(samples, errors), errors };
}

function estimate(samples: readonly PosteriorSample[], errors: JudgeErrors): JudgeErrors {
  const { wrong } = expect(samples, errors);
  const labels = errors.written.length;
  const counts = matrix(labels);
  const sums = errors.rates.map(() => ({ wrong: priorWrong, all: priorWrong + priorRight }));
  const columns = transposed(errors.written);
  samples.forEach(({ probabilities, given, group }, at) => {
    const share = wrong[at] ?? 0;
    const sum = sums[group];
    if (sum !== undefined) {
      sum.wrong += share;
      sum.all += 1;
    }
    const column = columns[given];
    if (column === undefined) return;
    const right = counts[given];
    if (right !== undefined) right[given] = (right[given] ?? 0) + 1 - share;
    if (share < nothing) return;
    const scale = share / weigh(probabilities, column, given);
    for (let y = 0; y < labels; y += 1) {
      const row = counts[y];
      if (y === given || row === undefined) continue;
      row[given] = (row[given] ?? 0) + scale * (probabilities[y] ?? 0) * (column[y] ?? 0);
    }
  });
  const rates = sums.map((sum) => Math.min(mostRate, Math.max(leastRate, sum.wrong / sum.all)));
  return { rates, written: writtenFrom(counts), counts };
}

function expect(
  samples: readonly PosteriorSample[],
  { rates, written }: JudgeErrors,
): { wrong: Float64Array; likely: Int32Array } {
  const columns = transposed(written);
  const result = { wrong: new Float64Array(samples.length), likely: new Int32Array(samples.length) };
  samples.forEach(({ probabilities, given, group }, at) => {
    const rate = rates[group] ?? 0;
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
    const total = row.reduce((sum, count, g) => (g === y ? sum : sum + count), 0) + prior * others;
    return row.map((count, g) => (g === y ? 0 : (count + prior) / total));
  });
}

function matrix(size: number): Float64Array[] {
  return Array.from({ length: size }, () => new Float64Array(size));
}

function transposed(rows: readonly Float64Array[]): Float64Array[] {
  return rows.map((_, column) => Float64Array.from(rows, (row) => row[column] ?? 0));
}
