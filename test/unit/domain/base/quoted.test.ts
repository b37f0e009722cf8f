import { expect, test } from 'vitest';
import { inList } from '../../../../shared/domain/base/quoted.ts';

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
