import type { Json } from '../../../domain/base/json.ts';
import { spokenWords } from '../../../domain/base/text.ts';
import { textOf } from '../generated.ts';
import { asWhole, type Checker } from './checker.ts';
import { exact } from './exact.ts';

/** An answer is right from this share on. */
const enough = 0.7;
/** More words of an answer are not read. */
const mostWords = 1_000;

/** Right where so many words stand in both in the same order: ROUGE-L F1 (Lin 2004) of 0.7 or more. */
export const rougeL: Checker = {
  ...asWhole,
  key: exact.key,
  same: (a, b) => exact.same(a, b) || rougeLOf(textOf(a), textOf(b)) >= enough,
  credit: (expected, answer) => ({ credit: rougeLOf(textOf(expected), textOf(answer)), parts: [] }),
  pattern: patternOf,
};

function patternOf(expected: Json, answer: Json) {
  const [wanted, given] = [wordsOf(textOf(expected)).length, wordsOf(textOf(answer)).length];
  if (given * 2 < wanted)
    return { key: 'too-short', title: 'less than half as long', facets: [], cause: 'missing-constraint' } as const;
  if (given > wanted * 2)
    return { key: 'too-long', title: 'more than twice as long', facets: [], cause: 'hallucinated-reasoning' } as const;
  return { key: 'other-words', title: 'other words', facets: [] };
}

/** F1 of the longest common subsequence of words, a fraction. */
export function rougeLOf(a: string, b: string): number {
  const [left, right] = [wordsOf(a), wordsOf(b)];
  if (left.length === 0 || right.length === 0) return left.length === right.length ? 1 : 0;
  let row = new Uint16Array(right.length + 1);
  for (const word of left) {
    const next = new Uint16Array(right.length + 1);
    for (let at = 1; at <= right.length; at += 1) {
      next[at] = word === right[at - 1] ? (row[at - 1] ?? 0) + 1 : Math.max(row[at] ?? 0, next[at - 1] ?? 0);
    }
    row = next;
  }
  return (2 * (row[right.length] ?? 0)) / (left.length + right.length);
}

function wordsOf(text: string): readonly string[] {
  return spokenWords(text).slice(0, mostWords);
}
