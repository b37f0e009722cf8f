import type { BatchSummary } from '../ports/trace-log.ts';

/** Traces and what was judged of them, counted by batches: a trace judged in two batches counts in both. */
export interface Traffic {
  readonly traces: number;
  readonly judged: number;
  readonly failed: number;
  /** When the newest batch came, ISO 8601; null for none. */
  readonly lastAt: string | null;
}

/** Adds batches up. */
export function trafficOf(batches: readonly BatchSummary[]): Traffic {
  const total = (count: (batch: BatchSummary) => number | null): number =>
    batches.reduce((sum, batch) => sum + (count(batch) ?? 0), 0);
  return {
    traces: total((batch) => batch.traces),
    judged: total((batch) => batch.judged),
    failed: total((batch) => batch.failed),
    lastAt: batches.at(-1)?.appendedAt ?? null,
  };
}

/** Traffic of one stretch of time. */
export interface TrafficOf extends Omit<Traffic, 'lastAt'> {
  /** Its first day, in UTC: `2026-03-02`. */
  readonly from: string;
}

const dayMs = 86_400_000;
/** So many days are told one by one; more go by weeks, then by longer stretches. */
const mostStretches = 14;

/**
 * Traffic by time of arrival, in stretches of equal length, oldest first: days, or as many days as make at most
 * 14 stretches. Stretches in which nothing came are there with zeros; none for no batches.
 */
export function trafficOverTime(batches: readonly BatchSummary[]): {
  readonly days: number;
  readonly stretches: readonly TrafficOf[];
} {
  const dayOf = (batch: BatchSummary): number => Math.floor(Date.parse(batch.appendedAt) / dayMs);
  const arrived = batches.map((batch) => ({ batch, day: dayOf(batch) }));
  const days = arrived.map(({ day }) => day);
  const first = days.reduce((least, day) => Math.min(least, day), Number.POSITIVE_INFINITY);
  const last = days.reduce((most, day) => Math.max(most, day), Number.NEGATIVE_INFINITY);
  if (first > last) return { days: 1, stretches: [] };
  const span = last - first + 1;
  const length = span <= mostStretches ? 1 : Math.max(7, Math.ceil(span / mostStretches));
  const count = Math.ceil(span / length);
  // The newest stretch ends with the newest batch, so that the oldest one may be the short one.
  const begin = last + 1 - count * length;
  const stretches = Array.from({ length: count }, (_, at) => {
    const from = begin + at * length;
    const { traces, judged, failed } = trafficOf(
      arrived.filter(({ day }) => day >= from && day < from + length).map(({ batch }) => batch),
    );
    return { from: new Date(from * dayMs).toISOString().slice(0, 10), traces, judged, failed };
  });
  return { days: length, stretches };
}
