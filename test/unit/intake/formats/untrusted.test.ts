import { describe, expect, test } from 'vitest';
import { flatten, numbered } from '../../../../shared/intake/formats/flatten.ts';
import { parsedOf } from '../../../../shared/intake/formats/untrusted.ts';

describe('JSON within a text', () => {
  test.each([
    ['{"a":[1]}', { a: [1] }],
    [' [{"role":"user"}]', [{ role: 'user' }]],
    ['{"a":"\\ud800"}', { a: '\uFFFD' }],
  ])('of %s is what it says', (text, value) => {
    expect(parsedOf(text)).toEqual(value);
  });

  test.each([
    ['[URGENT] where is it'],
    ['{"a":1},"b":{}'],
    ['{"a":1,"a":2}'],
    ['[1e999]'],
    ['7'],
    ['['.repeat(40) + ']'.repeat(40)],
    [`${'{"a":'.repeat(100_000)}1${'}'.repeat(100_000)}`],
  ])('that could not stand in a record stays a text', (text) => {
    expect(parsedOf(text)).toBe(text);
  });

  test('is looked for in texts alone', () => {
    expect([parsedOf(7), parsedOf(null), parsedOf({ a: 1 })]).toEqual([7, null, { a: 1 }]);
  });
});

describe('attributes', () => {
  test('nested or by dotted names are the same', () => {
    const nested = { llm: { messages: [{ role: 'user' }, { role: 'tool' }] } };
    const dotted = { 'llm.messages.0.role': 'user', 'llm.messages.1.role': 'tool' };
    expect([...flatten(Object.entries(nested))]).toEqual(Object.entries(dotted));
    expect([...flatten(Object.entries(dotted))]).toEqual(Object.entries(dotted));
  });

  test('by number come in the order of their numbers', () => {
    const flat = flatten([
      ['m', { 10: { a: 'ten' }, 9: { a: 'nine', 'b.c': 1 } }],
      ['mm.0.a', 'no'],
      ['m.x.a', 'no'],
    ]);
    expect(numbered(flat, 'm').map((entry) => Object.fromEntries(entry))).toEqual([
      { a: 'nine', 'b.c': 1 },
      { a: 'ten' },
    ]);
  });

  test('of names without end take no room', () => {
    const leaves = Object.fromEntries(Array.from({ length: 50_000 }, (_, at) => [`k${at}`, at]));
    expect(flatten([['k'.repeat(500_000), leaves]]).size).toBe(0);
  });
});
