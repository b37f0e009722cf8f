import {
  DuckDBArrayValue,
  DuckDBDateValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBType,
  DuckDBTypeId,
  DuckDBUnionValue,
  type DuckDBValue,
} from '@duckdb/node-api';

/** Whether a type is, or holds, bytes that are no text. */
export function holdsBytes(type: DuckDBType): boolean {
  if (type.typeId === DuckDBTypeId.BLOB) return true;
  if ('valueType' in type && holdsBytes(type.valueType)) return true;
  if ('keyType' in type && holdsBytes(type.keyType)) return true;
  return 'entryTypes' in type && type.entryTypes.some(holdsBytes);
}

/**
 * A value of a file as JSON would have it: whole numbers beyond 2^53 and decimals that a number cannot hold as texts of
 * their digits, numbers that are not finite as null, times as ISO 8601 in UTC to the microsecond, lists, structs and maps
 * of texts as lists and objects, and anything else in DuckDB's own text form.
 */
export function sourceValue(value: DuckDBValue): unknown {
  if (value === null || typeof value === 'boolean') return value;
  if (typeof value === 'string') return value.toWellFormed();
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return wholeNumber(value);
  if (value instanceof DuckDBDecimalValue) return decimal(value);
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(sourceValue);
  if (value instanceof DuckDBUnionValue) return sourceValue(value.value);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, inner]) => [key, sourceValue(inner)]));
  }
  if (value instanceof DuckDBMapValue) return mapOf(value);
  if (value instanceof DuckDBDateValue) return String(value);
  const micros = microsOf(value);
  return micros === null ? String(value) : timeOf(micros);
}

function wholeNumber(value: bigint): number | string {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : String(value);
}

function decimal(value: DuckDBDecimalValue): number | string {
  const text = String(value);
  const number = Number(text);
  return Number.isSafeInteger(Math.trunc(number)) && text.replace(/^-|\./g, '').length <= 15 ? number : text;
}

function mapOf({ entries }: DuckDBMapValue): unknown {
  if (entries.every(({ key }) => typeof key === 'string')) {
    return Object.fromEntries(entries.map(({ key, value }) => [String(key), sourceValue(value)]));
  }
  return entries.map(({ key, value }) => ({ key: sourceValue(key), value: sourceValue(value) }));
}

/** Microseconds since the epoch; null for what is no time. */
function microsOf(value: DuckDBValue): bigint | null {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue) return value.micros;
  if (value instanceof DuckDBTimestampNanosecondsValue) return value.nanos / 1_000n;
  if (value instanceof DuckDBTimestampMillisecondsValue) return value.millis * 1_000n;
  if (value instanceof DuckDBTimestampSecondsValue) return value.seconds * 1_000_000n;
  return null;
}

function timeOf(micros: bigint): string | null {
  const rest = ((micros % 1_000n) + 1_000n) % 1_000n;
  const time = new Date(Number((micros - rest) / 1_000n));
  if (Number.isNaN(time.getTime())) return null;
  const text = time.toISOString();
  return rest === 0n ? text : text.replace('Z', `${String(rest).padStart(3, '0')}Z`);
}
