import { describe, expect, it } from 'vitest';
import type { Json } from '../../../../shared/domain/base/json.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { entityF1 } from '../../../../shared/tasks/extraction/entity-score.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import {
  extractionSpecFrom,
  extractionSpecSchema,
  withTypes,
} from '../../../../shared/tasks/extraction/extraction-spec.ts';
import { writtenEntities } from '../../../../shared/tasks/extraction/written-entities.ts';

const task = extractionSpecFrom({ labels: ['city', 'dish'], outputs: [] });
const read = (input: string, written: Json) => writtenEntities.read(task, input, written);
const many = (count: number) => Array.from({ length: count }, (_, at) => `type ${at}`);

describe('entities as a language model writes them', () => {
  it('are found by their words, the same words in the order in which they stand', () => {
    const written = ['Rome', 'Paris', 'Rome'].map((text) => ({ label: 'city', text }));
    expect(read('Rome to Paris, Rome', written)).toEqual([
      { label: 'city', start: 0, end: 4, text: 'Rome' },
      { label: 'city', start: 8, end: 13, text: 'Paris' },
      { label: 'city', start: 15, end: 19, text: 'Rome' },
    ]);
    expect(read('Rome', [])).toEqual([]);
  });

  it('are none where words do not stand in the text, or not so often, or there is no list', () => {
    expect(read('Rome', [{ label: 'city', text: 'Paris' }])).toBeNull();
    expect(
      read(
        'Rome',
        [1, 2].map(() => ({ label: 'city', text: 'Rome' })),
      ),
    ).toBeNull();
    expect(read('Rome', [{ label: 'city', text: '' }])).toBeNull();
    expect(read('Rome', null)).toBeNull();
  });

  it('are asked for by the types of the task', () => {
    expect(writtenEntities.schema(task)).toEqual({
      type: ['array', 'null'],
      items: {
        type: 'object',
        properties: { label: { type: 'string', enum: ['city', 'dish'] }, text: { type: 'string' } },
        required: ['label', 'text'],
        additionalProperties: false,
      },
    });
  });
});

describe('an extraction’s task', () => {
  it('refuses overlaps unless it is said otherwise', () => {
    expect(extractionSpecFrom({ labels: ['a'], outputs: [], options: {} }).overlaps).toBe('refused');
    expect(extractionSpecFrom({ labels: ['a'], outputs: [], options: { overlaps: 'allowed' } }).overlaps).toBe(
      'allowed',
    );
    expect(extractionSpecSchema.parse({ kind: 'extraction', labels: ['a'] }).overlaps).toBe('refused');
  });

  it('has its types once each, in order, and 1,000 at most', () => {
    expect(withTypes(task, ['b', 'a', 'b']).labels).toEqual(['a', 'b']);
    expect(withTypes(task, many(1_000)).labels).toHaveLength(1_000);
    expect(() => withTypes(task, many(1_001))).toThrow('There are 1001 types of entities, more than 1000.');
  });

  it('says which type cannot be one', () => {
    expect(() => extractionSpecFrom({ labels: ['a', 'x'.repeat(201)], outputs: [] })).toThrow(
      `${JSON.stringify('x'.repeat(120))} cannot be a type of entity.`,
    );
    expect(extractionSpecFrom({ labels: ['x'.repeat(200)], outputs: [] }).labels).toHaveLength(1);
  });

  it.each([
    ['without a type', [], 'Name them with --labels a,b,…'],
    ['with a type for each entity', many(1_001), 'it should be a type such as "city", not the text of the entity'],
    ['with a text that can be no type', [' '], 'Types have 1 to 200 characters.'],
  ])('that cannot be is refused with what to do: %s', (_what, labels, mend) => {
    expect(() => extractionSpecFrom({ labels, outputs: [] })).toThrow(
      expect.objectContaining({ name: 'InvalidInput', mend: expect.stringContaining(mend) }),
    );
  });
});

describe('an entity F1', () => {
  it('is 1 with nothing known of it where there is no entity to find, and 0 where there is no text', () => {
    expect(entityF1([{ parts: [] }])).toEqual({ metric: 'entity F1', value: 1, lower: 0, upper: 1 });
    expect(entityF1([])).toEqual({ metric: 'entity F1', value: 0, lower: 0, upper: 1 });
  });

  it('has the interval of Wilson’s for the share of true positives', () => {
    const { value, lower, upper } = entityF1([{ parts: [{ facet: 'a', tp: 8, fp: 1, fn: 1 }] }]);
    // Wilson's interval of 8 in 10 is 0.490 to 0.943.
    expect(value).toBeCloseTo(16 / 18, 10);
    expect(lower).toBeCloseTo((2 * 0.49016) / 1.49016, 4);
    expect(upper).toBeCloseTo((2 * 0.94331) / 1.94331, 4);
  });
});

describe('an extraction', () => {
  it('reads a list that stands as JSON in a text', () => {
    const list = [{ label: 'city', start: 0, end: 4 }];
    expect(extraction.output.parse(` ${JSON.stringify(list)}`)).toEqual(list);
    for (const text of ['[', 'city', '{"label": "city"}'])
      expect(extraction.output.safeParse(text).success).toBe(false);
  });

  it('shows entities without text by their place, and line breaks as blanks', () => {
    expect(extraction.show(entitiesOutput([{ label: 'city', start: 3, end: 7 }]))).toBe('city 3–7');
    expect(extraction.show(entitiesOutput([{ label: 'city', start: 0, end: 8, text: 'New\nYork' }]))).toBe(
      'city "New York"',
    );
  });

  it('names all types that the task lacks', () => {
    const named = ['city', 'town', 'lake', 'town'].map((label, at) => ({ label, start: at, end: at + 1 }));
    expect(extraction.problem(task, 'abcd', entitiesOutput(named))).toEqual({
      reason: 'entity 2 has type "town", which is not one of the model\'s 2',
      mend: 'use one of the types that "ratchet labels MODEL" lists, or add it',
      unknown: ['town', 'lake'],
    });
  });

  it('says where an entity does not fit its text', () => {
    const problem = (text: string, ...entities: { start: number; end: number; text?: string }[]) =>
      extraction.problem(task, text, entitiesOutput(entities.map((entity) => ({ label: 'city', ...entity }))));
    expect(problem('Rome', { start: 0, end: 5 })).toEqual({
      reason: 'entity 1 stands at 0 to 5, and the input has 4 characters',
      mend: 'count UTF-16 units from 0; the end is exclusive',
    });
    expect(problem('Rome', { start: 0, end: 4 })).toBeNull();
    expect(problem('Rome', { start: 2, end: 2 })?.reason).toContain('stands at 2 to 2');
    expect(problem('in Rome', { start: 0, end: 4, text: 'Rome' })).toEqual({
      reason: 'entity 1 is "Rome", and at 0 to 4 stands "in R"',
      mend: 'it stands at 3 to 7',
    });
    expect(problem('in Rome', { start: 0, end: 5, text: 'Paris' })?.mend).toBe('the text does not stand in the input');
    expect(problem('in Rome', { start: 3, end: 7 }, { start: 5, end: 6 })).toEqual({
      reason: 'entity 2 overlaps "Rome"',
      mend: 'keep one of the two, or create the model with --overlaps allowed',
    });
    expect(problem('in Rome', { start: 3, end: 5 }, { start: 5, end: 7 })).toBeNull();
  });

  it('has nothing wrong for a pattern where an answer is right', () => {
    const output = entitiesOutput([{ label: 'city', start: 0, end: 4 }]);
    expect(extraction.pattern(output, output)).toEqual({ key: '[]', title: 'nothing wrong', facets: ['city'] });
  });
});
