import { createRequire } from 'node:module';
import type { RE2JS } from 're2js';

const load = createRequire(import.meta.url);

/**
 * A regular expression that is matched in a time that grows with the text's length alone, by RE2; it is loaded when a
 * model first needs it, since few do and every command knows all tasks.
 * @throws Error for what is no pattern of RE2
 */
export function linearPattern(pattern: string): RE2JS {
  // A bundle has a `require` of its own, and takes in what it names.
  const module: typeof import('re2js') = typeof require === 'undefined' ? load('re2js') : require('re2js');
  return module.RE2JS.compile(pattern);
}
