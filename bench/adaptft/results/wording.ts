import type { Difference } from './bootstrap.ts';

/** A fraction as points with its sign: +0.5. */
export function signed(fraction: number, digits = 1): string {
  const points = (100 * Math.abs(fraction)).toFixed(digits);
  return `${fraction < 0 && Number(points) !== 0 ? '−' : '+'}${points}`;
}

/** A difference in points with its interval: +0.5 [+0.2, +0.8]. */
export function interval({ mean, lower, upper }: Difference, digits = 1): string {
  return `${signed(mean, digits)} [${signed(lower, digits)}, ${signed(upper, digits)}]`;
}

/** A fraction in per cent, without the sign of it: 12.3. */
export function percent(fraction: number, digits = 1): string {
  return (100 * fraction).toFixed(digits);
}

/** How many of them, in per cent: 2 (1.4 %). */
export function share(count: number, of: number): string {
  return `${count} (${percent(count / Math.max(1, of))} %)`;
}
