import { isUnspaced } from '../../domain/base/unspaced.ts';
import type { LineResult } from '../parse-json-line.ts';
import { type GivenPlace, type OffsetUnit, type PlacedEntity, placedEntities } from './entity-places.ts';

/** What the places of one text say of the unit that their offsets count. */
export type OffsetEvidence =
  /** Both units name the same places, or neither names any. */
  | { readonly kind: 'none' }
  /** Places of the other unit leave the text or cut a character. */
  | { readonly kind: 'certain'; readonly unit: OffsetUnit }
  /** Both name places: how many of their bounds cut a word or stand at white space, by unit. */
  | { readonly kind: 'likely'; readonly odd: Readonly<Record<OffsetUnit, number>> };

/** Reads the places of a text by both units, and says which of them they count. */
export function offsetEvidence(input: string, places: readonly GivenPlace[]): OffsetEvidence {
  const points = placedEntities(input, places, 'code points');
  const units = placedEntities(input, places, 'UTF-16 units');
  if (!points.ok || !units.ok) {
    if (points.ok) return { kind: 'certain', unit: 'code points' };
    return units.ok ? { kind: 'certain', unit: 'UTF-16 units' } : { kind: 'none' };
  }
  if (JSON.stringify(points.value) === JSON.stringify(units.value)) return { kind: 'none' };
  return { kind: 'likely', odd: { 'code points': oddBounds(input, points), 'UTF-16 units': oddBounds(input, units) } };
}

function oddBounds(input: string, read: LineResult<readonly PlacedEntity[]>): number {
  const bounds = read.ok
    ? read.value.flatMap(({ start, end }) => [isOdd(input, start, start), isOdd(input, end, end - 1)])
    : [];
  return bounds.filter(Boolean).length;
}

/** @param inner the place of the entity's unit beside the bound */
function isOdd(input: string, bound: number, inner: number): boolean {
  if (/\s/u.test(input.charAt(inner))) return true;
  const before = characterBefore(input, bound);
  const after = String.fromCodePoint(input.codePointAt(bound) ?? 0x20);
  return isWord(before) && isWord(after) && !isUnspaced(before + after);
}

function characterBefore(input: string, at: number): string {
  return [...input.slice(Math.max(0, at - 2), at)].at(-1) ?? '';
}

function isWord(character: string): boolean {
  return /^[\p{L}\p{N}\p{M}]/u.test(character);
}
