import { describe, expect, test } from 'vitest';
import { createFormats } from '../../../shared/composition/create-formats.ts';
import type { TaskKind } from '../../../shared/domain/base/task-kind.ts';
import { parseFieldMap } from '../../../shared/intake/normalise/field-map.ts';
import { type BadExampleLine, type ReadExamples, readExampleLines } from '../../../shared/intake/read-example-lines.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { extraction } from '../../../shared/tasks/extraction/extraction.ts';
import { bytesOf } from './bytes.ts';

interface Read extends ReadExamples {
  readonly bad: readonly BadExampleLine[];
}

async function read(
  rows: readonly Record<string, unknown>[],
  options: { keepVariants?: boolean; labels?: readonly string[]; kind?: TaskKind; map?: readonly string[] } = {},
): Promise<Read> {
  const bad: BadExampleLine[] = [];
  const result = await readExampleLines(bytesOf(rows.map((row) => JSON.stringify(row)).join('\n')), {
    kind: options.kind ?? classification,
    task: null,
    labels: options.labels ?? [],
    formats: createFormats(),
    name: 'examples',
    keepVariants: options.keepVariants ?? false,
    map: parseFieldMap(options.map ?? [], 'examples'),
    problemOf: () => null,
    onBadLine: (line) => bad.push(line),
  });
  return { ...result, bad };
}

const outputs = ({ lines }: Read) => lines.map(({ output }) => output);
const texts = ({ notes }: Read) => notes.map(({ text, count }) => `${text} (${count})`);

describe('readExampleLines', () => {
  test('tells of bad lines also where what was read makes no task', async () => {
    const bad: number[] = [];
    const rows = [
      { input: 'in Rome', output: [{ label: 'city', start: -1, end: 7 }] },
      { input: 'x', output: [] },
    ];
    const reading = readExampleLines(bytesOf(rows.map((row) => JSON.stringify(row)).join('\n')), {
      kind: extraction,
      task: null,
      labels: [],
      formats: createFormats(),
      name: 'examples',
      keepVariants: false,
      problemOf: () => null,
      problemOfTaskOf: (outputs) => {
        const task = extraction.specFrom({ labels: [], outputs });
        return (input, output) => extraction.problem(task, input, output);
      },
      onBadLine: ({ line }) => bad.push(line),
    });
    await expect(reading).rejects.toThrow('at least one type of entity');
    expect(bad).toEqual([1]);
  });

  test('names the field of an output that is wrong, in words', async () => {
    const outputs = [
      [{ label: 'city', start: -1, end: 5 }],
      [{ start: 0, end: 5 }],
      {},
      [{ label: '', start: 0, end: 5 }],
    ];
    const { bad } = await read(
      outputs.map((output, at) => ({ input: `Paris ${at}`, output })),
      { kind: extraction },
    );
    expect(bad.map(({ reason }) => reason)).toEqual([
      '"output": "0.start": is too small: at least 0',
      '"output": "0.label": is missing',
      '"output": must be a list, not an object',
      '"output": "0.label": is empty',
    ]);
  });

  test('reads text and label as input and output, and passes over other columns', async () => {
    const found = await read([{ text: 'win now', label: 'spam', split: 'train', id: 7 }]);
    expect(found.lines).toEqual([{ line: 1, input: 'win now', output: 'spam' }]);
    expect(texts(found)).toEqual(['"text" read as "input" (1)', '"label" read as "output" (1)']);
  });

  test('takes the input and the output from where it is told', async () => {
    const rows = [{ utterance: 'win now', meta: { intent: 'spam' }, text: 'no input' }];
    const found = await read(rows, { map: ['input=utterance', 'output=meta.intent'] });
    expect(found.lines).toEqual([{ line: 1, input: 'win now', output: 'spam' }]);
    expect((await read(rows, { map: ['input=utterance', 'output=:ham'] })).lines).toMatchObject([{ output: 'ham' }]);
    expect(() => parseFieldMap(['traceId=id'], 'examples')).toThrow('names a field that examples do not have');
  });

  test('says how to tell where they are, by the fields that there are', async () => {
    const { bad } = await read([
      { intent: 'delivery', 'the text': 'where is my parcel' },
      { text: 'my money back', Category: 'refund', id: 3 },
    ]);
    expect(bad.map(({ reason, mend }) => [reason, mend.replace(/^write \{.*?\}, /, '')])).toEqual([
      [
        '"input": is missing',
        'or say where it is: --map \'input=the text\' --map output=intent (fields: intent, "the text")',
      ],
      ['"output": is missing', 'or say where it is: --map output=FIELD (fields: Category, id)'],
    ]);
  });

  test("says that the model's answers are taken for right where a tool recorded them", async () => {
    const call = { type: 'GENERATION', start_time: '2026-01-01 09:00:00.000000' };
    const found = await read([
      { ...call, id: 'o1', trace_id: 't1', input: 'win now', output: 'spam' },
      { ...call, id: 'o2', trace_id: 't2', input: 'see you', output: 'ham' },
    ]);
    expect(outputs(found)).toEqual(['spam', 'ham']);
    expect(texts(found)).toEqual(["the model's answers are taken as right outputs (2)"]);
  });

  test('takes numbers and booleans as the texts of labels, and says so', async () => {
    const found = await read([
      { input: 'a', output: 0 },
      { input: 'b', output: true },
    ]);
    expect(outputs(found)).toEqual(['0', 'true']);
    expect(texts(found)).toEqual([
      'numbers read as the texts of labels (1)',
      'booleans read as the texts of labels (1)',
    ]);
  });

  const variants = [
    { input: 'a', output: 'billing' },
    { input: 'b', output: 'Billing' },
    { input: 'c', output: 'billing ' },
    { input: 'd', output: 'R\u00fcckgabe' },
    { input: 'e', output: 'Ru\u0308ckgabe' },
    { input: 'f', output: 'Ru\u0308ckgabe' },
  ];

  test('makes one label of those that differ only in case, blanks or Unicode form: the most frequent', async () => {
    const found = await read(variants);
    expect(outputs(found)).toEqual(['billing', 'billing', 'billing', ...Array(3).fill('Ru\u0308ckgabe')]);
    expect(texts(found)).toContain('"Billing" read as "billing" (1)');
    expect(texts(found).join()).toContain('--keep-label-variants');
  });

  test('prefers the one that was given by hand', async () => {
    expect(outputs(await read(variants, { labels: ['Billing'] })).slice(0, 3)).toEqual(Array(3).fill('Billing'));
  });

  test('keeps them apart where that is wanted', async () => {
    expect(new Set(outputs(await read(variants, { keepVariants: true }))).size).toBe(4);
  });

  test('refuses what is no label with one step to mend it, once for a whole file', async () => {
    const lists = await read(['a', 'b', 'c'].map((input) => ({ input, output: ['spam', 'urgent'] })));
    expect(lists.bad).toMatchObject([{ line: 0, lines: 3, mend: 'give one label' }]);
    expect(lists.bad[0]?.reason).toContain('several labels; one is possible');
    const empty = await read([
      { input: 'a', output: null },
      { input: 'b', output: 'ham' },
    ]);
    expect(empty).toMatchObject({ refused: 1, bad: [{ line: 1, lines: 1, reason: '"output" is empty' }] });
  });
});
