import { type ErrorRates, firstRates, type RatedSample, ratesFrom } from './error-rates.ts';
import { calibrated, calibratePlaces } from './place-calibration.ts';
import type { SpanCase, SpanSlip } from './span-slips.ts';

/** A judged record as the posterior sees it. */
export interface SpanSample extends RatedSample, SpanCase {
  /** How many words its text has, 1 at least: where a judge may see something that is not there. */
  readonly words: number;
}

/** What is estimated of a judge from records. Rows and columns are in the order of the facets. */
export interface SpanErrors {
  readonly rates: ErrorRates;
  /**
   * `written[right][given]`: share of the judge's mistakes about a facet in which it writes that one. After the facets
   * come a row for what it invents, and columns for what it misses and what it moves. Rows sum to 1.
   */
  readonly written: readonly Float64Array[];
  /** Expected numbers of records alike, with those given rightly at `counts[facet][facet]`. */
  readonly counts: readonly Float64Array[];
  /** Share of its mistakes in texts with places that are inventions. */
  readonly inventing: number;
}

export interface WrongSpanPosterior {
  /** Probability that what is given is wrong, by record. */
  readonly wrong: Float64Array;
  /** The likeliest slip, by record; null where there is none. */
  readonly slips: readonly (SpanSlip | null)[];
  readonly errors: SpanErrors;
}

const rounds = 30;
/** Bounds that a moved place may have instead of its own, about. */
const bounds = 4;
/** Inventions among mistakes in texts with places, and as how many mistakes that counts before any is seen. */
const priorOfInventing = { share: 0.1, mistakes: 10 };
const mostExponent = 30;
/**
 * Judges are taken to err this often at least. Single places tell less than whole labels do: where they tell little the
 * estimate would give up its few sure mistakes, one after the other, for an error that never happens.
 */
const leastRate = 0.03;

/**
 * Probability that the places given for a text are wrong, by expectation and maximisation like `wrongLabelPosterior`. A
 * judge that errs does so once in a text: it misses a place, takes it for another facet or moves a bound of it, each of
 * the n places of the right output being as likely the one; or it invents one at any word. So
 * P(wrong) / P(right) = r / (1 − r) · Σ over slips of odds · D / n, where odds are those of the output before the slip
 * against the given one, calibrated (see `calibratePlaces`), r is the rate of wrong records and D[right→given] says what
 * the judge writes for a facet when it errs on it. r and D are estimated from the records, D with a Dirichlet prior of
 * 2 √(facets + 1) mistakes, so that a judge who always errs the same way shows.
 */
export function wrongSpanPosterior(samples: readonly SpanSample[], facets: readonly string[]): WrongSpanPosterior {
  const judge = new SlipModel(samples, facets);
  let errors = judge.first();
  for (let round = 1; round < rounds; round += 1) errors = judge.estimate(errors);
  const { wrong, weights } = judge.expect(errors);
  return { wrong, slips: weights.map((each, at) => likeliest(samples[at]?.slips ?? [], each)), errors };
}

class SlipModel {
  readonly #samples: readonly SpanSample[];
  readonly #facets: number;
  readonly #placeOf: (facet: string) => number;
  /** exp of the calibrated odds, by sample and slip. */
  readonly #odds: readonly Float64Array[];

  constructor(samples: readonly SpanSample[], facets: readonly string[]) {
    const places = new Map(facets.map((facet, at) => [facet, at]));
    this.#samples = samples;
    this.#facets = facets.length;
    this.#placeOf = (facet) => places.get(facet) ?? 0;
    const calibration = calibratePlaces(samples, facets.length);
    const z = (place: { readonly odds: number } | null) => (place === null ? 0 : calibrated(place.odds, calibration));
    this.#odds = samples.map(({ slips }) =>
      Float64Array.from(slips, ({ right, given }) => Math.exp(Math.min(mostExponent, z(right) - z(given)))),
    );
  }

  first(): SpanErrors {
    const counts = this.#emptyCounts();
    return {
      rates: firstRates(this.#samples),
      written: this.#writtenFrom(counts),
      counts,
      inventing: priorOfInventing.share,
    };
  }

  estimate(errors: SpanErrors): SpanErrors {
    const { wrong, weights } = this.expect(errors);
    const counts = this.#emptyCounts();
    let invented = 0;
    let mistakes = 0;
    this.#samples.forEach(({ slips, given, weight = 1 }, at) => {
      const share = weight * (wrong[at] ?? 0);
      for (const { facet } of given) add(counts, this.#placeOf(facet), this.#placeOf(facet), weight - share);
      const each = weights[at] ?? new Float64Array();
      const total = each.reduce((sum, weight) => sum + weight, 0);
      if (total === 0) return;
      slips.forEach((slip, index) => {
        const expected = (share * (each[index] ?? 0)) / total;
        add(counts, this.#row(slip), this.#column(slip), expected);
        if (slip.right === null && slip.among === 0) return;
        mistakes += expected;
        if (slip.right === null) invented += expected;
      });
    });
    const { share, mistakes: prior } = priorOfInventing;
    return {
      rates: ratesFrom(this.#samples, wrong, errors.rates, leastRate),
      written: this.#writtenFrom(counts),
      counts,
      inventing: (invented + share * prior) / (mistakes + prior),
    };
  }

  /** Probability that each record is wrong, and what each of its slips adds to the odds of that. */
  expect(errors: SpanErrors): { readonly wrong: Float64Array; readonly weights: readonly Float64Array[] } {
    const weights = this.#samples.map(({ slips, words }, at) =>
      Float64Array.from(slips, (slip, index) => (this.#odds[at]?.[index] ?? 0) * this.#chance(slip, words, errors)),
    );
    const wrong = Float64Array.from(this.#samples, ({ kind, stretch }, at) => {
      const rate = errors.rates[kind]?.[stretch] ?? 0;
      const odds = (rate / (1 - rate)) * (weights[at]?.reduce((sum, weight) => sum + weight, 0) ?? 0);
      return odds / (1 + odds);
    });
    return { wrong, weights };
  }

  /** Chance that a judge who errs on the right output makes just this slip. */
  #chance(slip: SpanSlip, words: number, { written, inventing }: SpanErrors): number {
    const { right, given, among } = slip;
    const share = (column: number) => written[this.#row(slip)]?.[column] ?? 0;
    if (right === null) return ((among === 0 ? 1 : inventing) * share(this.#column(slip))) / words;
    const one = (1 - inventing) / among;
    if (given === null || given.facet === right.facet) {
      return (one * share(this.#column(slip))) / (given === null ? 1 : bounds);
    }
    const isMoved = given.start !== right.start || given.end !== right.end;
    return one * share(this.#column(slip)) * (isMoved ? share(this.#facets + 1) / bounds : 1);
  }

  #row({ right }: SpanSlip): number {
    return right === null ? this.#facets : this.#placeOf(right.facet);
  }

  #column({ right, given }: SpanSlip): number {
    if (given === null) return this.#facets;
    return right?.facet === given.facet ? this.#facets + 1 : this.#placeOf(given.facet);
  }

  #emptyCounts(): Float64Array[] {
    return Array.from({ length: this.#facets + 1 }, () => new Float64Array(this.#facets + 2));
  }

  /** Before anything is seen each way to err is as likely as the others, and each other facet. */
  #writtenFrom(counts: readonly Float64Array[]): Float64Array[] {
    const prior = 2 * Math.sqrt(this.#facets + 1);
    const others = this.#facets - 1;
    return counts.map((row, right) => {
      const isInvented = right === this.#facets;
      const ways = others > 0 ? 3 : 2;
      const expected = (given: number): number => {
        if (given < this.#facets) return isInvented ? 1 / this.#facets : given === right ? 0 : 1 / ways / others;
        return isInvented ? 0 : 1 / ways;
      };
      const mistakes = row.map((count, given) => (given === right ? 0 : count));
      const total = mistakes.reduce((sum, count) => sum + count, 0) + prior;
      return mistakes.map((count, given) => (count + prior * expected(given)) / total);
    });
  }
}

function likeliest(slips: readonly SpanSlip[], weights: Float64Array): SpanSlip | null {
  let best: SpanSlip | null = null;
  let most = -1;
  slips.forEach((slip, at) => {
    if ((weights[at] ?? 0) <= most) return;
    best = slip;
    most = weights[at] ?? 0;
  });
  return best;
}

function add(rows: readonly Float64Array[], row: number, column: number, value: number): void {
  const values = rows[row];
  if (values !== undefined) values[column] = (values[column] ?? 0) + value;
}
