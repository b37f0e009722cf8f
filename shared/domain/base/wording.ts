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

/** The word with its indefinite article, `an entity type`, by its first letter. */
export function withArticle(word: string): string {
  return `${/^[aeiou]/iu.test(word) ? 'an' : 'a'} ${word}`;
}
