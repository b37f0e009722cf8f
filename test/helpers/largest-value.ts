import { z } from 'zod';

/** Longer than any text that a state may carry. */
const beyond = 65_536;

/**
 * The value with the longest JSON text that a schema takes.
 * @param entries how many fields an open record has at most
 * @throws Error naming the place of a text or a list without a bound
 */
export function largestValue(schema: z.core.$ZodType, entries: number, place = '$'): unknown {
  const { def } = schema._zod as { def: z.core.$ZodTypes['_zod']['def'] };
  const within = (inner: z.core.$ZodType, part: string) => largestValue(inner, entries, `${place}.${part}`);
  switch (def.type) {
    case 'object':
      return Object.fromEntries(Object.entries(def.shape).map(([field, inner]) => [field, within(inner, field)]));
    case 'array':
      return Array.from({ length: longestList(schema, place) }, () => within(def.element, '[]'));
    case 'record':
      return Object.fromEntries(
        Array.from({ length: entries }, (_, index) => {
          const name = String(within(def.keyType, 'key'));
          return [`${index}${name.slice(String(index).length)}`, within(def.valueType, 'value')];
        }),
      );
    case 'string':
      return longestText(schema, place);
    case 'number':
      return z.safeParse(schema, 0.5).success ? -Number.MAX_VALUE : Number.MAX_SAFE_INTEGER;
    case 'boolean':
      return false;
    case 'enum':
      return longest(Object.values(def.entries));
    case 'literal':
      return longest(def.values);
    case 'union':
      return longest(def.options.map((option) => largestValue(option, entries, place)));
    case 'optional':
    case 'nullable':
      return longest([null, largestValue(def.innerType, entries, place)]);
    case 'default':
      return largestValue(def.innerType, entries, place);
    default:
      throw new Error(`${place}: no largest value is known of a ${def.type}`);
  }
}

/** Bytes of a value in a state, in UTF-8. */
export function bytesOf(value: unknown): number {
  return Buffer.byteLength(JSON.stringify(value) ?? '');
}

function longest(values: readonly unknown[]): unknown {
  return [...values].sort((a, b) => bytesOf(b) - bytesOf(a))[0];
}

/** Of the characters that take most room in JSON, as far as they are taken, else of plain ones. */
function longestText(schema: z.core.$ZodType, place: string): string {
  const character = z.safeParse(schema, '\u0001').success ? '\u0001' : 'x';
  return character.repeat(most((length) => z.safeParse(schema, character.repeat(length)).success, place));
}

function longestList(schema: z.core.$ZodType, place: string): number {
  const tooLong = (length: number) =>
    z.safeParse(schema, Array(length).fill(null)).error?.issues.some(({ code }) => code === 'too_big') === true;
  return most((length) => !tooLong(length), place);
}

/** The largest number for which it holds. */
function most(holds: (length: number) => boolean, place: string): number {
  if (holds(beyond)) throw new Error(`${place} has no bound`);
  let lower = 0;
  for (let step = beyond / 2; step >= 1; step /= 2) if (holds(lower + step)) lower += step;
  return lower;
}
