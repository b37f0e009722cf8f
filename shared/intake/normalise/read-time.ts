import { timestampSchema } from '../../domain/traces/trace.ts';

/** A time as it was written. */
export interface ReadTime {
  /** ISO 8601 with a zone. */
  readonly iso: string;
  /** What was assumed to read it; null for nothing. */
  readonly assumed: 'no-zone' | 'no-time' | null;
}

const written =
  /^(\d{4})-(\d{2})-(\d{2})(?:(?:[Tt]|\s+)(\d{2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,12}))?)?)?\s*(Z|z|UTC|GMT|[+-]\d{2}(?::?\d{2})?)?$/;
/** As mail and HTTP write it (RFC 1123), always with its zone. */
const mailTime = /^(?:[A-Z][a-z]{2}, )?\d{1,2} [A-Z][a-z]{2} \d{4} \d{2}:\d{2}(?::\d{2})? (?:GMT|UTC|[+-]\d{4})$/;
/** Seconds to nanoseconds since the epoch; shorter ones could be dates. */
const digits = /^\d{9,19}(?:\.\d+)?$/;

/**
 * Reads a time in whatever form is unambiguous: RFC 3339 with the liberties that people take (a blank for T, lower case,
 * `+0530`, no seconds, no zone), RFC 1123, seconds to nanoseconds since the epoch by their magnitude, `{"$date": …}`.
 * Null for anything else, such as `11/01/2026`.
 */
export function readTime(value: unknown): ReadTime | null {
  if (typeof value === 'string') return fromText(value.trim());
  if (typeof value === 'number') return Number.isFinite(value) && value > 0 ? fromEpoch(value) : null;
  if (typeof value === 'bigint') return value > 0n ? fromEpoch(Number(value)) : null;
  if (value instanceof Date) return fromMilliseconds(value.getTime());
  if (value !== null && typeof value === 'object') {
    if ('$date' in value) return readTime(value.$date);
    if ('$numberLong' in value) return readTime(value.$numberLong);
  }
  return null;
}

function fromText(text: string): ReadTime | null {
  if (timestampSchema.safeParse(text).success) return { iso: text, assumed: null };
  if (digits.test(text)) return fromEpoch(Number(text));
  if (mailTime.test(text)) return fromMilliseconds(Date.parse(text));
  const match = written.exec(text);
  if (match === null) return null;
  const [, year = '', month = '', day = '', hour, minute = '00', second = '00', fraction = '', zone] = match;
  if (Number(month) < 1 || Number(month) > 12 || Number(hour ?? 0) > 23 || Number(minute) > 59 || Number(second) > 60)
    return null;
  // A leap second is the last one that a clock of 60 shows.
  const shown = second === '60' ? '59' : second;
  const milliseconds = fraction.slice(0, 3).padEnd(3, '0');
  const local = Date.parse(`${year}-${month}-${day}T${hour ?? '00'}:${minute}:${shown}.${milliseconds}Z`);
  if (Number.isNaN(local) || new Date(local).getUTCDate() !== Number(day)) return null;
  const offset = offsetOf(zone);
  if (offset === null) return null;
  const assumed = hour === undefined ? 'no-time' : zone === undefined ? 'no-zone' : null;
  return fromMilliseconds(local - offset, assumed);
}

/** Of a zone, in milliseconds; null for one that is nowhere. */
function offsetOf(zone: string | undefined): number | null {
  if (zone === undefined || /^[A-Za-z]/.test(zone)) return 0;
  const hours = Number(zone.slice(1, 3));
  const minutes = Number(zone.slice(3).replace(':', '') || '0');
  if (hours > 23 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * 60_000;
}

/** Magnitudes that no time between 1973 and 5138 shares. */
function fromEpoch(value: number): ReadTime | null {
  if (value < 1e11) return fromMilliseconds(value * 1_000);
  if (value < 1e14) return fromMilliseconds(value);
  if (value < 1e17) return fromMilliseconds(value / 1_000);
  return fromMilliseconds(value / 1_000_000);
}

function fromMilliseconds(milliseconds: number, assumed: ReadTime['assumed'] = null): ReadTime | null {
  const date = new Date(Math.round(milliseconds));
  return Number.isNaN(date.getTime()) || date.getUTCFullYear() > 9_999 ? null : { iso: date.toISOString(), assumed };
}

const earliest = Date.parse('2000-01-01T00:00:00Z');
const dayMs = 86_400_000;

/** Whether an inference can have been at that time: not before 2000, and at most a day ahead of the clock. */
export function isPlausibleTime(iso: string, now: number): boolean {
  const time = Date.parse(iso);
  return time >= earliest && time <= now + dayMs;
}
