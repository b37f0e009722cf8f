import {
  DuckDBArrayValue,
  DuckDBDecimalValue,
  DuckDBListValue,
  DuckDBMapValue,
  DuckDBStructValue,
  DuckDBTimestampMillisecondsValue,
  DuckDBTimestampNanosecondsValue,
  DuckDBTimestampSecondsValue,
  DuckDBTimestampTZValue,
  DuckDBTimestampValue,
  type DuckDBValue,
} from '@duckdb/node-api';

type Plain = string | number | boolean | null | readonly Plain[] | { readonly [key: string]: Plain };

/**
 * A value of a query's result: whole numbers and decimals as numbers (rounded beyond 2^53), numbers that are not finite
 * as null, instants as ISO 8601 in UTC (to the millisecond), dates as `YYYY-MM-DD`, lists, structs and maps as JSON,
 * and anything else in DuckDB's own text form.
 */
export function queryValue(value: DuckDBValue): string | number | boolean | null {
  const plain = plainValue(value);
  return plain !== null && typeof plain === 'object' ? JSON.stringify(plain) : plain;
}

function plainValue(value: DuckDBValue): Plain {
  if (value === null || typeof value === 'string' || typeof value === 'boolean') return value;
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (value instanceof DuckDBDecimalValue) return value.toDouble();
  if (value instanceof DuckDBListValue || value instanceof DuckDBArrayValue) return value.items.map(plainValue);
  if (value instanceof DuckDBStructValue) {
    return Object.fromEntries(Object.entries(value.entries).map(([key, inner]) => [key, plainValue(inner)]));
  }
  if (value instanceof DuckDBMapValue) {
    return value.entries.map((entry) => ({ key: plainValue(entry.key), value: plainValue(entry.value) }));
  }
  const time = new Date(millisecondsOf(value));
  return Number.isNaN(time.getTime()) ? String(value) : time.toISOString();
}

/** Milliseconds since the epoch of an instant; NaN for anything else, and for instants that are not finite. */
function millisecondsOf(value: DuckDBValue): number {
  if (value instanceof DuckDBTimestampValue || value instanceof DuckDBTimestampTZValue)
    return floorDivide(value.micros, 1_000n);
  if (value instanceof DuckDBTimestampNanosecondsValue) return floorDivide(value.nanos, 1_000_000n);
  if (value instanceof DuckDBTimestampMillisecondsValue) return Number(value.millis);
  if (value instanceof DuckDBTimestampSecondsValue) return Number(value.seconds) * 1_000;
  return Number.NaN;
}

function floorDivide(dividend: bigint, divisor: bigint): number {
  const quotient = dividend / divisor;
  return Number(dividend < 0n && quotient * divisor !== dividend ? quotient - 1n : quotient);
}
