import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { csvFormat, tsvFormat } from '../../../../shared/intake/formats/csv.ts';
import { headOf } from '../../../../shared/intake/formats/peek.ts';
import type { FormatItem } from '../../../../shared/ports/trace-format.ts';
import { bytesOf } from '../bytes.ts';
import { headOfText, itemsOf } from './read-items.ts';

const fieldsOf = (items: readonly FormatItem[]) =>
  items.map((item) => (item.kind === 'trace' ? item.fields : item.kind === 'unreadable' ? item.reason : item.what));
const read = async (content: string) => fieldsOf(await itemsOf(csvFormat, content));

describe('a table of text', () => {
  test('gives its rows by the names of its columns, with line and text', async () => {
    expect(await itemsOf(csvFormat, 'text,label\r\n"hello, ""you""",billing\r\nbye,refund')).toEqual([
      {
        kind: 'trace',
        line: 2,
        text: '"hello, ""you""",billing',
        fields: { text: 'hello, "you"', label: 'billing' },
        annotations: [],
        source: { text: 'hello, "you"', label: 'billing' },
      },
      {
        kind: 'trace',
        line: 3,
        text: 'bye,refund',
        fields: { text: 'bye', label: 'refund' },
        annotations: [],
        source: { text: 'bye', label: 'refund' },
      },
    ]);
  });

  test('may have line breaks in its cells; lines are counted with them', async () => {
    const items = await itemsOf(csvFormat, 'text,label\n"two\nlines\u2028x",a\n\nb,c\n');
    expect(items).toMatchObject([
      { line: 2, fields: { text: 'two\nlines\u2028x', label: 'a' } },
      { line: 4, fields: { text: 'b', label: 'c' } },
    ]);
  });

  test('is parted by commas, semicolons, bars or tabs', async () => {
    const rows = [{ text: 'a, b', label: 'c' }];
    expect(await read('text;label\na, b;c')).toEqual(rows);
    expect(await read('text|label\na, b|c')).toEqual(rows);
    expect(await read('text\tlabel\na, b\tc')).toEqual(rows);
    expect(csvFormat.detects(headOfText('text;label\na, b;c'))).toBe(true);
    expect(tsvFormat.detects(headOfText('text;label\na, b;c'))).toBe(false);
    expect(tsvFormat.detects(headOfText('text\tlabel\na, b\tc'))).toBe(true);
    expect(csvFormat.detects(headOfText('text\tlabel\na, b\tc'))).toBe(false);
  });

  test('leaves out empty cells, and keeps the texts of the others', async () => {
    expect(await read('text,label,score\na,,\n"",{"x":1},0.50')).toEqual([
      { text: 'a' },
      { label: '{"x":1}', score: '0.50' },
    ]);
  });

  test('has objects and lists in the columns that are known for them', async () => {
    expect(await read('text,metadata,steps\na,"{""lang"":""de"",""id"":12345678901234567890}",[]\nb,{x,[1')).toEqual([
      { text: 'a', metadata: { lang: 'de', id: '12345678901234567890' }, steps: [] },
      { text: 'b', metadata: '{x', steps: '[1' },
    ]);
  });

  test('names a row that is ragged, with its line, and reads the others', async () => {
    const items = await itemsOf(csvFormat, 'a,b\n1,2\n1\n1,2,3\n4,5\n');
    expect(items.map(({ line }) => line)).toEqual([2, 3, 4, 5]);
    expect(fieldsOf(items)).toEqual([
      { a: '1', b: '2' },
      'the row has 1 cell, not 2',
      'the row has 3 cells, not 2',
      { a: '4', b: '5' },
    ]);
  });

  test('may begin with a byte order mark, and again where files were joined', async () => {
    expect(await read('\uFEFFtext,label\na,b\n\uFEFF"text",label\n"c, d",e\n')).toEqual([
      { text: 'a', label: 'b' },
      { text: 'c, d', label: 'e' },
    ]);
  });

  test('may have a column without a name', async () => {
    expect(await read(',text,label\n0,a,b')).toEqual([{ 'column 1': '0', text: 'a', label: 'b' }]);
  });

  test('may have quotation marks within its cells', async () => {
    expect(await read('text,label\na 5" screen,b\n')).toEqual([{ text: 'a 5" screen', label: 'b' }]);
  });

  test('with a name twice, without names, or not in UTF-8 is one fault', async () => {
    const latin = Buffer.concat([Buffer.from('text,label\ngr'), Buffer.of(0xfc), Buffer.from('n,a\n')]);
    for (const [content, message] of [
      ['text,text\na,b', 'file has two columns named "text".'],
      ['hello', 'file has no row of column names, parted by commas, semicolons or tabs.'],
      [latin, 'file is not valid UTF-8.'],
    ] as const) {
      await expect(itemsOf(csvFormat, content)).rejects.toMatchObject({ name: 'InvalidInput', message });
    }
  });

  test('with a quotation mark that has no end is read as far as it goes', async () => {
    const items: FormatItem[] = [];
    const reading = (async () => {
      const content = `text,label\na,b\n"no end,c\n${'d,e\n'.repeat(5)}`;
      for await (const item of csvFormat.read(bytesOf(content), 'file')) items.push(item);
    })();
    await expect(reading).rejects.toMatchObject({ name: 'InvalidInput', message: expect.stringMatching(/has no end/) });
    expect(fieldsOf(items)).toEqual([{ text: 'a', label: 'b' }]);
  });

  test('is told by its beginning where that ends within a cell', () => {
    const beginning = headOf(new TextEncoder().encode('text,label\na,b\n"half a'), false);
    expect(csvFormat.detects(beginning)).toBe(true);
  });

  test('is told from other text', () => {
    for (const content of ['', '{"a":1,"b":2}', '[1,2]', 'Hello, world.\nHow are you?\nFine.', 'a,b\0,c', 'one\ntwo'])
      expect(csvFormat.detects(headOfText(content))).toBe(false);
  });

  test('gives back what was written, for any cells and separator, wherever the bytes are cut', async () => {
    const cell = fc.string({
      unit: fc.constantFrom('a', '"', ',', ';', '\t', '|', '\n', '\r\n', ' ', 'ä', '{', '\u2028'),
    });
    const rows = fc.array(fc.tuple(cell, cell, cell), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(
        rows,
        fc.constantFrom(',', ';', '\t'),
        fc.integer({ min: 1, max: 9 }),
        async (cells, by, size) => {
          const table = [['x', 'y', 'z'], ['1', '2', '3'], ...cells]
            .map((row) => row.map((value) => `"${value.replaceAll('"', '""')}"`).join(by))
            .join('\n');
          const expected = [['1', '2', '3'], ...cells].map((row) =>
            Object.fromEntries(row.flatMap((value, at) => (value === '' ? [] : [['xyz'[at], value]]))),
          );
          expect(fieldsOf(await itemsOf(csvFormat, table, size))).toEqual(expected);
        },
      ),
      { numRuns: 200 },
    );
  });

  test('ends or is refused as invalid input, for any bytes', async () => {
    const unit = fc.oneof(
      fc.constantFrom(...'",;\n\ta').map((c) => c.charCodeAt(0)),
      fc.nat(255),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(unit, { maxLength: 120 }), async (units) => {
        for (const prefix of ['', 'a,b\n']) {
          try {
            await itemsOf(csvFormat, Buffer.concat([Buffer.from(prefix), Uint8Array.from(units)]), 5);
          } catch (error) {
            expect(error).toBeInstanceOf(RatchetError);
            expect(error).toMatchObject({ name: 'InvalidInput' });
          }
        }
      }),
      { numRuns: 300 },
    );
  });
});
