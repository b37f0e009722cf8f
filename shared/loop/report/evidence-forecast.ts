import { isUsableRecord, type SplitRecord, trains } from '../../domain/traces/trace-record.ts';

/** How fast evidence comes, judged traces and failures a day; null where the log does not tell. */
export interface EvidenceRates {
  readonly failures: number;
  readonly records: number;
}

const day = 86_400_000;
/** What counts as the present, in days before the newest trace. */
const present = 28;

/**
 * How many usable judged traces, and failures among them, came a day over the last 28 days of the log. Null when they
 * span less than a day.
 * @param now milliseconds since the epoch; traces of a later time have no part in it
 */
export function evidenceRates(records: readonly SplitRecord[], now: number): EvidenceRates | null {
  const usable = records
    .filter(isUsableRecord)
    .filter(trains)
    .map(({ timestamp, verdict }) => ({ at: Date.parse(timestamp), failed: verdict === 'fail' }))
    .filter(({ at }) => at <= now);
  const newest = usable.reduce((latest, { at }) => Math.max(latest, at), Number.NEGATIVE_INFINITY);
  const recent = usable.filter(({ at }) => at > newest - present * day);
  const oldest = recent.reduce((first, { at }) => Math.min(first, at), newest);
  const days = (newest - oldest) / day;
  if (!(days >= 1)) return null;
  return { failures: recent.filter(({ failed }) => failed).length / days, records: recent.length / days };
}
