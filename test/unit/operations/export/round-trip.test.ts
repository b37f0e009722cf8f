import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { asOutput, type Output } from '../../../../shared/domain/base/output.ts';
import type { Mark } from '../../../../shared/domain/base/task-kind.ts';
import { allFormats } from '../../../../shared/intake/formats/all-formats.ts';
import { headOf } from '../../../../shared/intake/formats/peek.ts';
import { exampleWriters } from '../../../../shared/operations/export/example-writers.ts';
import type { TraceFormat } from '../../../../shared/ports/trace-format.ts';
import { bytesOf } from '../../intake/bytes.ts';

interface Example {
  readonly input: string;
  readonly marks: readonly Mark[];
}

const pieces = fc.constantFrom(
  ...[
    'Paris',
    'a',
    ' ',
    '  ',
    '😀',
    '👨‍👩‍👧',
    '🏳️‍🌈',
    'e\u0301',
    '\u0301',
    'שלום',
    'مرحبا',
    '東京',
    'ภาษาไทย',
    '\r\n',
    '\n',
    '\t',
  ],
  ...[
    '\u200b',
    '\u200d',
    '\ufeff',
    '\u00a0',
    '\u202e',
    '\u2028',
    '\0',
    '"',
    '\\',
    '#',
    '-DOCSTART-',
    'O',
    ',',
    '.',
    '𝒳',
  ],
);

/** A text of odd pieces with places that begin and end between them; `nested` ones may share characters. */
function examples(nested: boolean): fc.Arbitrary<readonly Example[]> {
  const example = fc
    .tuple(
      fc.array(pieces, { minLength: 1, maxLength: 12 }),
      fc.array(fc.nat(12), { maxLength: 6 }),
      fc.array(fc.constantFrom('city', 'B-x', 'first name', 'שם'), { minLength: 3, maxLength: 3 }),
    )
    .map(([texts, bounds, labels]): Example => {
      const offsets = [0];
      for (const text of texts) offsets.push((offsets.at(-1) ?? 0) + text.length);
      const cuts = bounds.map((bound) => offsets[bound % offsets.length] ?? 0);
      if (!nested) cuts.sort((a, b) => a - b);
      const marks = labels.flatMap((facet, index): Mark[] => {
        const [start = 0, end = 0] = cuts.slice(2 * index, 2 * index + 2).sort((a, b) => a - b);
        return start < end ? [{ start, end, facet }] : [];
      });
      return { input: texts.join(''), marks };
    });
  return fc.array(example, { minLength: 1, maxLength: 8 });
}

/** Examples as a writer has them, without what it cannot hold. */
function write(name: string, given: readonly Example[]): { file: string; kept: readonly Example[]; reasons: string[] } {
  const writer = exampleWriters.find((one) => one.name === name);
  if (writer === undefined) throw new Error(`no writer ${name}`);
  const reasons: string[] = [];
  const kept: Example[] = [];
  const texts: string[] = [];
  given.forEach(({ input, marks }, index) => {
    const written = writer.write({ number: index + 1, input, marks, output: outputOf(input, marks) });
    if (written.ok) {
      kept.push({ input, marks });
      texts.push(written.text);
    } else reasons.push(written.reason);
  });
  const { begin, between, end } = writer.frame;
  return { file: `${begin}${texts.join(between)}${end}`, kept, reasons };
}

function outputOf(input: string, marks: readonly Mark[]): Output {
  return asOutput(marks.map(({ start, end, facet }) => ({ label: facet, start, end, text: input.slice(start, end) })));
}

/** What the format that recognises a file reads from it. */
async function read(file: string, expected: string): Promise<Example[]> {
  const bytes = new TextEncoder().encode(file);
  const format: TraceFormat | undefined = allFormats.find((one) => one.detects(headOf(bytes, true)));
  expect(format?.name).toBe(expected);
  const found: Example[] = [];
  for await (const item of format?.read(bytesOf(bytes, 64), 'file') ?? []) {
    if (item.kind !== 'trace') throw new Error(item.kind === 'unreadable' ? item.reason : item.what);
    const output = item.fields.output as { label: string; start: number; end: number }[];
    found.push({
      input: String(item.fields.input),
      marks: output.map(({ label, start, end }) => ({ start, end, facet: label })),
    });
  }
  return found;
}

const recognised = (given: readonly Example[]) => fc.pre(given.some(({ marks }) => marks.length > 0));

describe('what is written is read again', () => {
  test.each(['spacy', 'doccano', 'label-studio'])('as %s, with texts and places as they were', (name) =>
    fc.assert(
      fc.asyncProperty(examples(true), async (given) => {
        recognised(given);
        const { file, reasons } = write(name, given);
        expect(reasons).toEqual([]);
        expect(await read(file, name)).toEqual(given);
      }),
      { numRuns: 200 },
    ),
  );

  test('as Ratchet has it', () =>
    fc.assert(
      fc.asyncProperty(examples(true), async (given) => {
        expect(await read(write('jsonl', given).file, 'ratchet')).toEqual(given);
      }),
      { numRuns: 100 },
    ));

  test('as CoNLL, with entities of the same types and texts but for white space; written again it is the same file', () =>
    fc.assert(
      fc.asyncProperty(examples(false), async (given) => {
        const { file, kept } = write('conll', given);
        fc.pre(kept.length > 0);
        const found = await read(file, 'conll');
        expect(found.map(named)).toEqual(kept.map(named));
        expect(write('conll', found).file).toBe(file);
      }),
      { numRuns: 200 },
    ));
});

/** Types and texts of entities without white space. */
function named({ input, marks }: Example): readonly string[] {
  return marks.map(({ start, end, facet }) => `${facet} ${input.slice(start, end).replaceAll(/\s/g, '')}`);
}

describe('CoNLL', () => {
  test('cuts tokens where entities begin and end, and marks the second of two that touch', () => {
    const marks = [
      { start: 3, end: 6, facet: 'a' },
      { start: 6, end: 9, facet: 'a' },
    ];
    expect(write('conll', [{ input: 'to abcdef.', marks }]).file).toBe('to\tO\nabc\tB-a\ndef\tB-a\n.\tO\n');
  });

  test('names what it cannot hold', () => {
    const at = (start: number, end: number, facet = 'a') => ({ start, end, facet });
    const odd = [
      { input: 'a b', marks: [at(0, 3), at(2, 3)] },
      { input: 'a b', marks: [at(1, 2)] },
      { input: ' \n', marks: [] },
      { input: 'a', marks: [at(0, 1, 'x\ty')] },
    ];
    expect(write('conll', odd).reasons).toEqual([
      'entities that share characters',
      'entities of white space alone',
      'texts of white space alone',
      'types with a tab or a line break',
    ]);
  });
});
