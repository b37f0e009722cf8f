import { shortDigest } from '../base/ids.ts';
import { mapInSteps, type Steps } from '../base/steps.ts';
import type { TaskKind } from '../base/task-kind.ts';
import { compareText } from '../base/text.ts';
import { reasonsFor } from './reasons.ts';
import type { ReviewItem } from './review-item.ts';
import type { Why } from './why.ts';

/** Near-duplicates with one output, which one person judges at once. */
export interface QueueCard {
  readonly cardId: string;
  /** Its traces: the one that stands for the others first. */
  readonly traceIds: readonly string[];
  readonly why: readonly Why[];
}

/** One card in so many is taken at random from all traffic. */
const randomEvery = 5;
/** So many random cards there are at least, as long as there is traffic. */
const fewestRandom = 50;

const randomWhy: Why = { kind: 'random', text: 'Taken at random from all traffic, so that error rates can be told.' };

/**
 * Cards in the order in which a person should look at them: what is likeliest wrong and stands for most traffic first,
 * and every fifth one at random from all traffic. Which those are is settled by a hash of the trace ids: of the traces
 * in the order of their hashes the first ones, whatever else speaks for them, each at its random place, so that the share
 * that is found wrong among them is that of all traffic, however far somebody comes. They say so among their reasons. A
 * short queue goes on with more of them, until there are fifty; of these, what something else speaks for keeps its place.
 * In steps of a few milliseconds.
 * @param salt secret of the model
 */
export function* queueOf(
  items: readonly ReviewItem[],
  kind: Pick<TaskKind, 'key' | 'same' | 'show' | 'anchored'>,
  salt: string,
): Steps<readonly QueueCard[]> {
  const keys = yield* mapInSteps(items, (item) => foldKeyOf(item, kind));
  const groups = [...Map.groupBy(items, (_, index) => keys[index]).values()];
  const weighed = yield* mapInSteps(groups, (members) => weigh(members, kind));
  yield;
  const ranked = weighed
    .filter(({ score }) => score > 0)
    .sort((a, b) => b.score - a.score || compareText(a.first.traceId, b.first.traceId));
  const placed = Math.floor(ranked.length / (randomEvery - 1));
  const sample = yield* sampleOf(weighed, Math.max(fewestRandom, placed), salt);
  const atRandom = sample.slice(0, placed);
  const held = new Set(atRandom.map(({ card }) => card));
  const isRandom = new Set(sample.map(({ card }) => card));
  const more = sample.slice(placed).filter(({ card }) => card.score === 0);
  yield;
  const randomly = ({ card, traceId }: Sampled) => shown(card, traceId, [...card.why, randomWhy]);
  const shownRanked = yield* mapInSteps(
    ranked.filter((card) => !held.has(card)),
    (card) => shown(card, card.first.traceId, isRandom.has(card) ? [...card.why, randomWhy] : card.why),
  );
  return [...mixed(shownRanked, atRandom.map(randomly)), ...more.map(randomly)];
}

interface Sampled {
  readonly card: Weighed;
  /** The trace that was drawn. */
  readonly traceId: string;
}

/** Cards of the traces whose hashes come first, each once. */
function* sampleOf(weighed: readonly Weighed[], size: number, salt: string): Steps<readonly Sampled[]> {
  const hashed = yield* mapInSteps(weighed, (card) =>
    card.members.map(({ traceId }) => ({ card, traceId, hash: shortDigest('random review', salt, traceId) })),
  );
  const drawn = hashed.flat().sort((a, b) => compareText(a.hash, b.hash));
  const first = new Map<Weighed, Sampled>();
  for (const { card, traceId } of drawn) {
    if (first.size === size) break;
    if (!first.has(card)) first.set(card, { card, traceId });
  }
  return [...first.values()];
}

interface Weighed {
  readonly first: ReviewItem;
  readonly members: readonly ReviewItem[];
  readonly why: readonly Why[];
  readonly score: number;
}

/** Of several near-duplicates the one shows that most speaks for, and each reason once. */
function weigh(members: readonly ReviewItem[], kind: Pick<TaskKind, 'same' | 'show'>): Weighed {
  const found = members
    .map((item) => ({ item, reasons: reasonsFor(item, kind) }))
    .sort(
      (a, b) => (b.reasons[0]?.wrong ?? 0) - (a.reasons[0]?.wrong ?? 0) || compareText(a.item.traceId, b.item.traceId),
    );
  const [best] = found;
  if (best === undefined) throw new Error('a card has no trace');
  const more = found.flatMap(({ reasons }) => reasons);
  const why = more.filter(({ kind: one }, at) => more.findIndex((other) => other.kind === one) === at);
  const wrong = best.reasons[0]?.wrong ?? 0;
  return {
    first: best.item,
    members,
    why: why.map(({ kind: one, text }) => ({ kind: one, text })),
    score: wrong * Math.log2(1 + members.length),
  };
}

/** Traces that are judged alike: near-duplicates with one output; where outputs name places, only of the same text. */
function foldKeyOf({ group, input, output }: ReviewItem, kind: Pick<TaskKind, 'key' | 'anchored'>): string {
  return JSON.stringify([group, kind.key(output), ...(kind.anchored ? [input] : [])]);
}

function shown({ members }: Weighed, traceId: string, why: readonly Why[]): QueueCard {
  const others = members.map((item) => item.traceId).filter((one) => one !== traceId);
  return { cardId: cardIdOf(traceId), traceIds: [traceId, ...others], why };
}

/** Says nothing of the trace, whose id may come from outside. */
function cardIdOf(traceId: string): string {
  return `card-${shortDigest('card', traceId)}`;
}

function mixed(ranked: readonly QueueCard[], random: readonly QueueCard[]): readonly QueueCard[] {
  const cards: QueueCard[] = [];
  let [nextRanked, nextRandom] = [0, 0];
  while (nextRanked < ranked.length || nextRandom < random.length) {
    const isRandomsTurn = cards.length % randomEvery === randomEvery - 1;
    const one = isRandomsTurn ? random[nextRandom] : ranked[nextRanked];
    const card = one ?? (isRandomsTurn ? ranked[nextRanked] : random[nextRandom]);
    if (card === undefined) break;
    if (card === ranked[nextRanked]) nextRanked += 1;
    else nextRandom += 1;
    cards.push(card);
  }
  return cards;
}
