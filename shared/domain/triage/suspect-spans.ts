import { quoted } from '../base/quoted.ts';
import type { Mark } from '../base/task-kind.ts';
import { compareText, spokenWords } from '../base/text.ts';
import type { JudgeKind } from '../traces/judgement.ts';
import { quote } from './finding.ts';
import { JudgeHabits } from './judge-habits.ts';
import type { LikelyPlace } from './likely-place.ts';
import { PlaceOdds } from './place-odds.ts';
import { type SpanSlip, spanCase } from './span-slips.ts';
import type { Suspect } from './suspect.ts';
import { wrongSpanPosterior } from './wrong-span-posterior.ts';

/**
 * A judged record whose output names places of its input, with what two passes of models that never saw it find likely
 * there; see `SuspectRecord`.
 */
export interface SpanRecord {
  readonly traceId: string;
  /** The near-duplicate group of its input, which counts as one record. */
  readonly groupId: string;
  readonly input: string;
  /** The places that are right according to the judgement, and the output's key. */
  readonly given: readonly Mark[];
  readonly key: string;
  readonly judgeKind: JudgeKind;
  /** ISO 8601. */
  readonly timestamp: string;
  readonly first: readonly LikelyPlace[];
  readonly second: readonly LikelyPlace[];
}

export interface SuspectSpanRequest {
  /** All facets that the task knows, in the order of its spec. */
  readonly facets: readonly string[];
  /** A record is suspect from this probability on that what is given is wrong; 0.5 by default. */
  readonly from?: number;
  readonly records: readonly SpanRecord[];
}

/** Fewer judgements than this, those of people apart, say too little of how often the judge errs. */
const enoughRecords = 50;
/** What a judge writes for what is a table of facets by facets; with more than this there is neither room nor data. */
const mostFacets = 1_000;
/** Higher than for labels: a record with one wrong place still teaches its right ones. */
const suspectFrom = 0.5;
/** So many records that follow each other are a stretch of time. */
const stretchRecords = 250;

/**
 * Finds records with a place that is probably wrong, invented or missing, by what two passes of models say out of fold
 * and what that tells of how the judge errs (see `wrongSpanPosterior`). What a person judged is never suspect, and tells
 * nothing of how a judge errs; nor is suspect what a person found of the very same text.
 */
export function findSuspectSpans({ facets, from = suspectFrom, records }: SuspectSpanRequest): Map<string, Suspect> {
  const known = new Set(facets);
  const contested = records
    .filter(({ judgeKind, given }) => judgeKind !== 'human' && given.every(({ facet }) => known.has(facet)))
    .sort((a, b) => Date.parse(a.timestamp) - Date.parse(b.timestamp) || compareText(a.traceId, b.traceId));
  if (contested.length < enoughRecords || facets.length === 0 || facets.length > mostFacets) return new Map();
  const stretches = Math.max(1, Math.floor(contested.length / stretchRecords));
  const sizes = new Map<string, number>();
  for (const { groupId } of contested) sizes.set(groupId, (sizes.get(groupId) ?? 0) + 1);
  const samples = contested.map(({ groupId, input, given, first, second }, at) => ({
    ...spanCase(given, new PlaceOdds(first, second, input)),
    words: Math.max(1, spokenWords(input).length),
    kind: 0,
    weight: 1 / (sizes.get(groupId) ?? 1),
    stretch: Math.min(stretches - 1, Math.floor(at / stretchRecords)),
  }));
  const { wrong, slips, errors } = wrongSpanPosterior(samples, facets);
  const habits = new JudgeHabits(errors);
  const ofPeople = Map.groupBy(
    records.filter(({ judgeKind }) => judgeKind === 'human'),
    ({ input }) => input,
  );
  return new Map(
    contested.flatMap(({ traceId, input, key }, at): [string, Suspect][] => {
      if (ofPeople.get(input)?.some((same) => same.key === key)) return [];
      const strength = wrong[at] ?? 0;
      const slip = slips[at] ?? null;
      if (strength < from || slip === null) return [];
      const [right, given] = cellOf(slip, facets);
      const { what, likely } = inWords(slip, input);
      const reason = `${what}; wrong with probability ${strength.toFixed(2)}${habitOf(slip, habits.timesOf(right, given))}`;
      const kind = habits.isRule(right, given) ? 'systematic-span' : 'wrong-span';
      return [[traceId, { kind, given: key, likely, strength, reason }]];
    }),
  );
}

/** Row and column of a slip in what the judge writes for what. */
function cellOf({ right, given }: SpanSlip, facets: readonly string[]): [number, number] {
  const row = right === null ? facets.length : facets.indexOf(right.facet);
  if (given === null) return [row, facets.length];
  return [row, right?.facet === given.facet ? facets.length + 1 : facets.indexOf(given.facet)];
}

/** What is wrong, and what is probably right, in plain words. */
function inWords({ right, given }: SpanSlip, input: string): { what: string; likely: string } {
  const named = ({ start, end, facet }: Mark) => `${facet} ${quote(input.slice(start, end))}`;
  if (right === null) {
    if (given === null) throw new Error('a slip is about something');
    return { what: `given ${named(given)}, where models expect nothing`, likely: `no ${named(given)}` };
  }
  if (given === null) return { what: `lacks ${named(right)}, which models expect`, likely: `also ${named(right)}` };
  return { what: `given ${named(given)}, where models expect ${named(right)}`, likely: named(right) };
}

/** How often the judge does that. */
function habitOf({ right, given }: SpanSlip, times: string): string {
  if (right === null) return '';
  const facet = quoted(right.facet);
  if (given === null) return `, and the judge misses ${facet} ${times}`;
  if (right.facet === given.facet) return `, and the judge moves a bound of ${facet} ${times}`;
  return `, and the judge writes that for ${facet} ${times}`;
}
