import { words } from '../../shared/domain/base/text.ts';
import { denominator, numerator } from '../../shared/domain/similarity/near-duplicate-search/word-sets.ts';

/** The distinct words of a text. */
export function wordSet(text: string): ReadonlySet<string> {
  return new Set(words(text));
}

/** Jaccard similarity of two sets, 0 to 1. Two empty sets have nothing in common: 0. */
export function jaccard(a: ReadonlySet<string>, b: ReadonlySet<string>): number {
  const [smaller, larger] = a.size <= b.size ? [a, b] : [b, a];
  let common = 0;
  for (const word of smaller) if (larger.has(word)) common += 1;
  return common === 0 ? 0 : common / (a.size + b.size - common);
}
/** Word-set Jaccard similarity from which two inputs are near-duplicates. */
export const nearDuplicateThreshold = numerator / denominator;
