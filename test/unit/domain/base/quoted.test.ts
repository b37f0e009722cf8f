import { execFileSync } from 'node:child_process';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { inList, shellArgument } from '../../../../shared/domain/base/quoted.ts';

test.each([
  ['spam', 'spam'],
  ['two words', 'two words'],
  ['CU-\\d{6}', 'CU-\\d{6}'],
  ['a, b', '"a, b"'],
  ['a "b"', '"a ""b"""'],
  ['a\nb', '"a\\nb"'],
  [' a', '" a"'],
])(
  'a name in a list is quoted where a comma, a quote, a line break or a blank would hide its ends: %j',
  (name, shown) => {
    expect(inList(name)).toBe(shown);
  },
);

test('an argument stands in one line that hides nothing, and is read by a shell as the text that it was', () => {
  expect([shellArgument('spam'), shellArgument("it's late"), shellArgument('a\u0007b\n')]).toEqual([
    'spam',
    "'it'\\''s late'",
    "$'a\\x07b\\x0a'",
  ]);
  const odd = fc.constantFrom("'", '\\', '$', '\u001b', '\n', '\u202e', '\u2028', '\u{e0041}', 'é', 'x', '1', ' ');
  const texts = fc.sample(fc.string({ unit: odd, minLength: 1, maxLength: 12 }), { numRuns: 200, seed: 7 });
  const written = texts.map(shellArgument);
  expect(written.join('')).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  const env = { ...process.env, LC_ALL: 'C.UTF-8' };
  const read = execFileSync('bash', ['-c', `printf '%s\\0' ${written.join(' ')}`], { env, encoding: 'utf8' });
  expect(read.split('\0').slice(0, -1)).toEqual(texts);
});
