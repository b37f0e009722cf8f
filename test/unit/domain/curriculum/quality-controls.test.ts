import { describe, expect, test } from 'vitest';
import {
  lengthDistance,
  type QualityRequest,
  qualityControls,
  weightByLabel,
} from '../../../../shared/domain/curriculum/quality-controls.ts';
import type { QualityControl } from '../../../../shared/domain/models/dataset.ts';
import type { Example } from '../../../../shared/domain/models/example.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { text } from './records.ts';

function example(number: number, output: string, changes: Partial<Example> = {}): Example {
  return {
    exampleId: `e${number}`,
    input: text(output, number),
    output: labelOutput(output),
    weight: 1,
    slice: 'gold',
    provenance: { kind: 'file', line: 1 },
    folds: [],
    ...changes,
  };
}
const some = (count: number, output: string, changes: Partial<Example> = {}, from = 0): Example[] =>
  Array.from({ length: count }, (_, at) => example(from + at, output, changes));

function controls(changes: Partial<QualityRequest>): Map<string, QualityControl> {
  const request: QualityRequest = {
    examples: [...some(60, 'a'), ...some(60, 'b', {}, 100)],
    hardGold: 10,
    hardNegatives: 10,
    failingInputs: ['one two three four'],
    labels: ['a', 'b'],
    kind: classification,
    nearDuplicatesPerGroup: 3,
    ...changes,
  };
  return new Map(qualityControls(request).map((control) => [control.name, control]));
}
const short = (control: QualityControl | undefined): [string | undefined, boolean | undefined] => [
  control?.measured,
  control?.met,
];

describe('a task whose outputs name texts', () => {
  const naming = (name: string, at: number): Example => {
    const output = entitiesOutput([{ label: 'city', start: 3, end: 3 + name.length }]);
    return { ...example(at, 'a'), input: `to ${name} ${at}`, output };
  };
  const repeated = (names: readonly string[]) =>
    controls({ examples: names.map(naming), labels: ['city'], kind: extraction }).get('repeated-mentions');

  test('has one text at most three times, whatever its case', () => {
    expect(repeated(['Rome', 'Oslo', 'Rome', 'rome'])).toMatchObject({
      measured: '0 of 2 texts stand more often',
      met: true,
    });
    expect(repeated(['Rome', 'Oslo', 'Rome', 'rome', 'ROME'])).toEqual({
      name: 'repeated-mentions',
      wanted: 'each text of one entity type at most 3 times',
      measured: '1 of 2 texts stand more often, most often "Rome", 4 times',
      met: false,
    });
  });

  test('is told of by the text that stands most often, of several by the alphabet', () => {
    const most = (...names: string[]) => repeated(names)?.measured;
    const many = (name: string, count: number) => Array.from({ length: count }, () => name);
    expect(most(...many('Oslo', 4), ...many('Rome', 5), ...many('Bern', 3))).toBe(
      '2 of 3 texts stand more often, most often "Rome", 5 times',
    );
    expect(most(...many('Rome', 4), ...many('Oslo', 4))).toContain('most often "Oslo", 4 times');
  });

  test('only', () => {
    expect(controls({}).has('repeated-mentions')).toBe(false);
  });
});

describe('qualityControls', () => {
  test('are those of the paper, each with what is wanted and what was measured', () => {
    expect([...controls({}).values()]).toEqual([
      {
        name: 'hard-negative-each',
        wanted: 'one hard negative for each hard gold example',
        measured: '10 hard negatives, 10 hard gold examples',
        met: true,
      },
      { name: 'label-ratio', wanted: 'no label weighs more than 3 × another', measured: '1.00 ×', met: true },
      {
        name: 'input-lengths',
        wanted: "deciles of length within 25 % of the failing traces' median",
        measured: '0 % on average',
        met: true,
      },
      {
        name: 'surface-patterns',
        wanted: '3 or more patterns for each label',
        measured: '60 at least, 60 in the middle; 0 labels below',
        met: true,
      },
      {
        name: 'near-duplicates',
        wanted: 'at most 3 of one label in a group of near-duplicates',
        measured: '1 at most',
        met: true,
      },
      {
        name: 'size',
        wanted: '100 to 200 examples, more where there are more labels or traces',
        measured: '120 examples',
        met: true,
      },
    ]);
  });

  test('miss a hard negative for a hard gold example', () => {
    expect(controls({ hardNegatives: 9 }).get('hard-negative-each')?.met).toBe(false);
  });

  test('measure the label ratio in weights, up to exactly 3, and name labels without an example', () => {
    const ratio = (weight: number, labels = ['a', 'b']): unknown =>
      short(controls({ examples: [...some(10, 'a', { weight }), ...some(10, 'b')], labels }).get('label-ratio'));
    expect(ratio(3)).toEqual(['3.00 ×', true]);
    expect(ratio(3.1)).toEqual(['3.10 ×', false]);
    expect(ratio(1, ['a', 'b', 'c', 'd'])).toEqual(['1.00 ×, 2 labels without an example', false]);
  });

  test('compare the lengths of gold and hard negatives with those of failures, and let replay be', () => {
    const lengths = (failing: string[], examples: Example[]): unknown =>
      short(controls({ failingInputs: failing, examples }).get('input-lengths'));
    expect(lengths(['1 2 3 4 5'], some(10, 'a'))).toEqual(['20 % on average', true]);
    expect(lengths(['1 2 3'], some(10, 'a'))).toEqual(['33 % on average', false]);
    expect(lengths(['1 2 3 4', '1 2 3 4'], some(10, 'a', { input: '1 2 3 4 5' }))).toEqual(['25 % on average', true]);
    expect(lengths(['1 2 3'], [...some(3, 'a', { input: '1 2 3' }), ...some(9, 'a', { slice: 'replay' })])).toEqual([
      '0 % on average',
      true,
    ]);
    expect(lengths([], some(10, 'a'))).toEqual(['no failing trace to compare with', true]);
  });

  test('count surface patterns a label as groups of near-duplicates', () => {
    const alike = (word: string): Partial<Example> => ({ input: `one two three four five six seven eight ${word}` });
    const examples = [...some(3, 'a'), ...some(4, 'b', {}, 10), example(20, 'c', alike('x')), ...some(5, 'd', {}, 30)];
    const patterns = (more: Example[], labels = ['a', 'b', 'c', 'd']): unknown =>
      short(controls({ examples: [...examples, ...more], labels }).get('surface-patterns'));
    expect(patterns([])).toEqual(['1 at least, 4 in the middle; 1 label below', false]);
    expect(patterns([example(21, 'c', alike('y')), example(22, 'c', alike('z'))])).toEqual([
      '1 at least, 4 in the middle; 1 label below',
      false,
    ]);
    expect(patterns(some(2, 'c', {}, 40))).toEqual(['3 at least, 4 in the middle; 0 labels below', true]);
    expect(patterns(some(2, 'c', {}, 40), ['a', 'b', 'c', 'd', 'e'])).toEqual([
      '3 at least, 4 in the middle; 0 labels below',
      false,
    ]);
    expect(short(controls({ examples: [], labels: [] }).get('surface-patterns'))).toEqual([
      '0 at least, 0 in the middle; 0 labels below',
      true,
    ]);
  });

  test('count the largest group of near-duplicates with one label', () => {
    const alike = (at: number, output: string): Example =>
      example(at, output, { input: `one two three four five six seven eight ${at}` });
    const largest = (...outputs: string[]): unknown =>
      short(
        controls({ examples: [...some(5, 'a', {}, 50), ...outputs.map((output, at) => alike(at, output))] }).get(
          'near-duplicates',
        ),
      );
    expect(largest('a', 'a', 'a', 'b')).toEqual(['3 at most', true]);
    expect(largest('a', 'a', 'b', 'a', 'a')).toEqual(['4 at most', false]);
    expect(largest()).toEqual(['1 at most', true]);
  });

  test('speak of facets in the words of the kind', () => {
    const entities = { ...classification, words: { facet: 'entity type', facets: 'entity types', output: '{}' } };
    const texts = [...controls({ kind: entities, labels: ['a', 'b', 'c'] }).values()].map(
      ({ wanted, measured }) => `${wanted}; ${measured}`,
    );
    expect(texts.join('\n')).not.toMatch(/label/);
    expect(texts[1]).toBe('no entity type weighs more than 3 × another; 1.00 ×, 1 entity type without an example');
  });

  test('want a hundred examples', () => {
    expect(short(controls({ examples: some(100, 'a') }).get('size'))).toEqual(['100 examples', true]);
    expect(short(controls({ examples: some(99, 'a') }).get('size'))).toEqual(['99 examples', false]);
  });
});

describe('weightByLabel', () => {
  test('sums the weights of each label that has examples', () => {
    expect([
      ...weightByLabel([...some(2, 'b', { weight: 0.5 }), ...some(3, 'a', { weight: 2 })], classification),
    ]).toEqual([
      ['b', 1],
      ['a', 6],
    ]);
  });
});

describe('lengthDistance', () => {
  test('is the mean difference of deciles, as a fraction of the failing median', () => {
    const ofLengths = (...lengths: number[]): string[] =>
      lengths.map((length) => Array.from({ length }, (_, at) => `w${at}`).join(' '));
    expect(lengthDistance(ofLengths(1, 11), ofLengths(6))).toBeCloseTo(((4 + 3 + 2 + 1) * 2) / 9 / 6, 12);
    expect(lengthDistance(ofLengths(11, 1), ofLengths(6))).toBeCloseTo(((4 + 3 + 2 + 1) * 2) / 9 / 6, 12);
    expect(lengthDistance(ofLengths(4), ofLengths(1, 2, 3))).toBeCloseTo(
      [1.2, 1.4, 1.6, 1.8, 2, 2.2, 2.4, 2.6, 2.8].reduce((sum, length) => sum + 4 - length, 0) / 9 / 2,
      12,
    );
    expect(lengthDistance(ofLengths(3, 1, 2), ofLengths(2, 3, 1))).toBe(0);
    expect(lengthDistance(ofLengths(3, 1, 2), ofLengths(1, 2, 3))).toBe(0);
    expect(lengthDistance(ofLengths(3), ['?'])).toBe(3);
    expect(lengthDistance(ofLengths(3), [])).toBeNull();
  });
});
