import type { RE2JS } from 're2js';
import { RatchetError } from '../../../domain/base/errors.ts';
import type { Json } from '../../../domain/base/json.ts';
import { normalisedText } from '../../../domain/base/text.ts';
import { textOf } from '../generated.ts';
import { asWhole, type Checker } from './checker.ts';
import { exact } from './exact.ts';
import { linearPattern, mostSteps } from './linear-pattern.ts';

/** Longer patterns are refused. */
const longestPattern = 500;
/** In a longer answer nothing is found, characters. */
const longestAnswer = 20_000;

/**
 * Right where what a pattern finds first is the same in both: its groups, or all of it where it has none. RE2's syntax,
 * whose time grows with the answer's length alone, so that no answer holds a run up.
 * @throws RatchetError InvalidInput for what is no such pattern
 */
export function regexChecker(pattern: string): Checker {
  const compiled = compile(pattern);
  const longest = Math.min(longestAnswer, Math.floor(mostSteps / compiled.programSize()));
  const found = (answer: Json): readonly (string | null)[] | null => {
    const text = textOf(answer).toWellFormed();
    if (text.length > longest) return null;
    const matcher = compiled.matcher(text);
    if (!matcher.find()) return null;
    const groups = matcher.groupCount();
    return groups === 0 ? [matcher.group()] : Array.from({ length: groups }, (_, at) => matcher.group(at + 1));
  };
  const checker: Checker = {
    ...asWhole,
    key(answer) {
      const groups = found(answer);
      if (groups === null) return `text ${exact.key(answer)}`;
      return `found ${JSON.stringify(groups.map((group) => (group === null ? null : normalisedText(group))))}`;
    },
    same: (a, b) => checker.key(a) === checker.key(b),
    problem: (expected) =>
      found(expected) === null
        ? {
            reason: `the pattern finds nothing in the right output${textOf(expected).length > longest ? `, which is longer than ${longest} characters` : ''}`,
            mend: 'write it as the pattern wants it, or create the model with another --pattern',
          }
        : null,
    pattern: (_expected, answer) =>
      found(answer) === null
        ? { key: 'no-match', title: 'not as the pattern wants it', facets: [], cause: 'missing-constraint' }
        : { key: 'other-match', title: 'another match of the pattern', facets: [] },
  };
  return checker;
}

function compile(pattern: string): RE2JS {
  const problem = (why: string, error?: unknown) =>
    new RatchetError('InvalidInput', `--pattern ${JSON.stringify(pattern.slice(0, 80))} ${why}.`, {
      ...(error === undefined ? {} : { cause: error }),
      mend: 'Write it in the syntax of RE2 (https://github.com/google/re2/wiki/Syntax), for example "#### (-?[0-9]+)".',
    });
  if (pattern === '') throw problem('is empty');
  if (pattern.length > longestPattern) throw problem(`is longer than ${longestPattern} characters`);
  try {
    return linearPattern(pattern);
  } catch (error) {
    throw problem(`is no pattern: ${error instanceof Error ? error.message : String(error)}`, error);
  }
}
