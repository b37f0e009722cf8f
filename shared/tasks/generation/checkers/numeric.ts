import type { Json } from '../../../domain/base/json.ts';
import { textOf } from '../generated.ts';
import { asWhole, type Checker } from './checker.ts';
import { exact } from './exact.ts';

/** A number as people and models write it; `1,000.5`, `-3`, `.5`. */
const written = /[-−]?(?:\d{1,3}(?:,\d{3})+(?!\d)|\d+)(?:\.\d+)?|[-−]?\.\d+/gu;
/** More of an answer's end is not read. */
const longestTail = 4_000;

/** Right where the last number is the right one's last number, as GSM8K is checked (Cobbe et al. 2021). */
export const numeric: Checker = {
  ...asWhole,
  key: (answer) => {
    const number = lastNumber(answer);
    return number === null ? `text ${exact.key(answer)}` : String(number);
  },
  same: (a, b) => numeric.key(a) === numeric.key(b),
  problem: (expected) =>
    lastNumber(expected) === null
      ? { reason: 'the right output holds no number', mend: 'write one, or create the model with another --checker' }
      : null,
  pattern: (_expected, answer) =>
    lastNumber(answer) === null
      ? { key: 'no-number', title: 'no number in the answer', facets: [], cause: 'missing-constraint' }
      : { key: 'other-number', title: 'another number', facets: [] },
};

/** The last number of an answer; null where it holds none. */
export function lastNumber(answer: Json): number | null {
  const text = textOf(answer).slice(-longestTail);
  const last = [...text.matchAll(written)].at(-1);
  if (last === undefined) return null;
  const [number] = last;
  // A hyphen between words and figures (`3-4`) is no minus.
  const isJoined = /^[-−]/u.test(number) && /[\p{L}\p{N}]$/u.test(text.slice(0, last.index));
  const value = Number(
    number
      .replaceAll(',', '')
      .replace('−', '-')
      .slice(isJoined ? 1 : 0),
  );
  return Object.is(value, -0) ? 0 : value;
}
