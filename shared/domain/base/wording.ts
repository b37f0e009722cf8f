const grouping = new Intl.NumberFormat('en-GB');

/** `1234` as `1,234`. */
export function formatCount(count: number): string {
  return grouping.format(count);
}

/** `plural(1, 'trace')` is `1 trace`, `plural(2, 'trace')` is `2 traces`. */
export function plural(count: number, singular: string, many = `${singular}s`): string {
  return `${formatCount(count)} ${count === 1 ? singular : many}`;
}

/** A fraction as a percentage, `0.914` as `91.4 %`. */
export function percent(fraction: number, digits = 1): string {
  return `${(100 * fraction).toFixed(digits)} %`;
}

/** US dollars that are enough for an amount, to the cent: `0.841` as `0.85`. */
export function enoughUsd(usd: number): string {
  // What binary fractions add to whole cents is no further cent.
  return (Math.ceil(usd * 100 - 1e-6) / 100).toFixed(2);
}

/** The word with its indefinite article, `an entity type`, by its first letter. */
export function withArticle(word: string): string {
  return `${/^[aeiou]/iu.test(word) ? 'an' : 'a'} ${word}`;
}
