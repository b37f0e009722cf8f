import { InvalidArgumentError } from 'commander';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  collected,
  commaSeparated,
  countingNumber,
  dollars,
  fraction,
  path,
  portNumber,
  wholeNumber,
} from '../../../cli/arguments.ts';
import { idProblem, idSchema } from '../../../shared/domain/base/ids.ts';
import { anyText } from '../intake/any-text.ts';

/** What a parser makes of a text; undefined when it refuses it with a word of explanation. */
function parsed<T>(parse: (text: string) => T, text: string): T | undefined {
  try {
    return parse(text);
  } catch (error) {
    if (error instanceof InvalidArgumentError && error.message !== '') return undefined;
    throw error;
  }
}

const numberish = fc.oneof(
  anyText,
  fc.double().map(String),
  fc.constantFrom('1e999', '-1e999', '0x10', ' 1 ', '', '1_000', '١', 'Infinity', 'NaN', '9007199254740993', '-0'),
);

describe('arguments of the command line', () => {
  test('that are whole numbers are safe ones, or refused', () => {
    fc.assert(
      fc.property(numberish, (text) => {
        const value = parsed(wholeNumber, text);
        if (value !== undefined) expect(Number.isSafeInteger(value)).toBe(true);
      }),
    );
  });

  test.each([
    ['0', undefined],
    ['-1', undefined],
    ['1.5', undefined],
    ['', undefined],
    ['1', 1],
    ['20', 20],
  ])('that count something are 1 or more: %j', (text, value) => {
    expect(parsed(countingNumber, text)).toBe(value);
  });

  test.each([
    ['-1', undefined],
    ['65536', undefined],
    ['80.5', undefined],
    ['', undefined],
    ['0', 0],
    ['65535', 65_535],
  ])('that are ports lie from 0 to 65535: %j', (text, value) => {
    expect(parsed(portNumber, text)).toBe(value);
  });

  test('that are amounts of dollars are above nothing, or are refused', () => {
    expect(parsed(dollars, '2.50')).toBe(2.5);
    for (const text of ['0', '-1', '', 'much', 'Infinity', 'NaN']) expect(parsed(dollars, text), text).toBeUndefined();
  });

  test('that are fractions lie from 0 to 1, or are refused', () => {
    fc.assert(
      fc.property(numberish, (text) => {
        const value = parsed(fraction, text);
        if (value !== undefined) expect(value >= 0 && value <= 1).toBe(true);
      }),
    );
  });

  test('that are lists of labels have no empty one, or are refused', () => {
    expect(commaSeparated('a, b,c')).toEqual(['a', 'b', 'c']);
    expect(commaSeparated('"a, b",c')).toEqual(['a, b', 'c']);
    expect(commaSeparated(' "say ""hi""" , "x"')).toEqual(['say "hi"', 'x']);
    for (const text of ['', ',', 'a,', ',a', 'a,,b', ' ', '""', '"a', '"a"b', '"a"\n"b"', 'a,""'])
      expect(parsed(commaSeparated, text)).toBeUndefined();
    const names = fc.array(
      anyText.filter((text) => text.isWellFormed() && /\S/.test(text) && !/[\r\n]/.test(text)),
      { minLength: 1 },
    );
    fc.assert(
      fc.property(names, (given) => {
        const row = given.map((name) => `"${name.replaceAll('"', '""')}"`).join(',');
        expect(commaSeparated(row)).toEqual(given.map((name) => name.trim()));
      }),
    );
    expect(collected('b, c', collected('a'))).toEqual(['a', 'b, c']);
    expect(parsed(collected, ' ')).toBeUndefined();
    fc.assert(
      fc.property(anyText, (text) => {
        for (const label of parsed(commaSeparated, text) ?? []) expect(label).toMatch(/\S/);
      }),
    );
  });

  test('that are paths name something', () => {
    for (const text of ['', 'a\0b']) expect(parsed(path, text)).toBeUndefined();
    expect(path('../x y')).toBe('../x y');
  });
});

describe('ids', () => {
  test('hold nothing that a key, a path or a terminal could take for more, whatever was tried', () => {
    const nearly = fc
      .tuple(fc.constantFrom('a', '..', '', '-', 'a/', 'a.'), anyText)
      .map(([start, rest]) => start + rest);
    fc.assert(
      fc.property(fc.oneof(anyText, nearly), (text) => {
        expect(idProblem(text) === null).toBe(idSchema.safeParse(text).success);
        if (idProblem(text) === null) expect(text).toMatch(/^[A-Za-z0-9][A-Za-z0-9_-]*$/);
      }),
      { numRuns: 500 },
    );
    for (const text of ['', '.', '..', 'a/b', 'a\n', '-a', 'x'.repeat(101), 'é'])
      expect(idProblem(text)).not.toBeNull();
  });
});
