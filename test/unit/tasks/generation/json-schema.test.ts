import { describe, expect, test } from 'vitest';
import type { Json } from '../../../../shared/domain/base/json.ts';
import { jsonBySchema, readSchema } from '../../../../shared/tasks/generation/checkers/json-schema.ts';

const failure = (schema: Json, expected: Json, answer: Json) => jsonBySchema(schema).pattern(expected, answer);
const isRight = (schema: Json, expected: Json, answer: Json) => jsonBySchema(schema).same(expected, answer);

describe('the place that does not fit', () => {
  const customer: Json = {
    type: 'object',
    properties: {
      customer: {
        type: 'object',
        properties: { name: { type: 'string' }, lines: { type: 'array', items: { type: 'integer' } } },
        required: ['name'],
        additionalProperties: false,
      },
    },
  };
  const expected = { customer: { name: 'Ann', lines: [1] } };

  test.each<[string, Json, string, string]>([
    ['a field within another', { name: 7 }, 'type', 'customer.name'],
    ['a field that is missing', {}, 'required', 'customer.name'],
    ['a field too many', { name: 'Ann', age: 7 }, 'additionalProperties', 'customer.age'],
    ['a field too many that has no name', { name: 'Ann', '': 7 }, 'additionalProperties', 'customer'],
    ['any place of a list', { name: 'Ann', lines: [...Array(10).keys(), 'x'] }, 'type', 'customer.lines[]'],
  ])('is named as fields are: %s', (_what, answer, keyword, field) => {
    expect(failure(customer, expected, { customer: answer })).toMatchObject({
      key: `unfit ${keyword} ${field}`,
      title: expect.stringContaining(`"${field}" must`),
      facets: [field],
      cause: 'missing-constraint',
    });
  });

  test.each(['a~b/c', '2nd', 'line2', '~1'])('keeps the name of a field: %s', (name) => {
    const schema = { properties: { [name]: { type: 'integer' } } };
    expect(failure(schema, { [name]: 1 }, { [name]: 'x' }).facets).toEqual([name]);
  });

  test('is cut where its name is long, and so is what is told of it', () => {
    const name = 'n'.repeat(300);
    const { key, title, facets } = failure({ required: [name] }, { [name]: 1 }, {});
    expect(facets).toEqual([name.slice(0, 200)]);
    expect(key).toBe(`unfit required ${name}`.slice(0, 200));
    expect(title).toMatch(/^does not fit the schema: "n{50,}.*must have required property 'n+$/);
    expect(title).toHaveLength(200);
  });
});

describe('answers held against a schema', () => {
  const queue: Json = { type: 'object', properties: { queue: { type: 'string', pattern: '^[a-z]+$' } } };

  test('are matched with each pattern of it', () => {
    const schema = jsonBySchema({ properties: { a: { pattern: '^x' }, b: { pattern: '^y' } } });
    const reason = (answer: Json) => schema.problem(answer)?.reason ?? null;
    expect(reason({ a: 'x#1#', b: 'y' })).toBeNull();
    expect(reason({ a: 'y', b: 'y' })).toContain('"a" must match pattern "^x"');
    expect(reason({ a: 'x', b: 'x' })).toContain('"b" must match pattern "^y"');
    const named = jsonBySchema({ patternProperties: { '^n_': { type: 'integer' } }, additionalProperties: false });
    expect(named.problem({ n_a: 1 })).toBeNull();
    expect(named.problem({ n_a: 'x' })?.reason).toContain('"n_a" must be integer');
    expect(named.problem({ a: 1 })?.reason).toContain('must NOT have additional properties');
  });

  test('that do not fit are right for none, and the same only where they are to the letter', () => {
    expect(isRight(queue, { queue: 'refund' }, { queue: 'REFUND' })).toBe(false);
    expect(isRight(queue, { queue: 'REFUND' }, { queue: 'Refund' })).toBe(false);
    expect(isRight(queue, { queue: 'REFUND' }, { queue: 'REFUND' })).toBe(true);
    expect(jsonBySchema(queue).credit({ queue: 'refund', more: 1 }, { queue: 7, more: 1 }).credit).toBe(0);
    expect(jsonBySchema(queue).credit({ queue: 'refund', more: 1 }, { queue: 'other', more: 1 }).credit).toBe(0.5);
  });

  test('may have 200,000 characters as JSON, and not one more', () => {
    const answer = (characters: number) => ({ a: 'x'.repeat(characters - '{"a":""}'.length) });
    expect(jsonBySchema({}).problem(answer(200_000))).toBeNull();
    expect(jsonBySchema({}).problem(answer(200_001))?.reason).toContain('longer than 200000 characters');
  });

  test('fit none whose patterns they are too long for, or with very long lists', () => {
    const repeats = jsonBySchema({ properties: { a: { pattern: '\\w{1,400}[.!]' } } });
    expect(repeats.problem({ a: `${'x'.repeat(1_000)}!` })).toBeNull();
    expect(repeats.problem({ a: `${'x'.repeat(100_000)}!` })?.reason).toContain('too long for its patterns');
    const plain = jsonBySchema({ properties: { a: { pattern: '^[x!]+$' } } });
    expect(plain.problem({ a: `${'x'.repeat(190_000)}!` })).toBeNull();
    const different = jsonBySchema({ properties: { a: { uniqueItems: true } } });
    const list = (items: number) => ({ a: Array.from({ length: items }, (_, at) => [at]) });
    expect(different.problem(list(1_000))).toBeNull();
    expect(different.problem(list(5_001))?.reason).toContain('lists of more than 5000');
    expect(different.problem(list(1_000))).toBeNull();
  });

  test('have the fields that are their own', () => {
    const driver = jsonBySchema({ properties: { constructor: { type: 'integer' } } });
    expect(driver.problem({ driver: 'Senna' })).toBeNull();
    expect(jsonBySchema({ required: ['constructor'] }).problem({ driver: 'Senna' })?.reason).toContain('constructor');
  });

  test('fit none that asks for itself without end', () => {
    const endless = jsonBySchema({ allOf: [{ $ref: '#' }] });
    expect(endless.problem({ a: 1 })?.reason).toContain('nested too deep');
    expect(endless.pattern({ a: 1 }, { a: 1 }).key).toBe('unfit size ');
  });
});

describe('a schema', () => {
  test.each<[string, Json, Json]>([
    ['names no type', { properties: { a: { minimum: 1 } } }, { a: 1 }],
    ['tells only the first items of a list', { type: 'array', prefixItems: [{ type: 'string' }] }, ['a', 7]],
    ['wants a field of which it says no more', { type: 'object', required: ['a'] }, { a: 1 }],
    ['has a format, which is not checked', { properties: { a: { type: 'string', format: 'email' } } }, { a: 'x' }],
  ])('can be used that %s', (_what, schema, answer) => {
    expect(readSchema(JSON.stringify(schema))).toEqual(schema);
    expect(jsonBySchema(schema).problem(answer)).toBeNull();
  });

  const refused = (schema: string) => {
    try {
      return readSchema(schema);
    } catch (error) {
      return error;
    }
  };

  test('has patterns as JavaScript writes them', () => {
    const fits = (pattern: string, a: string) =>
      jsonBySchema({ properties: { a: { pattern } } }).problem({ a }) === null;
    expect([fits('^\\u0041[\\u00e0-\\u00ff]$', 'Aé'), fits('^\\u0041$', 'B')]).toEqual([true, false]);
    expect([fits('^(?<year>\\d{4})$', '2026'), fits('^(?<year>\\d{4})$', '26')]).toEqual([true, false]);
  });

  test('with a pattern that cannot be used says which, and where', () => {
    const schema = { properties: { pattern: { properties: { 'a/b': { pattern: '(?=x)y' } } } } };
    expect(refused(JSON.stringify(schema))).toMatchObject({
      name: 'InvalidInput',
      message: expect.stringContaining(
        'a pattern at /properties/pattern/properties/a~1b/pattern that cannot be used: "(?=x)y"',
      ),
      mend: expect.stringContaining('RE2'),
    });
    expect(refused(JSON.stringify({ patternProperties: { '(a)\\1': true } }))).toMatchObject({
      message: expect.stringContaining('at /patternProperties/(a)\\1 that'),
    });
  });

  test('of another draft is told as such', () => {
    expect(refused('{"$schema": "http://json-schema.org/draft-07/schema#"}')).toMatchObject({
      message: expect.stringContaining('draft-07/schema#", and 2020-12 is what is read'),
    });
    expect(readSchema('{"$schema": "https://json-schema.org/draft/2020-12/schema"}')).toBeDefined();
  });

  test('that cannot be used says what was found, in a few lines', () => {
    expect(refused('{')).toMatchObject({ name: 'InvalidInput', cause: expect.any(SyntaxError) });
    expect(refused('{"type": "thing"}')).toMatchObject({ name: 'InvalidInput', cause: expect.any(Error) });
    expect(refused(`{"${'k'.repeat(1_000)}": 1}`)).toMatchObject({ message: expect.stringMatching(/^.{600}$/s) });
  });
});
