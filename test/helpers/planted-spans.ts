import { SeededRandom } from '../../shared/adapters/local/seeded-random.ts';
import type { Mark } from '../../shared/domain/base/task-kind.ts';
import type { LikelyPlace } from '../../shared/domain/triage/likely-place.ts';
import type { SpanRecord } from '../../shared/domain/triage/suspect-spans.ts';
import type { RandomStream } from '../../shared/ports/random.ts';

export const facets = ['city', 'dish', 'person', 'street'];
const words = 12;
const wordLength = 6;

/** What a judge gives for the right places of a text; the same ones where it does not err. */
export type SpanJudging = (right: readonly Mark[], random: RandomStream, input: string) => readonly Mark[];

export interface PlantedSpans {
  readonly facets: readonly string[];
  readonly records: readonly SpanRecord[];
  /** Traces whose judgement is wrong. */
  readonly wrong: ReadonlySet<string>;
}

/**
 * Texts of twelve words; up to three of them are named. Models name what is right with the probability `knowing` or,
 * of one place in fifty, do not expect it at all, and something else with the rest.
 */
export function plantSpans(request: {
  readonly records: number;
  readonly judge: SpanJudging;
  readonly knowing?: number;
  readonly judgeKind?: SpanRecord['judgeKind'];
}): PlantedSpans {
  const { records: count, judge, knowing = 0.97, judgeKind = 'llm' } = request;
  const random = new SeededRandom().stream(1, 'planted-spans');
  const wrong = new Set<string>();
  const records = Array.from({ length: count }, (_, at): SpanRecord => {
    const input = Array.from({ length: words }, (_, word) => `w${String(at % 97).padStart(2, '0')}x${word % 10}`).join(
      ' ',
    );
    const named = random.shuffle(Array.from({ length: words - 1 }, (_, word) => word)).slice(0, random.below(4));
    const right = named.map((word): Mark => markAt(word, facets[random.below(facets.length)] ?? '', 1));
    const given = judge(right, random, input);
    const traceId = `trace-${String(at).padStart(6, '0')}`;
    if (keyOf(given) !== keyOf(right)) wrong.add(traceId);
    const places = likelyPlaces(right, knowing, random);
    const known = new Set(places.map((place) => keyOf([place])));
    const weighed = given.filter((mark) => !known.has(keyOf([mark])));
    const asked = [...places, ...weighed.map((mark): LikelyPlace => ({ ...mark, probability: unlikely(right, mark) }))];
    return {
      traceId,
      groupId: traceId,
      input,
      given,
      key: keyOf(given),
      judgeKind,
      timestamp: new Date(Date.UTC(2026, 0, 1) + 60_000 * at).toISOString(),
      first: asked,
      second: asked,
    };
  });
  return { facets, records, wrong };
}

/** A name at so many words from one on. */
export function markAt(word: number, facet: string, length: number): Mark {
  const start = word * wordLength;
  return { start, end: start + length * wordLength - 1, facet };
}

/** Errs in so many texts that name something: misses a place, takes it for another facet or moves its end by a word. */
export function spansAtRandom(share: number): SpanJudging {
  return (right, random) => {
    const [one, ...rest] = right;
    if (one === undefined || random.next() >= share) return right;
    const others = facets.filter((facet) => facet !== one.facet);
    const ways = [
      rest,
      [{ ...one, facet: others[random.below(others.length)] ?? '' }, ...rest],
      [{ ...one, end: one.end + wordLength }, ...rest],
    ];
    return ways[random.below(ways.length)] ?? right;
  };
}

/** Takes a facet for another one in so many of its texts. */
export function spansByRule(share: number, facet: string, into: string): SpanJudging {
  return (right, random) =>
    random.next() < share ? right.map((mark) => (mark.facet === facet ? { ...mark, facet: into } : mark)) : right;
}

/** Recall and precision of what is suspected. */
export function scoreOfSpans({ wrong }: PlantedSpans, suspects: ReadonlyMap<string, unknown>) {
  const found = [...suspects.keys()].filter((traceId) => wrong.has(traceId)).length;
  return { recall: found / wrong.size, precision: found / suspects.size };
}

function likelyPlaces(right: readonly Mark[], knowing: number, random: RandomStream): LikelyPlace[] {
  return right.flatMap((mark): LikelyPlace[] => {
    if (random.next() < 0.02) return [{ ...mark, probability: 0.001 }];
    const other = facets[(facets.indexOf(mark.facet) + 1) % facets.length] ?? '';
    const sure = random.next() < knowing;
    return [
      { ...mark, probability: sure ? knowing : 0.9 * (1 - knowing) },
      { ...mark, facet: other, probability: sure ? 0.9 * (1 - knowing) : knowing },
    ];
  });
}

/** A place that judges invent or move is less expected than a right one that models do not know. */
function unlikely(right: readonly Mark[], mark: Mark): number {
  return right.some(({ start }) => start === mark.start) ? 1e-4 : 1e-7;
}

function keyOf(marks: readonly Mark[]): string {
  return JSON.stringify(marks.map(({ start, end, facet }) => `${start} ${end} ${facet}`).sort());
}
