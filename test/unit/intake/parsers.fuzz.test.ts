import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { z } from 'zod';
import { parseInputLine } from '../../../cli/answer-lines.ts';
import { ratchetFormat } from '../../../shared/intake/formats/ratchet.ts';
import { parseJsonObject } from '../../../shared/intake/parse-json-line.ts';
import { readExampleLines } from '../../../shared/intake/read-example-lines.ts';
import { type Line, maxLineBytes, readLines } from '../../../shared/intake/read-lines.ts';
import { repeatedKey } from '../../../shared/intake/repeated-key.ts';
import { decodeJsonl } from '../../../shared/ports/documents.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { labelOf } from '../../../shared/tasks/classification/label.ts';
import { anyText } from './any-text.ts';

/** Bytes that matter to the cutting of lines and characters, among any others. */
const anyBytes = fc
  .array(
    fc.oneof(fc.constantFrom(0x0a, 0x0d, 0xef, 0xbb, 0xbf, 0xf0, 0x9f, 0x98, 0x80, 0x22, 0x7b, 0x00), fc.nat(255)),
    {
      maxLength: 200,
    },
  )
  .map((values) => Uint8Array.from(values));

async function* pieces(bytes: Uint8Array, cuts: readonly number[]): AsyncGenerator<Uint8Array> {
  const places = [...cuts.map((cut) => cut % (bytes.length + 1)), bytes.length].sort((a, b) => a - b);
  let from = 0;
  for (const to of places) {
    // Each piece in memory of its own, which is overwritten once the reader has asked for the next.
    const piece = bytes.slice(from, to);
    yield piece;
    piece.fill(0x58);
    from = to;
  }
}

async function linesOf(chunks: AsyncIterable<Uint8Array>): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(chunks)) lines.push(line);
  return lines;
}

const jsonLine = fc.oneof(
  anyText,
  fc.json(),
  fc
    .dictionary(fc.constantFrom('input', 'output', '__proto__', 'constructor', 'x'), fc.oneof(anyText, fc.jsonValue()))
    .map((fields) => JSON.stringify(fields)),
  fc.constantFrom(
    '{"input":1e999}',
    '{"input":"a","input":"b"}',
    `{"a":${'['.repeat(5_000)}`,
    '{"__proto__":{"input":"x"}}',
  ),
);

describe('lines', () => {
  test('are the same wherever the bytes are cut, empty pieces and reused memory included', async () => {
    await fc.assert(
      fc.asyncProperty(anyBytes, fc.array(fc.nat(), { maxLength: 12 }), async (bytes, cuts) => {
        expect(await linesOf(pieces(bytes, cuts))).toEqual(await linesOf(pieces(bytes, [])));
      }),
      { numRuns: 300 },
    );
  });

  test('are the same wherever the bytes are cut when they are too long', async () => {
    const bytes = new Uint8Array(maxLineBytes + 1_000).fill(0x78);
    bytes.set([0xc3, 0xa4, 0x0a, 0x79], 298);
    bytes.set([0x0a], 700);
    const whole = await linesOf(pieces(bytes, []));
    await fc.assert(
      fc.asyncProperty(fc.array(fc.nat(), { maxLength: 6 }), async (cuts) => {
        expect(await linesOf(pieces(bytes, [...cuts, 299, 300, 301]))).toEqual(whole);
      }),
      { numRuns: 20 },
    );
  });
});

describe('a parser of lines', () => {
  test('gives an object or a reason with a mend, for any text', () => {
    fc.assert(
      fc.property(jsonLine, (text) => {
        const result = parseJsonObject(text);
        if (result.ok) {
          // What was accepted can be written and read again.
          expect(parseJsonObject(JSON.stringify(result.value))).toEqual(result);
          expect(Object.getPrototypeOf(result.value)).toBe(Object.prototype);
        } else {
          expect(result.problem.reason).not.toBe('');
          expect(result.problem.mend).not.toBe('');
        }
      }),
      { numRuns: 500 },
    );
  });

  test('gives an input or a reason, for any line of predict', () => {
    fc.assert(
      fc.property(jsonLine, (text) => {
        const result = parseInputLine({ kind: 'text', number: 1, text });
        expect(typeof (result.ok ? result.value.input : result.problem.reason)).toBe('string');
      }),
      { numRuns: 500 },
    );
  });

  test('accounts for every line of a file of examples, for any lines', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(jsonLine, { maxLength: 8 }), async (texts) => {
        const bytes = new TextEncoder().encode(texts.join('\n'));
        let told = 0;
        const read = await readExampleLines(pieces(bytes, []), {
          kind: classification,
          task: null,
          labels: [],
          formats: [{ ...ratchetFormat, detects: () => true }],
          name: 'examples',
          keepVariants: false,
          problemOf: () => null,
          onBadLine: ({ reason, mend, lines: many }) => {
            told += many;
            expect(reason === '' || mend === '').toBe(false);
          },
        });
        const lines = await linesOf(pieces(bytes, []));
        expect(read.lines.length + read.duplicates + read.refused).toBe(lines.length);
        expect(told).toBe(read.refused);
        for (const { input, output } of read.lines) expect(input.trim() === '' || labelOf(output) === '').toBe(false);
      }),
      { numRuns: 200 },
    );
  });
});

describe('decodeJsonl', () => {
  test('gives records or CorruptArtifact, for any bytes', () => {
    const record = z.union([z.looseObject({}), z.array(z.unknown())]);
    fc.assert(
      fc.property(
        fc.oneof(
          anyBytes,
          jsonLine.map((text) => new TextEncoder().encode(text)),
        ),
        (bytes) => {
          try {
            expect(Array.isArray(decodeJsonl(bytes, record, 'key'))).toBe(true);
          } catch (error) {
            expect(error).toMatchObject({
              name: 'CorruptArtifact',
              message: expect.stringMatching(/^key, line \d+: /),
            });
          }
        },
      ),
      { numRuns: 500 },
    );
  });
});

describe('repeatedKey', () => {
  test('is null for what JSON.stringify writes, whatever the keys', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        expect(repeatedKey(JSON.stringify(value))).toBeNull();
        expect(repeatedKey(JSON.stringify(value, null, 2))).toBeNull();
      }),
    );
  });

  test('finds a key that is written twice, at any depth and in any spelling', () => {
    fc.assert(
      fc.property(anyText, fc.array(fc.boolean(), { maxLength: 6 }), (key, wrappers) => {
        const escaped = [...Array(key.length).keys()].map(
          (at) => `\\u${key.charCodeAt(at).toString(16).padStart(4, '0')}`,
        );
        const inner = `{ ${JSON.stringify(key)} : ["x", {"y": 1}] , "${escaped.join('')}":2}`;
        const text = wrappers.reduce((text, isList) => (isList ? `["k", ${text}]` : `{"k": ${text}, "l": "k"}`), inner);
        expect(repeatedKey(text)).toBe(key);
      }),
    );
  });

  test('reads texts as long as a line may be', () => {
    for (const unit of ['x', '"', '\u0001', '\\'])
      expect(repeatedKey(JSON.stringify({ a: unit.repeat(1_000_000), b: 1 }))).toBeNull();
  });

  test('takes values, list items and keys of other objects for what they are', () => {
    for (const text of [
      '{"a":"a","b":"a"}',
      '["a","a"]',
      '[{"a":1},{"a":1}]',
      '{"a":{"a":{"a":1}}}',
      '{"a:":1,"a":": \\""}',
    ])
      expect(repeatedKey(text)).toBeNull();
  });
});
