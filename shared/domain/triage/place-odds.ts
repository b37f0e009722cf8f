import type { Mark } from '../base/task-kind.ts';
import { spokenWords } from '../base/text.ts';
import { type LikelyPlace, namedFrom } from './likely-place.ts';

/** No model is surer than this that a place is wrong, or that something stands there. */
const smallest = 1e-12;
const leastNothing = 1e-3;
/**
 * Odds below these, in logarithms, are those of what a model did not expect at all. Each word makes a place less
 * expected, so what is below counts by the word: a long name that nobody knows is no less likely than a short one.
 */
const unexpected = Math.log(namedFrom);
/** However little a model expects it, a place is no less likely than this. */
const leastOdds = -9;
/** Where a model sees something else with this probability, that it does not expect a place tells no more than that. */
const contestedFrom = 0.1;

/** Whether two places share a character. */
export function meet(a: Pick<Mark, 'start' | 'end'>, b: Pick<Mark, 'start' | 'end'>): boolean {
  return a.start < b.end && b.start < a.end;
}

/** Equal for the same facet at the same place. */
export function placeKey({ start, end, facet }: Mark): string {
  return `${start} ${end} ${facet}`;
}

/** A place, with the logarithm of how many times likelier it is than nothing there. */
export interface WeighedPlace extends Mark {
  readonly odds: number;
}

/**
 * What two passes of models that never saw a text make of what may stand in it. The second has learnt from what the first
 * agrees with, so it may not know whole facets: that it does not expect a place is never held against it.
 */
export class PlaceOdds {
  readonly #first: Pass;
  readonly #second: Pass;
  readonly #input: string;

  /** @param first what the pass finds likely in the input, and the probability of what it was asked about */
  constructor(first: readonly LikelyPlace[], second: readonly LikelyPlace[], input: string) {
    this.#first = new Pass(first);
    this.#second = new Pass(second);
    this.#input = input;
  }

  /** Logarithm of the odds of a place against nothing there; the mean of the passes. */
  of(mark: Mark): number {
    const odds = this.#first.odds(mark);
    const isExpected = odds >= unexpected;
    if (!isExpected && this.#first.anythingAt(mark) > contestedFrom) return unexpected;
    const first = isExpected ? odds : this.#byTheWord(mark, odds);
    return (first + Math.max(this.#second.odds(mark), isExpected ? unexpected : first)) / 2;
  }

  /** All places that a pass names, by their beginning. */
  all(): WeighedPlace[] {
    const named = [...this.#first.places, ...this.#second.places];
    return [...new Map(named.map((place) => [placeKey(place), place])).values()]
      .map(({ start, end, facet }) => ({ start, end, facet, odds: this.of({ start, end, facet }) }))
      .sort((a, b) => a.start - b.start || a.end - b.end);
  }

  #byTheWord({ start, end }: Mark, odds: number): number {
    const words = Math.max(1, spokenWords(this.#input.slice(start, end)).length);
    return Math.max(leastOdds, unexpected + (odds - unexpected) / words);
  }
}

/** One pass. */
class Pass {
  /** By their beginning. */
  readonly places: readonly LikelyPlace[];
  readonly #known: ReadonlyMap<string, number>;
  readonly #longest: number;

  constructor(places: readonly LikelyPlace[]) {
    this.places = [...places].sort((a, b) => a.start - b.start);
    this.#known = new Map(places.map((place) => [placeKey(place), place.probability]));
    this.#longest = places.reduce((most, { start, end }) => Math.max(most, end - start), 0);
  }

  odds(mark: Mark): number {
    const own = Math.max(smallest, this.#known.get(placeKey(mark)) ?? namedFrom / 2);
    return Math.log(own / Math.max(leastNothing, 1 - this.anythingAt(mark)));
  }

  /** Probability that something stands where it would meet the mark. */
  anythingAt(mark: Mark): number {
    let sum = 0;
    for (let at = this.#firstFrom(mark.start - this.#longest); at < this.places.length; at += 1) {
      const place = this.places[at];
      if (place === undefined || place.start >= mark.end) break;
      if (meet(place, mark)) sum += place.probability;
    }
    return sum;
  }

  #firstFrom(start: number): number {
    let low = 0;
    let high = this.places.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.places[middle]?.start ?? 0) < start) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
