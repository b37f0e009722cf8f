import fc from 'fast-check';
import { expect, test } from 'vitest';
import { z } from 'zod';
import { RatchetError } from '../../../shared/domain/base/errors.ts';
import {
  decodeJsonl,
  encodeJsonl,
  readJson,
  readJsonl,
  writeJson,
  writeJsonl,
} from '../../../shared/ports/documents.ts';
import { MemoryObjectStore } from '../../helpers/memory-object-store.ts';
import { rejection } from '../../helpers/rejection.ts';

const record = z.strictObject({ text: z.string(), n: z.number().optional() });

test('any JSON values come back as they were', () => {
  fc.assert(
    fc.property(fc.array(fc.jsonValue()), (values) => {
      const expected: unknown = JSON.parse(JSON.stringify(values));
      expect(decodeJsonl(encodeJsonl(values), z.unknown(), 'k')).toEqual(expected);
    }),
  );
});

test('any texts come back as they were, lone surrogates and line ends included', () => {
  fc.assert(
    fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => {
      const lines = texts.map((text) => ({ text: `${text}\ud800\r\n\u2028\ufeff` }));
      expect(decodeJsonl(encodeJsonl(lines), record, 'k')).toEqual(lines);
    }),
  );
});

test('each record is a line of UTF-8 ended by a newline, and none is no line', () => {
  expect(new TextDecoder().decode(encodeJsonl([{ text: 'é' }, 1, null]))).toBe('{"text":"é"}\n1\nnull\n');
  expect(encodeJsonl([])).toEqual(new Uint8Array());
  expect(decodeJsonl(new Uint8Array(), record, 'k')).toEqual([]);
});

test('records far beyond one piece come back in order, also one longer than a piece', () => {
  const records = Array.from({ length: 40 }, (_, n) => ({ text: 'é😀x'.repeat(n === 20 ? 1_000_000 : 40_000), n }));
  const decoded = decodeJsonl(encodeJsonl(records), record, 'k');
  expect(decoded.map(({ n }) => n)).toEqual(records.map(({ n }) => n));
  expect(decoded.every(({ text }, index) => text === records[index]?.text)).toBe(true);
});

test('a last line without its newline is read', () => {
  expect(decodeJsonl(bytes('1\n2'), z.number(), 'k')).toEqual([1, 2]);
});

test.each([
  ['a line of another form', '{"text":"a"}\n{"text":5}\n', 'line 2', 'text'],
  ['a line with an unknown key', '{"text":"a","more":1}\n', 'line 1', 'more'],
  ['a line that is no JSON', '{"text":"a"}\n{"text":"a"}\n{"te', 'line 3', 'JSON'],
  ['a blank line', '{"text":"a"}\n\n{"text":"a"}\n', 'line 2', 'JSON'],
])('%s is a corrupt artifact, named by key and line', (_, content, line, problem) => {
  const error = faultOf(() => decodeJsonl(bytes(content), record, 'run/1/x.jsonl'));
  expect(error.name).toBe('CorruptArtifact');
  expect(error.message).toContain('run/1/x.jsonl');
  expect(error.message).toContain(line);
  expect(error.message).toContain(problem);
});

test('a line that is not UTF-8 is named too', () => {
  const error = faultOf(() => decodeJsonl(Uint8Array.from([49, 10, 50, 10, 0x22, 0xff, 0x22, 10]), z.number(), 'k'));
  expect(error.name).toBe('CorruptArtifact');
  expect(error.message).toContain('line 3');
});

test('what JSON cannot express is refused, with the number of the record', () => {
  expect(faultOf(() => encodeJsonl([1, undefined])).message).toContain('Record 2');
});

test('any bytes are read, or refused as corrupt', () => {
  fc.assert(
    fc.property(fc.uint8Array(), (body) => {
      try {
        decodeJsonl(body, record, 'k');
      } catch (error) {
        expect(error).toBeInstanceOf(RatchetError);
        expect(error).toMatchObject({ name: 'CorruptArtifact' });
      }
    }),
  );
});

test('documents and lines are written to and read from objects', async () => {
  const objects = new MemoryObjectStore();
  await writeJson(objects, 'a.json', { text: 'x' });
  await writeJsonl(objects, 'a.jsonl', [{ text: 'x' }, { text: 'y' }]);
  expect(await readJson(objects, 'a.json', record)).toEqual({ text: 'x' });
  expect(await readJsonl(objects, 'a.jsonl', record)).toEqual([{ text: 'x' }, { text: 'y' }]);
});

test('a missing object is named, and a document of another form is corrupt', async () => {
  const objects = new MemoryObjectStore();
  for (const missing of [readJson(objects, 'run/none', record), readJsonl(objects, 'run/none', record)]) {
    const error = await rejection(missing);
    expect(error.name).toBe('ObjectMissing');
    expect(error.message).toContain('run/none');
  }
  await writeJson(objects, 'run/odd', { text: 1 });
  const error = await rejection(readJson(objects, 'run/odd', record));
  expect(error.name).toBe('CorruptArtifact');
  expect(error.message).toContain('run/odd');
});

function bytes(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function faultOf(work: () => unknown): RatchetError {
  try {
    work();
  } catch (error) {
    if (error instanceof RatchetError) return error;
    throw error;
  }
  throw new Error('it succeeded');
}
