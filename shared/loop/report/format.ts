import type { Interval } from '../../domain/base/wilson.ts';
import { formatCount, percent } from '../../domain/base/wording.ts';
import type { BeforeAfter, Rate } from './report-data.ts';

const nbsp = '\u00a0';
const minus = '\u2212';

/** A percentage that is not broken between its number and its sign; `unknown` where there is none. */
export function formatPercent(fraction: number, digits = 1): string {
  return Number.isFinite(fraction) ? percent(fraction, digits).replace(' ', nbsp) : 'unknown';
}

/** A difference of two fractions in percentage points with its sign, `+2.9`. */
export function formatPoints(difference: number, digits = 1): string {
  const points = (difference * 100).toFixed(digits);
  if (Number(points) === 0) return (0).toFixed(digits);
  return difference > 0 ? `+${points}` : points.replace('-', minus);
}

/** A score as a fraction with four decimals. */
export function formatScore(score: number): string {
  return score.toFixed(4);
}

/** The observed fraction of a rate; null when it was measured on nothing. */
export function fractionOf(rate: Pick<Rate, 'right' | 'of'>): number | null {
  return rate.of === 0 ? null : rate.right / rate.of;
}

/** `91.4 %`, or `none` for a rate measured on nothing. */
export function formatRate(rate: Rate): string {
  const fraction = fractionOf(rate);
  return fraction === null ? 'none' : formatPercent(fraction);
}

/** From how many on a share is told as a percentage, and a change in points; below they are counted. */
export const enoughForPoints = 20;

/** `91.4 %`, or of few `1 of 1`, or `none`. */
export function formatShare(rate: Rate): string {
  return rate.of > 0 && rate.of < enoughForPoints
    ? `${formatCount(rate.right)} of ${formatCount(rate.of)}`
    : formatRate(rate);
}

/**
 * The change from before to after in percentage points as the two are shown, `+2.9`; of few of the same size as a count, `+1`; empty where
 * there is none to tell.
 */
export function formatChange({ before, after }: Omit<BeforeAfter, 'name'>): string {
  const [from, to] = [fractionOf(before), fractionOf(after)];
  if (from === null || to === null) return '';
  if (Math.min(before.of, after.of) >= enoughForPoints) return formatPoints(asShown(to) - asShown(from));
  return before.of === after.of ? formatStepOf(after.right - before.right) : '';
}

/** A fraction as {@link formatPercent} rounds it, so that a change is the difference that a reader sees. */
function asShown(fraction: number): number {
  return Number((100 * fraction).toFixed(1)) / 100;
}

function formatStepOf(change: number): string {
  return change > 0 ? `+${formatCount(change)}` : `${change < 0 ? minus : ''}${formatCount(Math.abs(change))}`;
}

/** The interval of a rate, `88.9–93.4 %`. */
export function formatInterval(rate: Interval & { readonly of?: number }): string {
  return rate.of === 0 ? '' : `${(rate.lower * 100).toFixed(1)}–${formatPercent(rate.upper)}`;
}

/** A p-value: three significant digits, tiny ones as a bound. */
export function formatPValue(p: number): string {
  if (p < 0.0001) return '< 0.0001';
  return p >= 0.01 ? p.toFixed(3) : p.toFixed(4);
}

/** An ISO instant as `2026-03-04 09:12 UTC`; anything else as it is. */
export function formatInstant(iso: string): string {
  const date = new Date(iso);
  return Number.isNaN(date.getTime()) ? iso : `${date.toISOString().slice(0, 16).replace('T', ' ')} UTC`;
}

/** Time between two instants in words, `1 h 12 min`; empty when it cannot be told. */
export function formatDuration(from: string, to: string | null): string {
  const seconds = to === null ? Number.NaN : Math.round((Date.parse(to) - Date.parse(from)) / 1000);
  if (!Number.isFinite(seconds) || seconds < 0) return '';
  if (seconds < 60) return `${seconds}${nbsp}s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes}${nbsp}min` : `${Math.floor(minutes / 60)}${nbsp}h ${minutes % 60}${nbsp}min`;
}
