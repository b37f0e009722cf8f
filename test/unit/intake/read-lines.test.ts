import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { headBytes, type Line, maxLineBytes, readLines } from '../../../shared/intake/read-lines.ts';
import { anyText } from './any-text.ts';
import { bytesOf } from './bytes.ts';

async function linesOf(content: string | Uint8Array, pieceSize?: number): Promise<Line[]> {
  const lines: Line[] = [];
  for await (const line of readLines(bytesOf(content, pieceSize))) lines.push(line);
  return lines;
}
const textsOf = async (content: string | Uint8Array): Promise<unknown[]> =>
  (await linesOf(content)).map((line) =>
    line.kind === 'text' ? [line.number, line.text] : [line.number, line.reason],
  );

describe('readLines', () => {
  test('numbers lines from one and passes over blank ones', async () => {
    expect(await textsOf('a\n\n  \nb')).toEqual([
      [1, 'a'],
      [4, 'b'],
    ]);
  });

  test('passes over any run of blank lines alike, and counts them, wherever the bytes are cut', async () => {
    const blank = fc.array(fc.constantFrom('', ' ', '\t', '\r', ' \t\r'), { maxLength: 6 });
    await fc.assert(
      fc.asyncProperty(blank, blank, fc.integer({ min: 1, max: 5 }), async (before, between, size) => {
        const lines = [...before, 'a', ...between, ' b'];
        const expected = lines.flatMap((text, at) => (text.trim() === '' ? [] : [[at + 1, text]]));
        expect(
          (await linesOf(lines.join('\n'), size)).map((line) => [line.number, line.kind === 'text' && line.text]),
        ).toEqual(expected);
      }),
    );
  });

  test('looks at no blank line by itself', async () => {
    const [before, decoded] = [TextDecoder.prototype.decode, { times: 0 }];
    TextDecoder.prototype.decode = function decode(...given) {
      decoded.times += 1;
      return before.apply(this, given);
    };
    try {
      const content = `${'\n'.repeat(500_000)}${' \r\n'.repeat(100_000)}a`;
      expect(await linesOf(content, 65_536)).toMatchObject([{ number: 600_001, text: 'a' }]);
    } finally {
      TextDecoder.prototype.decode = before;
    }
    // At most one that a piece of the file cuts.
    expect(decoded.times).toBeLessThan(15);
  });

  test('keeps blank lines where they are wanted, but none after the last line break', async () => {
    const lines: Line[] = [];
    for await (const line of readLines(bytesOf('a\n\n \r\nb\n'), maxLineBytes, { keepBlank: true })) lines.push(line);
    expect(lines).toEqual([
      { number: 1, kind: 'text', text: 'a' },
      { number: 2, kind: 'text', text: '' },
      { number: 3, kind: 'text', text: ' ' },
      { number: 4, kind: 'text', text: 'b' },
    ]);
  });

  test('drops a byte order mark and carriage returns', async () => {
    expect(await textsOf('\ufeffa\r\nb\r\n')).toEqual([
      [1, 'a'],
      [2, 'b'],
    ]);
  });

  test('names a line that is not UTF-8 and reads those beside it', async () => {
    const bytes = Uint8Array.from([0x61, 0x0a, 0x62, 0xff, 0x63, 0x0a, 0x64]);
    expect(await textsOf(bytes)).toEqual([
      [1, 'a'],
      [2, 'the line is not valid UTF-8'],
      [3, 'd'],
    ]);
  });

  test('keeps only the head of a line that is too long, and tells its size', async () => {
    const [first, long, last] = await linesOf(`a\n${'x'.repeat(10_000_000)}\nb`, 65_536);
    expect(first).toMatchObject({ kind: 'text', text: 'a' });
    expect(long).toMatchObject({ number: 2, kind: 'unreadable', head: 'x'.repeat(headBytes) });
    expect(long).toHaveProperty('reason', expect.stringContaining('10000000 bytes'));
    expect(last).toMatchObject({ number: 3, text: 'b' });
  });

  test('takes a line of exactly the longest length', async () => {
    const [line] = await linesOf('x'.repeat(maxLineBytes), 65_536);
    expect(line?.kind).toBe('text');
  });

  test('gives the same lines however the bytes are cut', async () => {
    await fc.assert(
      fc.asyncProperty(anyText, fc.integer({ min: 1, max: 50 }), async (text, pieceSize) => {
        expect(await linesOf(text, pieceSize)).toEqual(await linesOf(text, 1_000_000));
      }),
    );
  });

  test('reads any bytes without a throw', async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
        for (const line of await linesOf(bytes)) expect(['text', 'unreadable']).toContain(line.kind);
      }),
    );
  });
});
