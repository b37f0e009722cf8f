import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

const load = createRequire(import.meta.url);

/**
 * What matching one answer may take, in characters times the instructions of a pattern, counted repeats each for itself:
 * RE2's time grows with both. Some tenth of a second.
 */
export const mostSteps = 4_000_000;

/**
 * A regular expression that is matched in a time that grows with the text's length and its own size alone, by RE2; it is
 * loaded when a model first needs it, since few do and every command knows all tasks.
 * @param syntax RE2's, or JavaScript's, of which what RE2 has under another name (such as `\u0041`) is translated
 * @throws Error for what is no pattern of RE2
 */
export function linearPattern(pattern: string, syntax: 're2' | 'javascript' = 're2'): RE2JS {
  // A bundle has a `require` of its own, and takes in what it names.
  const module: typeof import('re2js') = typeof require === 'undefined' ? load('re2js') : require('re2js');
  return module.RE2JS.compile(syntax === 're2' ? pattern : module.RE2JS.translateRegExp(pattern));
}
