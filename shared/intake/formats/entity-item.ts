import type { FormatItem } from '../../ports/trace-format.ts';
import { type GivenPlace, type OffsetUnit, placedEntities } from './entity-places.ts';
import { type JsonObject, unreadable } from './records.ts';

/** A text with named places, and what else a record says of it. */
export interface PlacedText {
  readonly line: number;
  /** The record as it stands in the file. */
  readonly text: string;
  readonly input: unknown;
  readonly places: readonly GivenPlace[];
  readonly unit: OffsetUnit | 'either';
  readonly rest?: JsonObject;
}

/** A text with named places as an item: the text is the input, its entities are the output. */
export function entityItem({ line, text, input, places, unit, rest = {} }: PlacedText): FormatItem {
  if (typeof input !== 'string') {
    return unreadable(line, text, { reason: 'the text is missing', mend: 'write the text beside its entities' });
  }
  const entities = placedEntities(input, places, unit);
  if (!entities.ok) return unreadable(line, text, entities.problem);
  return {
    kind: 'trace',
    line,
    text,
    fields: { ...rest, input, output: entities.value },
    annotations: [],
    isGold: true,
  };
}

/** A record without some of its fields. */
export function without(record: JsonObject, names: readonly string[]): JsonObject {
  return Object.fromEntries(Object.entries(record).filter(([name]) => !names.includes(name)));
}

/** Whether a value is a list of lists such as [0, 5, "city"]. */
export function isTriples(value: unknown): value is readonly (readonly unknown[])[] {
  return (
    Array.isArray(value) &&
    value.every(
      (entry) =>
        Array.isArray(entry) && entry.length >= 3 && typeof entry[0] === 'number' && typeof entry[2] === 'string',
    )
  );
}

/** Places written as [start, end, type]. */
export function placesOfTriples(triples: readonly (readonly unknown[])[]): readonly GivenPlace[] {
  return triples.map(([start, end, label]) => ({ start, end, label }));
}
