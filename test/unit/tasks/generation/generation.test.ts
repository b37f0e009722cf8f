import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../shared/domain/base/json.ts';
import type { Output } from '../../../../shared/domain/base/output.ts';
import { kindOf } from '../../../../shared/ports/kind-of.ts';
import { generation } from '../../../../shared/tasks/generation/generation.ts';
import { type GenerationSpec, generationSpecFrom } from '../../../../shared/tasks/generation/generation-spec.ts';
import { taskKinds } from '../../../../shared/tasks/task-kinds.ts';

type CheckerName = GenerationSpec['checker'];

function kindWith(checker: CheckerName, options: Readonly<Record<string, string>> = {}) {
  return kindOf({ task: generationSpecFrom({ options: { checker, ...options } }) }, { tasks: taskKinds });
}
const out = (value: Json): Output => generation.output.parse(value);
const right = (checker: CheckerName, expected: Json, answer: Json | null) =>
  kindWith(checker).grade(out(expected), answer === null ? null : out(answer)).right;

describe('an output of a generation', () => {
  it('is a text or JSON, and nothing is none', () => {
    for (const value of ['', 'a text', 3, { a: [1, null] }, [], false])
      expect(generation.output.safeParse(value).success).toBe(true);
    for (const value of [null, undefined, () => 1, Number.NaN])
      expect(generation.output.safeParse(value).success).toBe(false);
  });

  it('may have its reasoning apart, which is no part of what is checked', () => {
    const reasoned = { reasoning: 'Five and two.', answer: '7' };
    expect(right('exact', '7', reasoned)).toBe(true);
    expect(right('exact', reasoned, '7')).toBe(true);
    expect(generation.key(out(reasoned))).toBe(generation.key(out('7')));
    // Another object is an answer as a whole.
    expect(right('exact', '7', { ...reasoned, more: 1 })).toBe(false);
  });

  it('reads numbers and booleans as texts, and says so', () => {
    expect(kindWith('exact').read?.(null, 42)).toMatchObject({ kind: 'known', output: '42', note: expect.any(String) });
    expect(kindWith('exact').read?.(null, 'yes')).toMatchObject({ kind: 'known', output: 'yes', note: null });
    expect(kindWith('exact').read?.(null, undefined)).toMatchObject({ kind: 'unusable' });
  });

  it('no answer is wrong for every checker, and is not the empty text', () => {
    for (const checker of ['exact', 'numeric', 'json', 'rouge-l'] as const) {
      expect(kindWith(checker).grade(out({ a: 1 }), null)).toMatchObject({ right: false, credit: 0 });
      expect(kindWith(checker).key(null)).not.toBe(kindWith(checker).key(out('')));
    }
  });
});

describe('the check "exact"', () => {
  it('leaves case, blanks and Unicode form aside', () => {
    expect(right('exact', 'Café  in Rome', 'café in rome\n')).toBe(true);
    expect(right('exact', 'Café in Rome', 'Cafe in Rome')).toBe(false);
  });
});

describe('the check "numeric"', () => {
  it('compares the last number of both', () => {
    expect(right('numeric', '#### 1,234', 'She pays 3 * 400 = 1200, and 34 more: $1234.00.')).toBe(true);
    expect(right('numeric', '18', '<<16-3-4=9>>9 eggs, 9 * 2 = $18 a day')).toBe(true);
    expect(right('numeric', '18', 'It is 18. No, 19.')).toBe(false);
    expect(right('numeric', '-5', 'minus: −5')).toBe(true);
    expect(right('numeric', '4', 'rooms 3-4')).toBe(true);
    expect(right('numeric', '0', '-0')).toBe(true);
    expect(right('numeric', '0.5', 'about .5')).toBe(true);
  });

  it('needs a number to compare with', () => {
    const kind = kindWith('numeric');
    const task = generationSpecFrom({ options: { checker: 'numeric' } });
    expect(kind.problem(task, '', out('none'))?.reason).toContain('no number');
    expect(kind.problem(task, '', out('7 eggs'))).toBeNull();
  });

  it('tells a wrong calculation from another number and from none', () => {
    const cause = (answer: Json) => kindWith('numeric').pattern(out('9'), out(answer));
    expect(cause('16 - 3 - 4 = 10, so 10')).toMatchObject({ key: 'calculation', cause: 'calculation-error' });
    expect(cause({ reasoning: '3 * 4 = 13', answer: '13' })).toMatchObject({ cause: 'calculation-error' });
    expect(cause('16 - 3 = 13, so 13')).toMatchObject({ key: 'other-number' });
    expect(cause('I do not know')).toMatchObject({ key: 'no-number', cause: 'missing-constraint' });
  });

  it('reads millions of figures in no time', () => {
    const long = `${'1'.repeat(200_000)} ${'1,'.repeat(200_000)} 7`;
    expect(right('numeric', '7', long)).toBe(true);
  });
});

describe('the check "json"', () => {
  const expected = { intent: 'PlayMusic', slots: [{ name: 'artist', value: 'Nina Simone' }], count: 2 };

  it('is right where all fields are, whatever their order and form', () => {
    expect(
      right('json', expected, { count: 2, slots: [{ value: 'nina  simone', name: 'artist' }], intent: 'PlayMusic' }),
    ).toBe(true);
    expect(right('json', expected, `\`\`\`json\n${JSON.stringify(expected)}\n\`\`\``)).toBe(true);
    expect(right('json', expected, { ...expected, count: '2' })).toBe(false);
    expect(right('json', expected, { ...expected, more: null })).toBe(false);
    for (const empty of [{}, []]) expect(right('json', expected, { ...expected, more: empty })).toBe(false);
    expect(right('json', expected, 'PlayMusic')).toBe(false);
  });

  it('counts fields, by name', () => {
    const { credit, parts } = kindWith('json').grade(out(expected), out({ ...expected, count: 3, more: 1 }));
    expect(credit).toBeCloseTo((2 * 3) / (4 + 5));
    expect(parts).toEqual([
      { facet: 'count', tp: 0, fp: 1, fn: 1 },
      { facet: 'intent', tp: 1, fp: 0, fn: 0 },
      { facet: 'more', tp: 0, fp: 1, fn: 0 },
      { facet: 'slots[].name', tp: 1, fp: 0, fn: 0 },
      { facet: 'slots[].value', tp: 1, fp: 0, fn: 0 },
    ]);
    expect(kindWith('json').facets(out(expected))).toEqual(['count', 'intent', 'slots[].name', 'slots[].value']);
    const nothing = kindWith('json').grade(out(expected), null);
    expect(nothing.parts.reduce((sum, { fn }) => sum + fn, 0)).toBe(4);
  });

  it('names the first field that is wrong', () => {
    const key = (answer: Json) => kindWith('json').pattern(out(expected), out(answer)).key;
    const { count: _count, ...without } = expected;
    expect(key(without)).toBe('missing count');
    expect(key({ ...expected, intent: 'x' })).toBe('wrong intent');
    expect(key({ ...expected, zeal: 1 })).toBe('extra zeal');
    expect(key('no JSON')).toBe('no-json');
  });

  it('tells apart what differs, and is equal to itself, whatever it is', () => {
    const kind = kindWith('json');
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (fields) => {
        const value = out(fields as Json);
        expect(kind.grade(value, value)).toMatchObject({ right: true, credit: 1 });
        const more = out({ ...fields, '\u0000own': 1 } as Json);
        expect(kind.same(value, more)).toBe(false);
        expect(kind.key(value) === kind.key(more)).toBe(false);
      }),
    );
  });

  it('is not fooled by names such as __proto__, and bears deep nesting', () => {
    const odd = JSON.parse('{"__proto__": {"a": 1}, "constructor": 2}');
    // A field of that name is no data of anybody's, and is left out.
    expect(kindWith('json').facets(out(odd))).toEqual(['constructor']);
    expect(Object.getPrototypeOf(out(odd))).toBe(Object.prototype);
    const deep = JSON.parse(`${'['.repeat(3_000)}1${']'.repeat(3_000)}`);
    expect(right('json', '[]', `${JSON.stringify(deep)}`)).toBe(false);
  });
});

describe('the check "rouge-l"', () => {
  it('is right where most words stand in both in the same order', () => {
    expect(
      right(
        'rouge-l',
        'Print the label and drop the parcel at any shop',
        'Print the label, then drop the parcel at a shop.',
      ),
    ).toBe(true);
    expect(right('rouge-l', 'the cat sat on the mat', 'mat the on sat cat the')).toBe(false);
    const { credit } = kindWith('rouge-l').grade(out('a b c d'), out('a x c y'));
    expect(credit).toBeCloseTo(0.5);
  });

  it('tells too short from too long', () => {
    const key = (answer: string) => kindWith('rouge-l').pattern(out('one two three four five'), out(answer)).key;
    expect([key('one'), key('a b c d e f g h i j k'), key('a b c d e')]).toEqual([
      'too-short',
      'too-long',
      'other-words',
    ]);
  });
});

describe('the check "regex"', () => {
  const found = (pattern: string) => kindWith('regex', { pattern });
  const isRight = (pattern: string, expected: Json, answer: Json) =>
    found(pattern).grade(out(expected), out(answer)).right;

  it('compares what the pattern finds first: its groups, or all of it', () => {
    expect(isRight('#### (-?[0-9]+)', 'so #### 18', '9 + 9 = 18\n#### 18, or #### 19')).toBe(true);
    expect(isRight('#### (-?[0-9]+)', '#### 18', '#### 19')).toBe(false);
    expect(isRight('(?i)\\b(yes|no)\\b', 'yes', 'Yes, of course')).toBe(true);
    expect(isRight('[A-Z]{2}[0-9]{4}', 'order AB1234', 'It is ab1234.')).toBe(false);
    expect(isRight('^(a)?(b)?', 'a', 'b')).toBe(false);
    expect(isRight('"queue":"([a-z]+)"', { queue: 'refund' }, '{"queue":"refund"} and more')).toBe(true);
  });

  it('refuses a right output in which it finds nothing, and tells such an answer from another match', () => {
    const kind = found('#### ([0-9]+)');
    const task = generationSpecFrom({ options: { checker: 'regex', pattern: '#### ([0-9]+)' } });
    expect(kind.problem(task, '', out('18'))?.mend).toContain('--pattern');
    expect(kind.problem(task, '', out('#### 18'))).toBeNull();
    expect(kind.pattern(out('#### 18'), out('18'))).toMatchObject({ key: 'no-match', cause: 'missing-constraint' });
    expect(kind.pattern(out('#### 18'), out('#### 19'))).toMatchObject({ key: 'other-match' });
  });

  it('is held up by no pattern and no answer', () => {
    const hostile = 'a'.repeat(19_000);
    for (const pattern of ['(a+)+b', '(a|a)*b', '(a|aa)+b', 'a*a*a*a*a*b', '(.*)*b', '([a-z]+)*[0-9]']) {
      expect(isRight(pattern, 'ab 1', hostile)).toBe(false);
    }
    expect(isRight('(a+)', 'a', 'a'.repeat(3_000_000))).toBe(false);
    expect(isRight('^(.)$', '\ud800', '\ud800')).toBe(true);
  });

  it('refuses what is no pattern, or none whose time is bounded', () => {
    for (const pattern of ['(', '(a)\\1', '(?=a)', '(a{1000}){1000}', 'x'.repeat(501)]) {
      expect(() => found(pattern)).toThrow(/--pattern/);
    }
    expect(() => generationSpecFrom({ options: { checker: 'regex' } })).toThrow('has no --pattern');
    expect(() => generationSpecFrom({ options: { checker: 'json', pattern: 'a' } })).toThrow('without --checker regex');
  });
});

describe('the check "json" by a schema', () => {
  const schema = {
    type: 'object',
    properties: {
      queue: { enum: ['delivery', 'refund'] },
      order: { type: 'string', pattern: '^([A-Z]+)+$' },
      tags: { type: 'array', items: { type: 'string' } },
      next: { $ref: '#' },
    },
    required: ['queue'],
    additionalProperties: false,
  };
  const taskBySchema = () => generationSpecFrom({ options: { checker: 'json', schema: JSON.stringify(schema) } });
  const kindBySchema = () => kindOf({ task: taskBySchema() }, { tasks: taskKinds });
  const expected = out({ queue: 'refund', tags: ['late'] });

  it('is right by field where an answer fits', () => {
    const kind = kindBySchema();
    const task = taskBySchema();
    expect(kind.grade(expected, out({ tags: ['Late'], queue: 'refund' }))).toMatchObject({ right: true, credit: 1 });
    expect(kind.grade(expected, out({ queue: 'delivery', tags: ['late'] }))).toMatchObject({
      right: false,
      credit: 0.5,
    });
    expect(kind.read?.(task, '```json\n{"queue": "refund"}\n```')).toMatchObject({ output: { queue: 'refund' } });
  });

  it('is wrong as a whole where it does not, and says why', () => {
    const kind = kindBySchema();
    const cases: readonly (readonly [Json, string, readonly string[]])[] = [
      [{ queue: 'Refund', tags: ['late'] }, 'unfit enum queue', ['queue']],
      [{ tags: ['late'] }, 'unfit required queue', ['queue']],
      [{ queue: 'refund', tags: ['late', 3] }, 'unfit type tags[]', ['tags[]']],
      [{ queue: 'refund', tags: ['late'], more: 1 }, 'unfit additionalProperties more', ['more']],
      [['refund'], 'unfit type ', ['queue', 'tags[]']],
      ['refund', 'no-json', ['queue', 'tags[]']],
    ];
    for (const [answer, key, facets] of cases) {
      expect(kind.grade(expected, out(answer))).toMatchObject({ right: false, credit: 0 });
      expect(kind.pattern(expected, out(answer))).toMatchObject({ key, facets, cause: 'missing-constraint' });
    }
    expect(kind.pattern(expected, out({ queue: 'x' })).title).toContain('allowed values');
    expect(kind.pattern(expected, out({ queue: 'delivery' })).key).toBe('wrong queue');
  });

  it('refuses right outputs that do not fit', () => {
    const kind = kindBySchema();
    const task = taskBySchema();
    expect(kind.problem(task, '', out({ queue: 'billing' }))?.reason).toContain('"queue" must be equal to one of');
    expect(kind.problem(task, '', expected)).toBeNull();
  });

  it('is held up neither by its patterns nor by deep or large answers', () => {
    const kind = kindBySchema();
    const hostile = out({ queue: 'refund', order: `${'A'.repeat(100_000)}1` });
    expect(kind.grade(expected, hostile).right).toBe(false);
    expect(kind.pattern(expected, hostile).key).toBe('unfit pattern order');
    const deep = `${'{"queue":"refund","next":'.repeat(3_000)}1${'}'.repeat(3_000)}`;
    expect(kind.grade(expected, out(deep)).right).toBe(false);
    expect(kind.grade(expected, out({ queue: 'refund', tags: ['a'.repeat(300_000)] })).credit).toBe(0);
  });

  it('has equal keys only where answers are the same, and is right where they are', () => {
    const kind = kindBySchema();
    const fields = fc.record(
      { queue: fc.constantFrom('refund', 'Refund', ' refund', 'delivery'), tags: fc.constantFrom(['a'], ['A'], [1]) },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(fields, fields, (a, b) => {
        const [one, other] = [out(a as Json), out(b as Json)];
        expect(kind.key(one) === kind.key(other)).toBe(kind.same(one, other));
        expect(kind.grade(one, other).right).toBe(kind.same(one, other));
      }),
    );
  });

  it('refuses what is no schema, names something outside, or belongs to another check', () => {
    const refused = ['{', '[]', '{"type": "thing"}', '{"tpye": "object"}', '{"$ref": "https://example.org/a.json"}'];
    for (const schema of [...refused, '{"pattern": "(?=a)"}', '{"$async": true}'])
      expect(() => generationSpecFrom({ options: { checker: 'json', schema } })).toThrow(/--schema/);
    expect(() => generationSpecFrom({ options: { schema: '{}' } })).toThrow('without --checker json');
  });
});

describe('the check "judge"', () => {
  it('knows equal texts, and leaves others to a judge', () => {
    const kind = kindWith('judge');
    expect(kind.same(out('Yes.'), out(' yes.'))).toBe(true);
    expect(kind.same(out('Yes.'), out('Of course.'))).toBe('undecided');
    expect(kind.grade(out('Yes.'), out('Of course.'))).toMatchObject({ right: false, credit: 0 });
    expect([kind.needsJudge, kindWith('exact').needsJudge]).toEqual([true, undefined]);
    expect(kind.problem(generationSpecFrom({ options: { checker: 'judge' } }), '', out('Yes.'))).toBeNull();
  });
});

describe('every checker', () => {
  it('has equal keys only where answers are the same, and is right where they are', () => {
    const values = fc.oneof(
      fc.string(),
      fc.jsonValue().filter((value) => value !== null),
      fc.constantFrom('7', '7.0', ' 7', '{"a":1}'),
    );
    for (const checker of ['exact', 'numeric', 'json', 'rouge-l'] as const) {
      const kind = kindWith(checker);
      fc.assert(
        fc.property(values, values, (a, b) => {
          const [one, other] = [out(a as Json), out(b as Json)];
          if (kind.key(one) === kind.key(other)) expect(kind.same(one, other)).toBe(true);
          expect(kind.grade(one, other).right).toBe(kind.same(one, other));
          expect(kind.same(one, one)).toBe(true);
          expect(kind.show(one).length).toBeLessThanOrEqual(201);
        }),
      );
    }
  });
});
