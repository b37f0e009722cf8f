import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { RatchetError } from '../../../../shared/domain/base/errors.ts';
import { headOf } from '../../../../shared/intake/formats/peek.ts';
import {
  firstRecords,
  type JsonRecord,
  jsonContainerOf,
  type RecordOptions,
  readRecords,
} from '../../../../shared/intake/formats/records.ts';
import { headBytes } from '../../../../shared/intake/read-lines.ts';
import type { UnreadableRecord } from '../../../../shared/ports/trace-format.ts';
import { bytesOf } from '../bytes.ts';

async function read(content: string | Uint8Array, options: RecordOptions = {}, pieceSize = 7) {
  const items: (JsonRecord | UnreadableRecord)[] = [];
  for await (const item of readRecords(bytesOf(content, pieceSize), 'file.json', options)) items.push(item);
  return items;
}

async function valuesOf(content: string, options: RecordOptions = {}): Promise<unknown[]> {
  return (await read(content, options)).map((item) => (item.kind === 'record' ? item.value : item.reason));
}

const places = (items: readonly { line: number }[]) => items.map(({ line }) => line);
const headOfText = (text: string) => headOf(new TextEncoder().encode(text), true);

describe('records', () => {
  test('are the objects of JSON lines, with their lines and texts', async () => {
    expect(await read('{"a":1}\n\n{"a": 2}\r\n')).toEqual([
      { kind: 'record', line: 1, text: '{"a":1}', value: { a: 1 } },
      { kind: 'record', line: 3, text: '{"a": 2}', value: { a: 2 } },
    ]);
  });

  test('are the objects of a list, by number', async () => {
    const items = await read('\uFEFF[{"a":1},\n\n{"a":[{"b":"}]"}]}]\n');
    expect(items).toEqual([
      { kind: 'record', line: 1, text: '{"a":1}', value: { a: 1 } },
      { kind: 'record', line: 2, text: '{"a":[{"b":"}]"}]}', value: { a: [{ b: '}]' }] } },
    ]);
  });

  test('are pretty documents one after the other, by line', async () => {
    const items = await read('{\n "a": 1,\n "b": {}\n}\n{\n "a": 2\n}{ "a": 3 }');
    expect(items.map((item) => item.kind === 'record' && item.value)).toEqual([{ a: 1, b: {} }, { a: 2 }, { a: 3 }]);
    expect(places(items)).toEqual([1, 5, 7]);
  });

  test('are what a list within an answer holds, page after page', async () => {
    const pages = '{"object":"list","data":[{"id":1},{"id":2}],"meta":{"page":1}}\n{"data":[{"id":3}]}\n{"data": []}';
    expect(await valuesOf(pages)).toEqual([{ id: 1 }, { id: 2 }, { id: 3 }]);
    expect(await valuesOf('{\n "meta": {"data": [1]},\n "scores": [\n  {"id": 1}\n ]\n}')).toEqual([{ id: 1 }]);
    expect(await valuesOf('{"traces":[{"t":1}],"note":"]}","observations":[{"o":1}]}')).toEqual([{ t: 1 }, { o: 1 }]);
    const lists = new Set(['resourceSpans']);
    expect(await valuesOf('{"resourceSpans":[{"a":1}]}\n{"resourceSpans":[{"a":2}]}', { lists })).toEqual([
      { a: 1 },
      { a: 2 },
    ]);
  });

  test('that hold a list themselves are no answers', async () => {
    const record = { id: 't', observations: [{ id: 'o' }] };
    expect(await valuesOf(JSON.stringify(record, null, 1))).toEqual([record]);
    expect(await valuesOf('{"data":["x"]}\n{"data":{"data":[{}]}}')).toEqual([
      { data: ['x'] },
      { data: { data: [{}] } },
    ]);
  });

  test('are read past one that is broken', async () => {
    expect(await valuesOf('{"a":1}\n{"a":\n{"a":2}')).toEqual([{ a: 1 }, expect.stringMatching(/^not JSON/), { a: 2 }]);
    expect(await valuesOf('[{"a":1},{"a":x},{"a":2}]')).toEqual([
      { a: 1 },
      expect.stringMatching(/^not JSON/),
      { a: 2 },
    ]);
    expect(await valuesOf('[\n {\n  "a": "no end,\n  "b": 1\n },\n {\n  "a": 2\n }\n]')).toEqual([
      expect.stringMatching(/^not JSON/),
      { a: 2 },
    ]);
    expect(await valuesOf('[{"a":1},7,"x]",[{"b":1}],null,{"a":2}]')).toEqual([
      { a: 1 },
      'not a JSON object',
      'not a JSON object',
      'not a JSON object',
      'not a JSON object',
      { a: 2 },
    ]);
    expect(await valuesOf('{\n"a":1\n}\noops {\n{"a":2}')).toEqual([{ a: 1 }, 'not a JSON object', { a: 2 }]);
  });

  test('of a first line that is cut off are still one a line', async () => {
    expect(await valuesOf('{"a":"x\n{"a":2}\n')).toEqual([expect.stringMatching(/^not JSON/), { a: 2 }]);
    expect(await valuesOf('{"a":1,\n{"a":2}\n')).toEqual([expect.stringMatching(/^not JSON/), { a: 2 }]);
  });

  test('keep the guards of lines in lists: depth, repeated keys, halves of characters, infinity', async () => {
    const deep = `${'['.repeat(80)}${']'.repeat(80)}`;
    expect(await valuesOf(`[{"a":${deep}},{"a":1,"a":2},{"a":"\\ud800"},{"a":1e999}]`)).toEqual([
      'nested deeper than 64 levels',
      'the key "a" comes twice in one object',
      { a: '\uFFFD' },
      '"a": a number beyond what floating point holds',
    ]);
  });

  test('keep all digits of long whole numbers, as texts', async () => {
    const values = [{ id: '12345678901234567890', n: [-1, '-9007199254740993'], x: 0.12345678901234568 }];
    const text = '{"id":12345678901234567890,"n":[-1,-9007199254740993],"x":0.12345678901234568}';
    expect(await valuesOf(text)).toEqual(values);
    expect(await valuesOf(`[${text}]`)).toEqual(values);
  });

  test('are cut at line breaks alone, not at U+2028 or U+2029', async () => {
    const value = { a: 'x\u2028y\u2029z' };
    expect(await valuesOf(`${JSON.stringify(value)}\n${JSON.stringify(value)}`)).toEqual([value, value]);
  });

  test('are read from files that were joined, byte order marks in the middle', async () => {
    expect(await valuesOf('\uFEFF{"a":1}\n\uFEFF{"a":2}\n')).toEqual([{ a: 1 }, { a: 2 }]);
    expect(await valuesOf('\uFEFF[{"a":1}]\n\uFEFF[{"a":2}]')).toEqual([{ a: 1 }, { a: 2 }]);
  });

  test('beyond the longest are named, and the next ones read', async () => {
    const long = JSON.stringify({ a: 'x'.repeat(100_000) });
    for (const content of [`[${long},{"a":1}]`, `${long}\n{"a":1}`]) {
      const [first, second] = await read(content, { maxBytes: 1_000 });
      expect(first).toMatchObject({
        kind: 'unreadable',
        reason: expect.stringMatching(/100008 bytes, more than 1000$/),
      });
      expect(first?.text).toBe(long.slice(0, headBytes));
      expect(second).toMatchObject({ value: { a: 1 } });
    }
  });

  test('that are no UTF-8 are named, and the next ones read', async () => {
    const content = Buffer.concat([Buffer.from('[{"a":"'), Buffer.of(0xff), Buffer.from('"},{"a":1}]')]);
    const items = await read(content);
    expect(items).toMatchObject([{ reason: 'the record is not valid UTF-8' }, { value: { a: 1 } }]);
  });

  test('of a list that is cut off are read as far as it goes', async () => {
    const items = await read('[{"a":1},{"a":"x');
    expect(items).toMatchObject([
      { value: { a: 1 } },
      { reason: 'the file ends in the middle of this record', line: 2 },
    ]);
    await expect(read('[{"a":1},')).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'file.json is cut off: its list of records does not end.',
    });
  });

  test('are objects: a list of anything else is one fault', async () => {
    await expect(read('[1, 2, 3]')).rejects.toMatchObject({
      name: 'InvalidInput',
      message: 'file.json is a JSON list, but not of objects.',
    });
  });

  test('are none in an empty file or list', async () => {
    for (const content of ['', '\n \n', '\uFEFF', '[]', '{"data":[],"meta":{}}'])
      expect(await read(content)).toEqual([]);
  });

  test('are the same as lines, as a list, as an answer and as pretty documents, wherever the bytes are cut', async () => {
    const objects = fc.array(fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()), {
      minLength: 1,
      maxLength: 5,
    });
    await fc.assert(
      fc.asyncProperty(objects, fc.integer({ min: 1, max: 64 }), async (values, pieceSize) => {
        const records = values.map((value) => ({ id: 1, ...value }));
        const written = [
          records.map((value) => `${JSON.stringify(value)}\n`).join(''),
          JSON.stringify(records),
          JSON.stringify(records, null, 2),
          JSON.stringify({ meta: { data: 1 }, data: records }, null, 1),
          records.map((value) => JSON.stringify(value, null, 1)).join('\n'),
        ];
        const [lines, ...others] = await Promise.all(
          written.map(async (content) =>
            (await read(content, {}, pieceSize)).map((item) => (item.kind === 'record' ? item.value : item.reason)),
          ),
        );
        for (const other of others) expect(other).toEqual(lines);
        expect(lines).toHaveLength(records.length);
      }),
      { numRuns: 100 },
    );
  });

  test('end or are refused as invalid input, for any bytes', async () => {
    const unit = fc.oneof(
      fc.constantFrom(...'{}[]",:\\ \n1a').map((c) => c.charCodeAt(0)),
      fc.nat(255),
    );
    await fc.assert(
      fc.asyncProperty(fc.array(unit, { maxLength: 120 }), async (units) => {
        try {
          await read(Uint8Array.from(units), { maxBytes: 50 }, 5);
        } catch (error) {
          expect(error).toBeInstanceOf(RatchetError);
          expect(error).toMatchObject({ name: 'InvalidInput' });
        }
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('the container of records', () => {
  test('is told by the beginning of the file', () => {
    expect(jsonContainerOf(headOfText(' [{}]'))).toBe('documents');
    expect(jsonContainerOf(headOfText('{\n "a": 1\n}'))).toBe('documents');
    expect(jsonContainerOf(headOfText('{"data":[{}]}'))).toBe('documents');
    expect(jsonContainerOf(headOfText('{"a":1}\n{"a":2}'))).toBe('lines');
    expect(jsonContainerOf(headOfText('a,b\n1,2'))).toBeNull();
    expect(jsonContainerOf(headOfText(''))).toBeNull();
  });
});

describe('the first records', () => {
  test('are those of the head, without one that it cuts', () => {
    const cut = (text: string) => headOf(new TextEncoder().encode(text), false);
    expect(firstRecords(cut('{"a":1}\n{"a":2}\n{"a'))).toEqual([{ a: 1 }, { a: 2 }]);
    expect(firstRecords(cut('[{"a":1},{"a":2},{"a'))).toEqual([{ a: 1 }, { a: 2 }]);
    expect(firstRecords(cut('x,y'))).toEqual([]);
  });

  test('are what there is of a first one that is longer than the head', () => {
    const cut = (text: string) => headOf(new TextEncoder().encode(text), false);
    const beginning = { messages: [{ role: 'system', content: 'x' }, { role: 'user' }] };
    const text = '{"messages":[{"role":"system","content":"x"},{"role":"user","content":"a long';
    expect(firstRecords(cut(text))).toEqual([beginning]);
    expect(firstRecords(cut(`[${text}`))).toEqual([beginning]);
    expect(firstRecords(cut('{"a'))).toEqual([{}]);
  });
});
