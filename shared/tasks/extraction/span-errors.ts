import { type Entity, entityKey } from './entity.ts';

/** What can be wrong with one entity of an answer. */
export type SpanErrorKind =
  | 'missed'
  | 'spurious'
  | 'wrong type'
  | 'too long'
  | 'too short'
  | 'shifted'
  | 'split'
  | 'merged';

export interface SpanError {
  readonly kind: SpanErrorKind;
  /** Null of what is spurious. */
  readonly expected: Entity | null;
  /** Null of what is missed. */
  readonly answered: Entity | null;
}

/**
 * How two sets of entities of one text differ, in order of place: what stands where something else should, with the
 * wrong type or the wrong boundary, is one error, not two. Of a split entity its first part is named, of merged ones the
 * first.
 */
export function spanErrors(expected: readonly Entity[], answered: readonly Entity[]): SpanError[] {
  const given = new Set(answered.map(entityKey));
  const wanted = new Set(expected.map(entityKey));
  const open = expected.filter((entity) => !given.has(entityKey(entity)));
  const extra = answered.filter((entity) => !wanted.has(entityKey(entity)));
  const used = new Set<Entity>();
  const errors: SpanError[] = [];
  for (const entity of open) {
    if (used.has(entity)) continue;
    const near = extra.filter((other) => !used.has(other) && overlaps(entity, other));
    const match = near.find((other) => other.label === entity.label) ?? near[0];
    if (match === undefined) {
      errors.push({ kind: 'missed', expected: entity, answered: null });
      continue;
    }
    used.add(match);
    const covered = open.filter((other) => other !== entity && !used.has(other) && overlaps(other, match));
    const parts = near.filter((other) => other !== match);
    if (match.label !== entity.label) {
      errors.push({ kind: 'wrong type', expected: entity, answered: match });
    } else if (covered.length > 0) {
      for (const other of covered) used.add(other);
      errors.push({ kind: 'merged', expected: entity, answered: match });
    } else if (parts.length > 0) {
      for (const other of parts) used.add(other);
      errors.push({ kind: 'split', expected: entity, answered: match });
    } else errors.push({ kind: boundaryError(entity, match), expected: entity, answered: match });
  }
  for (const entity of extra) {
    if (!used.has(entity)) errors.push({ kind: 'spurious', expected: null, answered: entity });
  }
  return errors.sort((a, b) => placeOf(a) - placeOf(b));
}

/** Whether two entities share a character. */
export function overlaps(a: Pick<Entity, 'start' | 'end'>, b: Pick<Entity, 'start' | 'end'>): boolean {
  return a.start < b.end && b.start < a.end;
}

function boundaryError(expected: Entity, answered: Entity): SpanErrorKind {
  if (answered.start <= expected.start && answered.end >= expected.end) return 'too long';
  if (answered.start >= expected.start && answered.end <= expected.end) return 'too short';
  return 'shifted';
}

function placeOf({ expected, answered }: SpanError): number {
  return (expected ?? answered)?.start ?? 0;
}
