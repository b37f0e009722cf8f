import type { Mark } from '../base/task-kind.ts';
import { meet, type PlaceOdds, placeKey, type WeighedPlace } from './place-odds.ts';

/** A single mistake by which a judge may have made the given places of a text from the right ones. */
export interface SpanSlip {
  /** What is right where the judge is mistaken; null where it invented something. */
  readonly right: WeighedPlace | null;
  /** What is given there; null where it missed something. */
  readonly given: WeighedPlace | null;
  /** How many places the right output names. */
  readonly among: number;
}

/** A text's places as they were given, and all slips that may have led to them. */
export interface SpanCase {
  readonly given: readonly WeighedPlace[];
  /** What models find likely in the text, given or not. */
  readonly likely: readonly WeighedPlace[];
  readonly slips: readonly SpanSlip[];
}

/**
 * What a judge may have got wrong in one text: a given place may be invented, or stand for a likely one that it meets, of
 * another facet or at other bounds; a likely one that meets none may be missed. Of given places that meet, which models
 * do not tell apart, only the first and outermost is asked about.
 */
export function spanCase(marks: readonly Mark[], odds: PlaceOdds): SpanCase {
  const given = apart(marks).map(({ start, end, facet }) => ({
    start,
    end,
    facet,
    odds: odds.of({ start, end, facet }),
  }));
  const known = new Set(marks.map(placeKey));
  const likely = odds.all();
  const slips = given.map((place): SpanSlip => ({ right: null, given: place, among: given.length - 1 }));
  for (const right of likely) {
    if (known.has(placeKey(right))) continue;
    const [own, other] = given.filter((place) => meet(place, right));
    if (other !== undefined || (own === undefined && marks.some((mark) => meet(mark, right)))) continue;
    slips.push({ right, given: own ?? null, among: own === undefined ? given.length + 1 : given.length });
  }
  return { given, likely, slips };
}

function apart(marks: readonly Mark[]): Mark[] {
  const kept: Mark[] = [];
  for (const mark of [...marks].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || !meet(last, mark)) kept.push(mark);
  }
  return kept;
}
