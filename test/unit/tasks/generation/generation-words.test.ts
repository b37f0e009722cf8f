import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../shared/domain/base/json.ts';
import { asOutput, type Output } from '../../../../shared/domain/base/output.ts';
import { rootCauseSchema } from '../../../../shared/domain/diagnosis/root-cause.ts';
import { kindOf } from '../../../../shared/ports/kind-of.ts';
import { generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
import { taskKinds } from '../../../../shared/tasks/task-kinds.ts';

const task = (checker: string, options: Readonly<Record<string, string>> = {}) =>
  generationSpecFrom({ options: { checker, ...options } });
const kind = (checker: string, options: Readonly<Record<string, string>> = {}) =>
  kindOf({ task: task(checker, options) }, { tasks: taskKinds });
const out = (value: NonNullable<Json>): Output => asOutput(value);
const order = { type: 'object', properties: { 'a/b': { type: 'array', items: { type: 'integer' } } } };
const schema = { schema: JSON.stringify(order) };

describe('what is told of a wrong answer', () => {
  test.each<[string, NonNullable<Json>, NonNullable<Json> | null, object]>([
    ['exact', 'yes', 'no', { key: 'other-text', title: 'another text', facets: [] }],
    ['exact', 'yes', null, { key: 'null', title: 'left unanswered', facets: [] }],
    ['judge', 'yes', 'no', { key: 'other-text', title: 'another text', facets: [] }],
    [
      'numeric',
      '7',
      'eight',
      { key: 'no-number', title: 'no number in the answer', facets: [], cause: 'missing-constraint' },
    ],
    ['numeric', '7', '8', { key: 'other-number', title: 'another number', facets: [] }],
    [
      'numeric',
      '7',
      '2 + 2 = 5',
      { key: 'calculation', title: 'a calculation that is wrong', facets: [], cause: 'calculation-error' },
    ],
    [
      'rouge-l',
      'a b c',
      'a',
      { key: 'too-short', title: 'less than half as long', facets: [], cause: 'missing-constraint' },
    ],
    ['rouge-l', 'a b', 'a c', { key: 'other-words', title: 'other words', facets: [] }],
    ['rouge-l', 'a b', 'c', { key: 'other-words', title: 'other words', facets: [] }],
    ['rouge-l', 'a', 'b c', { key: 'other-words', title: 'other words', facets: [] }],
    [
      'rouge-l',
      'a',
      'b c d',
      { key: 'too-long', title: 'more than twice as long', facets: [], cause: 'hallucinated-reasoning' },
    ],
    ['json', { a: 1, b: 2 }, null, { key: 'null', title: 'left unanswered', facets: ['a', 'b'] }],
    [
      'json',
      { a: 1, b: 2 },
      'none',
      { key: 'no-json', title: 'no JSON', facets: ['a', 'b'], cause: 'missing-constraint' },
    ],
    [
      'json',
      { a: 1, b: 2 },
      { a: 1 },
      { key: 'missing b', title: '"b" missing', facets: ['b'], cause: 'missing-constraint' },
    ],
    [
      'json',
      { a: 1, b: 2 },
      { a: 1, b: 3 },
      { key: 'wrong b', title: 'another "b"', facets: ['b'], cause: 'wrong-assumption' },
    ],
    [
      'json',
      { a: 1 },
      { a: 1, b: [3] },
      { key: 'extra b[]', title: '"b[]" where there is none', facets: ['b[]'], cause: 'hallucinated-reasoning' },
    ],
    // A calculation in a field is no way to the answer.
    [
      'json',
      { a: '2 + 2 = 5' },
      { a: '2 + 2 = 6' },
      { key: 'wrong a', title: 'another "a"', facets: ['a'], cause: 'wrong-assumption' },
    ],
  ])('by %s: %j answered with %j', (checker, expected, answer, pattern) => {
    expect(kind(checker).pattern(out(expected), answer === null ? null : out(answer))).toEqual(pattern);
  });

  test('by a pattern that it was to be written in', () => {
    const regex = kind('regex', { pattern: '[0-9]+' });
    expect(regex.pattern(out('7'), out('seven'))).toEqual({
      key: 'no-match',
      title: 'not as the pattern wants it',
      facets: [],
      cause: 'missing-constraint',
    });
    expect(regex.pattern(out('7'), out('8'))).toEqual({
      key: 'other-match',
      title: 'another match of the pattern',
      facets: [],
    });
  });

  test('by a schema, with the place that does not fit', () => {
    const told = (answer: NonNullable<Json>) => kind('json', schema).pattern(out({ 'a/b': [1] }), out(answer));
    expect(told({ 'a/b': [1, 'x'] })).toEqual({
      key: 'unfit type a/b[]',
      title: 'does not fit the schema: "a/b[]" must be integer',
      facets: ['a/b[]'],
      cause: 'missing-constraint',
    });
    expect(told([1])).toEqual({
      key: 'unfit type ',
      title: 'does not fit the schema: must be object',
      facets: ['a/b[]'],
      cause: 'missing-constraint',
    });
    expect(told({ 'a/b': ['x'.repeat(200_000)] })).toMatchObject({
      key: 'unfit size ',
      title: expect.stringContaining('does not fit the schema: must not be longer than 200000 characters'),
    });
    expect(told({ 'a/b': [2] }).key).toBe('wrong a/b[]');
  });
});

describe('a right output', () => {
  const problem = (checker: string, value: NonNullable<Json>, options = {}) =>
    kind(checker, options).problem(task(checker, options), '', out(value));

  test('can be held against anything that its check can read', () => {
    for (const [checker, value] of [
      ['exact', ''],
      ['judge', ''],
      ['rouge-l', ''],
      ['numeric', 'it is 7'],
      ['json', '[]'],
      ['json', '```json\n{"a": 1}\n```'],
    ] as const)
      expect(problem(checker, value)).toBeNull();
    expect(problem('regex', 'no 7', { pattern: '[0-9]' })).toBeNull();
    expect(problem('json', { 'a/b': [1] }, schema)).toBeNull();
  });

  test('is refused else, with what to do', () => {
    const another = 'create the model with another';
    expect(problem('numeric', 'seven')).toEqual({
      reason: 'the right output holds no number',
      mend: `write one, or ${another} --checker`,
    });
    expect(problem('json', 'seven')).toEqual({
      reason: 'the right output is no JSON object or list',
      mend: `write JSON, or ${another} --checker`,
    });
    expect(problem('json', 'seven', schema)?.reason).toBe('the right output is no JSON object or list');
    expect(problem('regex', 'seven', { pattern: '[0-9]' })).toEqual({
      reason: 'the pattern finds nothing in the right output',
      mend: `write it as the pattern wants it, or ${another} --pattern`,
    });
    expect(problem('json', { 'a/b': 'x' }, schema)).toEqual({
      reason: 'the right output does not fit the schema: "a/b" must be array',
      mend: `correct it, or ${another} --schema`,
    });
    expect(problem('json', [1], schema)?.reason).toBe('the right output does not fit the schema: must be object');
  });

  test('of a model is read from what a language model writes, and is none where it cannot be right', () => {
    const read = (checker: string, value: Json) => kind(checker).written?.read(task(checker), '', value);
    expect(read('exact', 'seven')).toBe('seven');
    expect(read('exact', null)).toBeNull();
    expect(read('numeric', 'seven')).toBeNull();
    expect(read('json', '{"a": 1}')).toEqual({ a: 1 });
    expect(read('exact', '{"a": 1}')).toBe('{"a": 1}');
    expect(read('json', 'seven')).toBeNull();
    expect(kind('json').written?.schema(task('json'))).toEqual({ type: ['object', 'array', 'null'] });
    expect(kind('exact').written?.schema(task('exact'))).toEqual({ type: ['string', 'null'] });
    expect(kind('exact').written?.words).toContain('the right answer in full');
  });
});

describe('an answer', () => {
  test('is shown in a line, its reasoning left out and its end where it is long', () => {
    const { show } = kind('exact');
    expect(show(null)).toBe('no answer');
    expect(show(out(' It is\n\n 7. '))).toBe('It is 7.');
    expect(show(out({ a: [1, null] }))).toBe('{"a":[1,null]}');
    expect(show(out({ reasoning: '3 + 4', answer: '7' }))).toBe('7');
    expect(show(out('x'.repeat(200)))).toBe('x'.repeat(200));
    expect(show(out('x'.repeat(201)))).toBe(`${'x'.repeat(200)}…`);
  });

  test('is read as it is written; JSON in a text is JSON where fields are compared', () => {
    const read = (checker: string, value: unknown) => kind(checker).read?.(task(checker), value);
    const known = (output: Json, note: string | null = null) => ({ kind: 'known', output, note });
    const asText = 'numbers and booleans read as texts';
    for (const value of [7, true, 7n]) expect(read('exact', value)).toEqual(known(String(value), asText));
    expect(read('exact', '{"a": 1}')).toEqual(known('{"a": 1}'));
    expect(read('json', '{"a": 1}')).toEqual(known({ a: 1 }));
    expect(read('json', ' ```JSON\n[1, 2]```')).toEqual(known([1, 2]));
    expect(read('json', '```\n{"a": "```"}\n```')).toEqual(known({ a: '```' }));
    expect(read('json', '```json  {"a": 1}')).toEqual(known({ a: 1 }));
    // No answer is none that is reasoned for.
    expect(kind('json').facets(out({ reasoning: 'so', answer: null }))).toEqual(['answer', 'reasoning']);
    for (const text of ['{"a": 1', '```json\nnone\n```', 'see {"a": 1}', 'json {"a": 1}```', '"a"'])
      expect(read('json', text)).toEqual(known(text));
    const reasoned = { reasoning: 'so', answer: '{"a": 1}' };
    expect(read('json', reasoned)).toEqual(known(reasoned));
    expect(read('exact', null)).toEqual({
      kind: 'unusable',
      reason: 'no text and no JSON',
      path: null,
      mend: 'write a text; null where the model gave no answer',
    });
  });

  test('is scored by the share that is right, or by fields', () => {
    const grade = (right: boolean) => ({ right, credit: 0, parts: [] });
    const share = kind('exact').score([grade(true), grade(false), grade(false), grade(false)]);
    expect(share).toMatchObject({ metric: 'share right', value: 0.25 });
    expect(share.lower).toBeCloseTo(0.0456, 3);
    expect(share.upper).toBeCloseTo(0.6994, 3);
    expect(kind('exact').score([])).toMatchObject({ metric: 'share right', value: 0 });
    const fields = kind('json');
    const graded = fields.grade(out({ a: 1, b: 2, c: 3 }), out({ a: 1, b: 3, d: 4 }));
    const score = fields.score([graded]);
    expect(score.metric).toBe('field F1');
    expect(score.value).toBeCloseTo(2 / 6, 10);
    expect(score.lower).toBeLessThan(2 / 6);
    expect(score.lower).toBeGreaterThan(0);
    expect(score.upper).toBeGreaterThan(2 / 6);
    const half = fields.score([fields.grade(out({ a: 1, b: 2 }), out({ a: 1 }))]);
    expect(half.value).toBeCloseTo(2 / 3, 10);
    expect(fields.score([])).toEqual({ metric: 'field F1', value: 0, lower: 0, upper: 1 });
    expect(fields.score([fields.grade(out('x'), out('x'))])).toEqual({
      metric: 'field F1',
      value: 1,
      lower: 0,
      upper: 1,
    });
  });

  test('that is partly right has a part of the credit, and one that is right all of it', () => {
    expect(kind('rouge-l').grade(out('a b c d'), out('a b c e'))).toEqual({ right: true, credit: 1, parts: [] });
    expect(kind('rouge-l').grade(out('a b c d'), out('a b e f'))).toEqual({ right: false, credit: 0.5, parts: [] });
    expect(kind('rouge-l').grade(out('?'), out('a'))).toMatchObject({ right: false, credit: 0 });
    expect(kind('exact').grade(out('a'), out('a b'))).toEqual({ right: false, credit: 0, parts: [] });
    expect(kind('json').grade(out('x'), out('x'))).toMatchObject({ right: true, credit: 1 });
    expect(kind('json').grade(out({ a: 1 }), null)).toEqual({
      right: false,
      credit: 0,
      parts: [{ facet: 'a', tp: 0, fp: 0, fn: 1 }],
    });
  });
});

describe('a kind of generation', () => {
  const words = { facet: 'field', facets: 'fields' };

  test('speaks of fields where they are compared, and of answers else', () => {
    expect(kind('exact').words).toEqual({ ...words, output: '"answer"' });
    expect(kind('json').words).toEqual({
      ...words,
      output: '{"field": "value"}',
      parts: { one: 'field', several: 'fields', metric: 'field F1' },
    });
    expect([kind('exact').kind, kind('exact').anchored]).toEqual(['generation', true]);
  });

  test('names every cause but those of labels and entities, and has no labels and no variants', () => {
    const { causes, knownFacets, variants } = kind('exact');
    const others = rootCauseSchema.options.filter((cause) => !/label|alarm|entity|type|boundary/.test(cause));
    expect([...causes].sort()).toEqual([...others].sort());
    expect(knownFacets(task('exact'))).toEqual([]);
    expect(variants('a text', out('yes'), 3)).toEqual([]);
  });

  test('has one key for no answer, whatever is checked', () => {
    expect(kind('json').key(null)).toBe(kind('exact').key(null));
    expect(kind('exact').key(out('null'))).not.toBe(kind('exact').key(null));
  });
});

describe('limits', () => {
  test('keep an answer from taking long: words, figures, characters and fields beyond are not read', () => {
    const words = 'w '.repeat(1_000);
    expect(kind('rouge-l').grade(out(`${words}x`), out(`${words}y z`)).right).toBe(true);
    expect(kind('numeric').grade(out('7'), out(`7${' '.repeat(3_999)}`)).right).toBe(true);
    expect(kind('numeric').grade(out('7'), out(`7${' '.repeat(4_000)}`)).right).toBe(false);
    const regex = kind('regex', { pattern: '7' });
    expect(regex.grade(out('7'), out(`7${' '.repeat(19_999)}`)).right).toBe(true);
    expect(regex.grade(out('7'), out(`7${' '.repeat(20_000)}`)).right).toBe(false);
    expect(() => kind('regex', { pattern: 'x'.repeat(500) })).not.toThrow();
    expect(kind('json').facets(out({ ['n'.repeat(300)]: 1 }))).toEqual(['n'.repeat(200)]);
    const many = Object.fromEntries(Array.from({ length: 1_200 }, (_, at) => [`f${at}`, at]));
    expect(kind('json').facets(out(many))).toHaveLength(1_000);
  });
});

describe('a task that cannot be', () => {
  const refused = (options: Readonly<Record<string, string>>) => () => generationSpecFrom({ options });

  test.each([
    [{ checker: 'regex' }, '--checker regex has no --pattern.', 'Give both, for example: --checker regex --pattern'],
    [{ checker: 'json', pattern: 'a' }, '--pattern is given without --checker regex.', 'Give both'],
    [{ checker: 'exact', schema: '{}' }, '--schema is given without --checker json.', 'Add --checker json.'],
    [{ checker: 'regex', pattern: '(' }, '--pattern "(" is no pattern: ', 'Write it in the syntax of RE2'],
    [
      { checker: 'regex', pattern: 'x'.repeat(501) },
      `--pattern "${'x'.repeat(80)}" is longer than 500 characters.`,
      'RE2',
    ],
    [
      { checker: 'json', schema: '{' },
      'The JSON Schema of --schema is no JSON.',
      'Give a file with a JSON Schema (2020-12)',
    ],
    [{ checker: 'json', schema: '[]' }, 'The JSON Schema of --schema is no JSON object.', 'Give a file'],
    [{ checker: 'json', schema: '{"$async": true}' }, 'The JSON Schema of --schema has "$async".', 'Give a file'],
    [
      { checker: 'json', schema: '{"type": "thing"}' },
      'The JSON Schema of --schema is none that can be used: ',
      'Give a file',
    ],
  ])('is refused with what to do: %j', (options, message, mend) => {
    expect(refused(options)).toThrow(
      expect.objectContaining({
        name: 'InvalidInput',
        message: expect.stringContaining(message),
        mend: expect.stringContaining(mend),
      }),
    );
  });

  test('is checked by equal texts where nothing is chosen', () => {
    expect(generationSpecFrom({})).toEqual({ kind: 'generation', checker: 'exact' });
  });
});
