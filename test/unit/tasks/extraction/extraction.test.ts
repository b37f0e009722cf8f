import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Entity, entitiesOf, entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { extractionSpecFrom } from '../../../../shared/tasks/extraction/extraction-spec.ts';

const task = extractionSpecFrom({ labels: ['city', 'dish'], outputs: [] });
const input = 'Ramen 😀 in São Paulo, ramen in Rome';

/** The entity that the text's first, or a later, occurrence of a word is. */
function at(text: string, word: string, label: string, from = 0): Entity {
  const start = text.indexOf(word, from);
  return { label, start, end: start + word.length, text: word };
}
const city = at(input, 'São Paulo', 'city');
const rome = at(input, 'Rome', 'city');
const dish = at(input, 'Ramen', 'dish');

describe('an extraction’s output', () => {
  it('is a list of entities, as files have it', () => {
    expect(extraction.output.safeParse([city, dish]).success).toBe(true);
    expect(extraction.output.safeParse([]).success).toBe(true);
    for (const wrong of ['city', null, {}, [{ label: 'city' }], [{ ...city, start: -1 }], [{ ...city, start: 1.5 }]]) {
      expect(extraction.output.safeParse(wrong).success).toBe(false);
    }
  });

  it('is known by labels and places, in whatever order and with or without text', () => {
    const { text: _text, ...bare } = city;
    expect(extraction.key(entitiesOutput([dish, city]))).toBe(extraction.key(entitiesOutput([bare, dish, dish])));
    expect(extraction.same(entitiesOutput([city]), entitiesOutput([rome]))).toBe(false);
    expect(extraction.key(null)).not.toBe(extraction.key(entitiesOutput([])));
  });

  it('is refused with what was probably counted instead of UTF-16 units', () => {
    const problem = (entity: Partial<Entity>) =>
      extraction.problem(task, input, entitiesOutput([{ ...city, ...entity }]));
    expect(problem({})).toBeNull();
    expect(problem({ label: 'town' })?.reason).toContain('"town"');
    expect(problem({ end: 99, text: undefined })?.reason).toContain(`the input has ${input.length} characters`);
    expect(problem({ start: city.start - 1, end: city.end - 1 })?.mend).toContain('count characters');
    const bytes = Buffer.byteLength(input.slice(0, city.start));
    expect(problem({ start: bytes, end: bytes + 10 })?.mend).toContain('count bytes');
    expect(problem({ end: city.end + 1 })?.mend).toBe(`it stands at ${city.start} to ${city.end}`);
    expect(problem({ start: city.start + 3, end: city.end + 3 })?.mend).toBe(
      `it stands at ${city.start} to ${city.end}`,
    );
    expect(problem({ start: 7, end: 9, text: undefined })?.reason).toContain('in half');
  });

  it('may overlap only where the task allows it', () => {
    const nested = entitiesOutput([city, at(input, 'São', 'dish')]);
    expect(extraction.problem(task, input, nested)?.reason).toContain('overlaps "São Paulo"');
    expect(extraction.problem({ ...task, overlaps: 'allowed' }, input, nested)).toBeNull();
  });

  it('counts each entity once, right in label and place or wrong', () => {
    const grade = extraction.grade(entitiesOutput([city, dish]), entitiesOutput([city, { ...dish, label: 'city' }]));
    expect(grade).toMatchObject({ right: false, credit: 0.5 });
    expect(grade.parts).toEqual([
      { facet: 'city', tp: 1, fp: 1, fn: 0 },
      { facet: 'dish', tp: 0, fp: 0, fn: 1 },
    ]);
    expect(extraction.grade(entitiesOutput([]), entitiesOutput([]))).toEqual({ right: true, credit: 1, parts: [] });
    expect(extraction.grade(entitiesOutput([]), null).right).toBe(false);
  });

  it('scores by micro-averaged F1 over all texts', () => {
    const grades = [
      extraction.grade(entitiesOutput([city, dish]), entitiesOutput([city])),
      extraction.grade(entitiesOutput([rome]), entitiesOutput([rome, dish])),
    ];
    // 2 true positives, 1 false positive, 1 false negative.
    expect(extraction.score(grades)).toMatchObject({ metric: 'entity F1', value: 4 / 6 });
    const { lower, upper } = extraction.score(grades);
    expect(lower).toBeLessThan(4 / 6);
    expect(upper).toBeGreaterThan(4 / 6);
    expect(extraction.score([]).value).toBe(0);
  });

  it.each([
    ['"city" missed', [city], [], 'missed-entity'],
    ['"city" where there is none', [], [city], 'spurious-entity'],
    ['"city" answered as "dish"', [city], [{ ...city, label: 'dish' }], 'wrong-type'],
    ['"city" too long', [city], [{ ...city, end: city.end + 1, text: undefined }], 'wrong-boundary'],
    ['"city" too short', [city], [at(input, 'Paulo', 'city')], 'wrong-boundary'],
    [
      '"city" shifted',
      [city],
      [{ ...city, start: city.start + 1, end: city.end + 1, text: undefined }],
      'wrong-boundary',
    ],
    ['"city" split in parts', [city], [at(input, 'São', 'city'), at(input, 'Paulo', 'city')], 'wrong-boundary'],
    ['several "city" taken for one', [at(input, 'São', 'city'), at(input, 'Paulo', 'city')], [city], 'wrong-boundary'],
  ])('has a failure’s first error for a pattern: %s', (title, expected, answered, cause) => {
    expect(extraction.pattern(entitiesOutput(expected), entitiesOutput(answered))).toMatchObject({
      title,
      facets: ['city'],
      cause,
    });
  });

  it('keeps its entities true under every variant', () => {
    const word = fc.constantFrom(
      'pizza',
      'Zürich',
      'กรุงเทพ',
      '寿司',
      '😀😀',
      'wonderful',
      'please',
      'delivery',
      '\u202eabc',
    );
    fc.assert(
      fc.property(fc.array(word, { minLength: 1, maxLength: 12 }), fc.nat(3), (words, every) => {
        const text = words.join(' ');
        let from = 0;
        const entities = words.flatMap((each, index) => {
          const entity = { label: 'city', start: from, end: from + each.length, text: each };
          from = entity.end + 1;
          return index % 4 === every ? [entity] : [];
        });
        for (const variant of extraction.variants(text, entitiesOutput(entities), 3)) {
          expect(extraction.problem(task, variant.input, variant.output)).toBeNull();
          expect(variant.input).not.toBe(text);
          expect(entitiesOf(variant.output).map((entity) => variant.input.slice(entity.start, entity.end))).toEqual(
            entities.map((entity) => entity.text),
          );
        }
      }),
    );
  });

  it('is shown in words', () => {
    expect(extraction.show(entitiesOutput([dish, city]))).toBe('dish "Ramen", city "São Paulo"');
    expect(extraction.show(entitiesOutput([]))).toBe('no entity');
    expect(extraction.show(null)).toBe('no answer');
  });
});

describe('an extraction’s task', () => {
  it('has the types given and those of the examples', () => {
    const spec = extractionSpecFrom({ labels: ['dish'], outputs: [entitiesOutput([city])] });
    expect(spec).toEqual({ kind: 'extraction', labels: ['city', 'dish'], overlaps: 'refused' });
    expect(() => extractionSpecFrom({ labels: [], outputs: [entitiesOutput([])] })).toThrow('at least one type');
    expect(() => extractionSpecFrom({ labels: [' '], outputs: [] })).toThrow('cannot be a type');
  });
});

describe('what an extraction names in its input', () => {
  it('is the text of each entity, whatever is written beside it', () => {
    const marks = extraction.marks?.(entitiesOutput([rome, { ...dish, text: undefined }, city])) ?? [];
    expect(marks.map(({ facet, start, end }) => [facet, input.slice(start, end)])).toEqual([
      ['dish', 'Ramen'],
      ['city', 'São Paulo'],
      ['city', 'Rome'],
    ]);
  });
});
