import { type DriftState, toldOf } from './drift-state.ts';

/** A share or a mean, as its sum and of how many it is. */
export interface Figure {
  readonly sum: number;
  readonly of: number;
}

/** The first that counted and as many of the latest; none is in both. */
export interface Windows {
  readonly first: Figure;
  readonly latest: Figure;
}

/** Traces that counted; a state that was kept by an earlier version does not say it. */
export function countedOf({ counted, byLabel, novelty, confidence }: DriftState): number {
  return counted ?? Math.max(byLabel[0]?.wager.seen ?? 0, novelty.wager.seen, confidence.wager.seen);
}

/** Share of answers that have the label at this place. */
export function labelWindows(state: DriftState, place: number): Windows {
  const { first } = state;
  return ofAnswers(state, { sum: first.labels[place] ?? 0, of: first.counted }, ({ labels }) =>
    labels.includes(place) ? 1 : 0,
  );
}

/** Share of inputs far from the training material. */
export function noveltyWindows(state: DriftState): Windows {
  const { farFrom, first } = state;
  return ofAnswers(state, first.far, ({ novelty }) =>
    novelty === null || farFrom === null ? null : novelty > farFrom ? 1 : 0,
  );
}

/** Mean confidence. */
export function confidenceWindows(state: DriftState): Windows {
  return ofAnswers(state, state.first.confidence, ({ confidence }) => confidence);
}

/** Share of failures among the judged. */
export function failureWindows({ failures, first, latestJudged }: DriftState): Windows {
  const values = latestJudged.map(({ failed }) => (failed ? 1 : 0));
  return apart(first.failures, values, failures.wager.seen);
}

function ofAnswers(
  state: DriftState,
  first: Figure,
  shown: (one: DriftState['latest'][number]) => number | null,
): Windows {
  return apart(first, state.latest.map(shown), countedOf(state));
}

/**
 * Of fewer than twice {@link toldOf} the first half and the second: what is of both the first and the latest comes off the
 * first.
 * @param first of the first {@link toldOf}
 * @param values of the latest of them, oldest first; null where there is none
 * @param all how many there were
 */
function apart(first: Figure, values: readonly (number | null)[], all: number): Windows {
  const size = Math.min(toldOf, Math.floor(all / 2));
  const oldest = all - values.length;
  const shared = sumOf(values.slice(Math.max(0, size - oldest), Math.max(0, toldOf - oldest)));
  return {
    first: { sum: first.sum - shared.sum, of: first.of - shared.of },
    latest: sumOf(values.slice(values.length - Math.min(size, values.length))),
  };
}

function sumOf(values: readonly (number | null)[]): Figure {
  const known = values.filter((value) => value !== null);
  return { sum: known.reduce((sum, value) => sum + value, 0), of: known.length };
}
