import { levelOf } from './drift-level.ts';
import type { DriftState, Stream } from './drift-state.ts';
import { noLabel, otherLabel, places, toldOf } from './drift-state.ts';
import { placeOf, ranksOf } from './ranks.ts';
import { BurstFilter } from './recent-texts.ts';
import { type Signal, signals } from './signals.ts';
import { tellingOf } from './telling.ts';
import { betOn } from './wager.ts';
import { countedOf } from './windows.ts';

/** An answer as drift is told by it. */
export interface Answered {
  /** Digest of its trace's id. */
  readonly trace: string;
  readonly input: string;
  /** Facets of the answer, such as its label; none for no answer. */
  readonly labels: readonly string[];
  /** A fraction; null where it was not told. */
  readonly confidence: number | null;
}

/** A judgement as drift is told by it. */
export interface JudgedAnswer {
  readonly trace: string;
  readonly input: string;
  readonly failed: boolean;
}

/** What came since the last look. */
export interface Arrivals {
  /** Of the log, up to which it was looked at. */
  readonly position: number;
  /** When the newest of it came, ISO 8601. */
  readonly at: string;
  readonly answered: readonly Answered[];
  readonly judged: readonly JudgedAnswer[];
}

/** Texts among which one that comes again is of a burst, and judged ones. */
export const memory = 250;
const judgedMemory = 50;
/** Looks that are kept to be shown; of more, every other one is let go. */
const mostPoints = 120;

/**
 * The state after a look, and what it found. Bursts count once.
 * @param novelty how unlike the training material a text is, a fraction; null where it is not looked at
 * @param chance draws uniformly from [0, 1)
 */
export function takeIn(
  before: DriftState,
  { position, at, answered, judged }: Arrivals,
  novelty: (answered: Answered) => number | null,
  chance: () => number,
): DriftState {
  const state = structuredClone(before);
  const recent = new BurstFilter(state.recent, memory);
  takeAnswers(
    state,
    answered.filter(({ input }) => recent.takeIn(input)).map((one) => toldBy(one, novelty, state)),
    chance,
  );
  state.recent = recent.state();
  const recentJudged = new BurstFilter(state.recentJudged, judgedMemory);
  takeJudged(
    state,
    judged.filter(({ input }) => recentJudged.takeIn(input)),
    chance,
  );
  state.recentJudged = recentJudged.state();
  state.position = position;
  state.came += answered.length;
  if (answered.length + judged.length > 0) notePoint(state, at);
  for (const signal of signals) noteAlarm(state, signal, at);
  return state;
}

type Counted = DriftState['latest'][number];

function toldBy(one: Answered, novelty: (answered: Answered) => number | null, { labels }: DriftState): Counted {
  const { trace, confidence } = one;
  return { trace, labels: placesOf(one.labels, labels), novelty: novelty(one), confidence };
}

function takeAnswers(state: DriftState, counted: readonly Counted[], chance: () => number): void {
  state.counted = countedOf(state) + counted.length;
  state.byLabel = state.byLabel.map((stream, place) =>
    after(
      stream,
      Uint8Array.from(counted, ({ labels }) => (labels.includes(place) ? 1 : 0)),
      chance,
    ),
  );
  const novelties = counted.flatMap((one) => one.novelty ?? []);
  state.novelty = after(
    state.novelty,
    novelties.map((one) => placeOf(one, places)),
    chance,
  );
  const confidences = counted.flatMap((one) => one.confidence ?? []);
  state.confidence = after(
    state.confidence,
    confidences.map((one) => placeOf(1 - one, places)),
    chance,
  );
  const { first } = state;
  for (const { labels, confidence, novelty } of counted.slice(0, Math.max(0, toldOf - first.counted))) {
    first.counted += 1;
    for (const place of labels) first.labels[place] = (first.labels[place] ?? 0) + 1;
    if (confidence !== null) addTo(first.confidence, confidence);
    if (novelty !== null && state.farFrom !== null) addTo(first.far, novelty > state.farFrom ? 1 : 0);
  }
  state.latest = [...state.latest, ...counted].slice(-toldOf);
}

function takeJudged(state: DriftState, judged: readonly JudgedAnswer[], chance: () => number): void {
  state.failures = after(
    state.failures,
    judged.map(({ failed }) => (failed ? 1 : 0)),
    chance,
  );
  const { failures } = state.first;
  for (const { failed } of judged.slice(0, Math.max(0, toldOf - failures.of))) addTo(failures, failed ? 1 : 0);
  state.latestJudged = [...state.latestJudged, ...judged.map(({ trace, failed }) => ({ trace, failed }))].slice(
    -toldOf,
  );
}

function after({ counts, wager }: Stream, scores: ArrayLike<number>, chance: () => number): Stream {
  const ranked = ranksOf(counts, scores, chance);
  return { counts: ranked.counts, wager: betOn(wager, ranked.ps) };
}

/** Places of labels on the list; those that are not on it, and none at all, have places of their own. */
function placesOf(labels: readonly string[], known: readonly string[]): number[] {
  if (known.length === 0) return [];
  const names = labels.length === 0 ? [noLabel] : labels;
  return [
    ...new Set(
      names.map((name) => {
        const place = known.indexOf(name);
        return place === -1 ? known.indexOf(otherLabel) : place;
      }),
    ),
  ];
}

function addTo(figure: { sum: number; of: number }, value: number): void {
  figure.sum += value;
  figure.of += 1;
}

function notePoint(state: DriftState, at: string): void {
  const levels = Object.fromEntries(signals.map((signal) => [signal, levelOf(state, signal)])) as Record<
    Signal,
    number
  >;
  state.points.push({ at, traces: state.came, levels });
  if (state.points.length <= mostPoints) return;
  const last = state.points.length - 1;
  state.points = state.points.filter((_, place) => place % 2 === 0 || place === last);
}

function noteAlarm(state: DriftState, signal: Signal, at: string): void {
  if (state.alarms.some((alarm) => alarm.signal === signal) || levelOf(state, signal, 'highest') < 1) return;
  state.alarms.push({ signal, at, position: state.position, ...tellingOf(state, signal) });
}
