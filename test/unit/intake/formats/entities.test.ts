import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { allFormats } from '../../../../shared/intake/formats/all-formats.ts';
import { conllFormat } from '../../../../shared/intake/formats/conll.ts';
import { doccanoFormat } from '../../../../shared/intake/formats/doccano.ts';
import { labelStudioFormat } from '../../../../shared/intake/formats/label-studio.ts';
import { spacyFormat } from '../../../../shared/intake/formats/spacy.ts';
import { spacyPairsFormat } from '../../../../shared/intake/formats/spacy-pairs.ts';
import { tokenListsFormat } from '../../../../shared/intake/formats/token-lists.ts';
import type { TraceFormat } from '../../../../shared/ports/trace-format.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { anyText } from '../any-text.ts';
import { headOfText, itemsOf, linesOf } from './read-items.ts';

/** Input and entities of what is read, by their text; reasons of what is not. */
async function read(format: TraceFormat, content: string, pieceSize?: number): Promise<unknown[]> {
  return (await itemsOf(format, content, pieceSize)).map((item) => {
    if (item.kind === 'unreadable') return { line: item.line, reason: item.reason };
    if (item.kind === 'passed-over') return item.what;
    const { input, output } = item.fields;
    return [input, placesOf(String(input), output)];
  });
}

/** What stands at the places of an output, with the type; each checked against the text it says it has. */
function placesOf(input: string, output: unknown): string[] {
  expect(extraction.output.safeParse(output).success).toBe(true);
  return (output as { label: string; start: number; end: number; text: string }[]).map(
    ({ label, start, end, text }) => {
      expect(input.slice(start, end)).toBe(text);
      return `${label}=${text}`;
    },
  );
}

const formatOf = (content: string) => allFormats.find((format) => format.detects(headOfText(content)))?.name;

describe('columns of tokens and tags', () => {
  const sentences = `-DOCSTART- -X- -X- O

U.N. NNP B-NP B-ORG
official NN I-NP O
Ekeus NNP I-NP B-PER

New JJ B-NP I-LOC
York NN I-NP I-LOC
`;

  test('are sentences: tokens joined by blanks, the tag in the last column', async () => {
    expect(formatOf(sentences)).toBe('conll');
    expect(await read(conllFormat, sentences)).toEqual([
      ['U.N. official Ekeus', ['ORG=U.N.', 'PER=Ekeus']],
      ['New York', ['LOC=New York']],
    ]);
    expect((await itemsOf(conllFormat, sentences)).map((item) => item.line)).toEqual([3, 7]);
  });

  test('may have tabs, CRLF, tokens with blanks, comments, and hashes that are tokens', async () => {
    const file = '# id 1\tdomain=en\r\n#rain\tB-tag\r\nNew York\tB-city\r\n\r\n# id 2\r\n#\tO\r\n\t \r\nso\tO\r\n';
    expect(formatOf(file)).toBe('conll');
    expect(await read(conllFormat, file)).toEqual([
      ['#rain New York', ['tag=#rain', 'city=New York']],
      ['#', []],
      ['so', []],
    ]);
  });

  test.each([
    ['IO', 'I-a I-a O I-a I-b', ['a=0 1', 'a=3', 'b=4']],
    ['BIO', 'B-a I-a B-a O B-b', ['a=0 1', 'a=2', 'b=4']],
    ['an inside without a beginning', 'O I-a I-a I-b B-b', ['a=1 2', 'b=3', 'b=4']],
    ['IOBES', 'S-a B-a I-a E-a S-b', ['a=0', 'a=1 2 3', 'b=4']],
    ['BILOU', 'U-a B-a L-a L-b O', ['a=0', 'a=1 2', 'b=3']],
    ['a beginning that goes on with another type', 'B-a I-b I-b E-b I-b', ['a=0', 'b=1 2 3', 'b=4']],
    ['types with hyphens', 'B-work-of-art I-work-of-art O O O', ['work-of-art=0 1']],
  ])('are read as seqeval reads them: %s', async (_scheme, tags, expected) => {
    const file = tags
      .split(' ')
      .map((tag, index) => `${index}\t${tag}\n`)
      .join('');
    expect(await read(conllFormat, file)).toEqual([['0 1 2 3 4', expected]]);
  });

  test('name the line that has no tag, and go on after its sentence', async () => {
    expect(await read(conllFormat, 'a O\nb\nc O\n\nd B-x\n')).toEqual([
      { line: 2, reason: 'the token "b" has no tag' },
      ['d', ['x=d']],
    ]);
  });

  test('may number their tokens, part some by blanks and others by tabs, and end without a line break', async () => {
    const numbered = '# id 1\n1\tEU\tB-org\tO\n2\trejects\tO\tO\n3\tlamb\tB-dish\tO\n';
    expect(formatOf(numbered)).toBe('conll');
    const onlyLast = numbered.replaceAll(/\tO$/gm, '');
    expect(await read(conllFormat, `${onlyLast}\n1\tok\tO`)).toEqual([
      ['EU rejects lamb', ['org=EU', 'dish=lamb']],
      ['ok', []],
    ]);
    // A sentence that counts is one of words where nothing stands between number and tag.
    expect(await read(conllFormat, '1 O\n2 B-n\n')).toEqual([['1 2', ['n=2']]]);
    expect(await read(conllFormat, 'EU\tB-org\nrejects O\n')).toEqual([['EU rejects', ['org=EU']]]);
  });

  test.each([
    ['an empty tag', 'EU\tB-org\nrejects\t\nlamb\tO\n\nok\tO\n', 2, 'the token "rejects" has no tag'],
    ['no tag at all', 'EU B-org\nrejects\nlamb O\n\nok O\n', 2, 'the token "rejects" has no tag'],
    ['tags before tokens', 'B-org EU\nO rejects\nO lamb\n\nO ok\n', 1, 'the tag stands before the token'],
    ['types without a prefix', 'EU org\nrejects O\n\nok O\n', 1, '"org" is no tag such as O, B-city or I-city'],
    ['underscores', 'EU B_org\nrejects O\n\nok O\n', 1, '"B_org" is no tag such as O, B-city or I-city'],
    ['small letters', 'EU b-org\nrejects o\n\nok o\n', 1, '"b-org" is no tag such as O, B-city or I-city'],
    ['commas', 'EU,B-org\nrejects,O\n\nok,O\n', 1, 'its columns are parted by commas'],
    ['an empty token', 'EU\tB-org\n\tO\nlamb\tO\n', 2, 'the token before the tag is empty'],
    ['one line among many', `EU X\n\n${'so O\n'.repeat(9)}`, 1, '"X" is no tag such as O, B-city or I-city'],
  ])('that are amiss name line and reason: %s', async (_, file, line, reason) => {
    expect(formatOf(file)).toBe('conll');
    expect((await read(conllFormat, file))[0]).toEqual({ line, reason });
  });

  test('are no table and no prose', () => {
    expect(formatOf('text\tlabel\nhello\tbilling\n')).toBe('tsv');
    expect(formatOf('text,label\nhello,billing\n')).toBe('csv');
    expect(conllFormat.detects(headOfText('I like vitamin O\nand many others\n'))).toBe(false);
  });

  test('are read to the end whatever they hold', () =>
    fc.assert(
      fc.asyncProperty(fc.array(fc.tuple(anyText, fc.constantFrom('O', 'B-a', 'I-b', '', 'x'))), async (rows) => {
        const file = rows.map(([token, tag]) => `${token}\t${tag}\n`).join('');
        await read(conllFormat, file, 5);
      }),
    ));
});

describe('lines of spaCy', () => {
  test('count code points', async () => {
    const file = linesOf(
      { text: '🎉🎉 to Paris', entities: [[6, 11, 'city']] },
      { text: 'no entity', entities: [], id: 7 },
      { text: 'e\u0301a Rome', spans: [{ start: 4, end: 8, label: 'city', token_start: 1 }] },
    );
    expect(formatOf(file)).toBe('spacy');
    expect(await read(spacyFormat, file)).toEqual([
      ['🎉🎉 to Paris', ['city=Paris']],
      ['no entity', []],
      ['e\u0301a Rome', ['city=Rome']],
    ]);
    expect((await itemsOf(spacyFormat, file))[1]).toMatchObject({ fields: { id: 7 } });
  });

  test('with offsets that are wrong say what is wrong', async () => {
    const file = linesOf(
      { text: 'abc', entities: [[1, 9, 'x']] },
      { text: 'abc', entities: [[2, 2, 'x']] },
      { text: 'abc', spans: [{ start: 0, end: 2, label: 'x', text: 'bc' }] },
      { text: 'abc', spans: [{ start: 0.5, end: 2, label: 'x' }] },
      { text: 'abc', spans: [{ start: 0, end: 2, label: ' ' }] },
    );
    expect(await read(spacyFormat, file)).toEqual([
      { line: 1, reason: 'entity 1 stands at 1 to 9, and the text has 3 characters' },
      { line: 2, reason: 'entity 1 stands at 2 to 2, and the text has 3 characters' },
      { line: 3, reason: 'entity 1 is "bc", and at 0 to 2 stands "ab"' },
      { line: 4, reason: 'entity 1 has no offsets that are whole numbers' },
      { line: 5, reason: 'entity 1 has no type' },
    ]);
  });

  test('of Prodigy that were not accepted are passed over', async () => {
    expect(await read(spacyFormat, linesOf({ text: 'a', spans: [], answer: 'reject' }))).toEqual([
      'annotations that were not accepted',
    ]);
  });

  test.each([
    ['a line each', '["a 😀 Rome",{"entities":[[4,8,"city"]]}]\n["b", {"entities": []}]\n'],
    ['in a list', '[\n  ["a 😀 Rome", {"entities": [[4, 8, "city"]]}],\n  ["b", {"entities": []}]\n]'],
  ])('may be pairs, %s', async (_where, file) => {
    expect(formatOf(file)).toBe('spacy-pairs');
    expect(await read(spacyPairsFormat, file)).toEqual([
      ['a 😀 Rome', ['city=Rome']],
      ['b', []],
    ]);
  });

  test('that are pairs end where they are no JSON, with what to do', async () => {
    await expect(read(spacyPairsFormat, '[["a", {"entities": []}], ["b", {"entities": [}]]')).rejects.toThrow(
      'is not JSON after pair 1',
    );
  });
});

describe('exports of Doccano', () => {
  test('count UTF-16 units', async () => {
    const file = linesOf(
      { id: 1, text: '🎉 Paris', label: [[3, 8, 'city']] },
      { id: 2, text: 'x', entities: [{ id: 4, label: 'a', start_offset: 0, end_offset: 1 }], relations: [] },
      { id: 3, text: '🎉 Rome', label: [[1, 4, 'city']] },
    );
    expect(formatOf(file)).toBe('doccano');
    expect(await read(doccanoFormat, file)).toEqual([
      ['🎉 Paris', ['city=Paris']],
      ['x', ['a=x']],
      { line: 3, reason: 'entity 1 cuts a character in half' },
    ]);
  });

  test('count code points where Python made the file, as all its texts together tell', async () => {
    const likely = [
      { text: '🎉 Paris is far', label: [[2, 7, 'city']] },
      { text: 'so 🎉🎉 to Rome', label: [[9, 13, 'city']] },
      { text: '🎉東京です', label: [[1, 3, 'city']] },
    ];
    expect(await read(doccanoFormat, linesOf(...likely))).toEqual([
      ['🎉 Paris is far', ['city=Paris']],
      ['so 🎉🎉 to Rome', ['city=Rome']],
      ['🎉東京です', ['city=東京']],
    ]);
    const units = likely.map(({ text, label }, at) => ({
      text,
      label: label.map(([start = 0, end = 0, name = '']) => [
        +start + (at === 1 ? 2 : 1),
        +end + (at === 1 ? 2 : 1),
        name,
      ]),
    }));
    expect(await read(doccanoFormat, linesOf(...units))).toEqual(await read(doccanoFormat, linesOf(...likely)));
  });

  test('are refused where nothing in the file tells what they count, and read where it says so', async () => {
    const line = { text: '🎉東京です', label: [[2, 4, 'city']] };
    const plain = { text: 'to Rome', label: [[3, 7, 'city']] };
    expect(await read(doccanoFormat, linesOf(plain, line))).toEqual([
      ['to Rome', ['city=Rome']],
      {
        line: 2,
        reason:
          'the text has characters such as emoji, and nothing says whether they count once or twice in the offsets',
      },
    ]);
    expect(await read(doccanoFormat, linesOf({ ...line, offsets: 'UTF-16' }))).toEqual([['🎉東京です', ['city=東京']]]);
  });

  test('of classes are none', () => {
    expect(formatOf(linesOf({ id: 1, text: 'a', label: ['spam'] }))).toBe('ratchet');
  });
});

const task = (text: string, ...places: readonly (readonly [number, number, string, string?])[]) => ({
  id: 1,
  data: { text },
  annotations: [
    {
      result: places.map(([start, end, label, said]) => ({
        type: 'labels',
        value: { start, end, labels: [label], ...(said === undefined ? {} : { text: said }) },
      })),
    },
  ],
});

describe('exports of Label Studio', () => {
  test('are a list of tasks', async () => {
    const file = JSON.stringify([
      task('to Paris', [3, 8, 'city', 'Paris']),
      task('nothing'),
      { id: 3, data: { text: 'x' }, annotations: [], predictions: [] },
    ]);
    expect(formatOf(file)).toBe('label-studio');
    expect(await read(labelStudioFormat, file)).toEqual([
      ['to Paris', ['city=Paris']],
      ['nothing', []],
      'tasks that nobody has annotated',
    ]);
  });

  test('count code points or UTF-16 units: the text beside the offsets tells, and without it nothing is guessed', async () => {
    const file = JSON.stringify([
      task('💩 to Paris', [5, 10, 'city', 'Paris']),
      task('💩 to Paris', [6, 11, 'city', 'Paris']),
      task('💩 to Paris', [5, 10, 'city']),
      task('to Paris 💩', [3, 8, 'city']),
      task('💩 to Paris', [5, 10, 'city', 'London']),
      task('💩aa', [1, 2, 'x', 'a']),
      task('💩aa', [2, 3, 'x', 'a']),
    ]);
    expect(await read(labelStudioFormat, file)).toEqual([
      ['💩 to Paris', ['city=Paris']],
      ['💩 to Paris', ['city=Paris']],
      {
        line: 3,
        reason:
          'the text has characters such as emoji, and nothing says whether they count once or twice in the offsets',
      },
      ['to Paris 💩', ['city=Paris']],
      { line: 5, reason: 'entity 1 is "London", and at 5 to 10 stands "Paris"' },
      ['💩aa', ['x=a']],
      ['💩aa', ['x=a']],
    ]);
  });

  test('may have several annotations of one task: the ground truth, or what all say', async () => {
    const [one, other] = [task('a b', [0, 1, 'x']), task('a b', [2, 3, 'x'])].map(({ annotations }) => annotations[0]);
    const with_ = (...annotations: unknown[]) => ({ data: { text: 'a b' }, annotations });
    const file = JSON.stringify([
      with_(one, one),
      with_(one, other),
      with_(one, { ...other, ground_truth: true }),
      with_(one, { ...other, was_cancelled: true }),
    ]);
    expect(await read(labelStudioFormat, file)).toEqual([
      ['a b', ['x=a']],
      { line: 2, reason: 'its 2 annotations differ' },
      ['a b', ['x=b']],
      ['a b', ['x=a']],
    ]);
  });

  test('may be short, name their text otherwise, and label a place twice', async () => {
    const short = [
      { id: 1, review: 'to Paris', ner: [{ start: 3, end: 8, text: 'Paris', labels: ['a', 'b'] }], annotator: 1 },
    ];
    expect(formatOf(JSON.stringify(short))).toBe('label-studio');
    expect(await read(labelStudioFormat, JSON.stringify(short))).toEqual([['to Paris', ['a=Paris', 'b=Paris']]]);
  });
});

describe('lists of tokens', () => {
  test('have a tag each, or the first and last token of each entity', async () => {
    const file = linesOf(
      { tokens: ['to', 'New', 'York'], ner_tags: ['O', 'B-city', 'I-city'] },
      {
        tokenized_text: ['to', 'New', 'York'],
        ner: [
          [1, 2, 'city'],
          [2, 2, 'duke'],
        ],
      },
      { tokens: ['a'], ner_tags: [3] },
      { tokenized_text: ['a'], ner: [[0, 1, 'x']] },
    );
    expect(formatOf(file)).toBe('token-lists');
    expect(await read(tokenListsFormat, file)).toEqual([
      ['to New York', ['city=New York']],
      ['to New York', ['city=New York', 'duke=York']],
      { line: 3, reason: 'its tags are numbers without names' },
      { line: 4, reason: 'entity 1 names no first and last of the 1 tokens with a type' },
    ]);
  });
});
