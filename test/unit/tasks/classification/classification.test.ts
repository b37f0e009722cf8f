import { describe, expect, test } from 'vitest';
import { asOutput, outputSchema } from '../../../../shared/domain/base/output.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { labelOrNull } from '../../../helpers/outputs.ts';

const task = classificationTask(['spam', 'ham', 'spam']);
const ham = labelOutput('ham');
const spam = labelOutput('spam');

describe('classification', () => {
  test('has outputs that are labels in storage, and opens no other', () => {
    expect(JSON.stringify({ output: ham })).toBe('{"output":"ham"}');
    expect(classification.output.parse('  ham ')).toBe(ham);
    expect(classification.output.safeParse({ label: 'ham' }).success).toBe(false);
    expect(() => labelOf(asOutput({ label: 'ham' }))).toThrow(TypeError);
    expect([labelOrNull(null), labelOrNull(spam)]).toEqual([null, 'spam']);
  });

  test('knows its labels, sorted and once', () => {
    expect(classification.knownFacets(task)).toEqual(['ham', 'spam']);
    expect(classification.problem(task, '', ham)).toBeNull();
    expect(classification.problem(task, '', labelOutput('eggs'))).toEqual({
      reason: 'label "eggs" is not one of the model\'s 2',
      mend: 'use one of the labels that "ratchet labels MODEL" lists, or add it',
      unknown: ['eggs'],
    });
  });

  test('is one task of given labels and those of examples, two at least', () => {
    expect(classification.specFrom({ labels: [' eggs '], outputs: [spam, ham, spam] })).toEqual(
      classificationTask(['eggs', 'ham', 'spam']),
    );
    expect(() => classification.specFrom({ labels: ['one'], outputs: [] })).toThrow(/at least two labels/);
    expect(() => classification.specFrom({ labels: [''], outputs: [spam] })).toThrow(/cannot be a label/);
  });

  test('grades an answer as right or wrong, with what was missed and what was said instead', () => {
    expect(classification.grade(ham, ham)).toEqual({
      right: true,
      credit: 1,
      parts: [{ facet: 'ham', tp: 1, fp: 0, fn: 0 }],
    });
    expect(classification.grade(ham, spam)).toMatchObject({
      right: false,
      parts: [
        { facet: 'ham', fn: 1 },
        { facet: 'spam', fp: 1 },
      ],
    });
    expect(classification.grade(ham, null)).toMatchObject({ right: false, parts: [{ facet: 'ham', fn: 1 }] });
  });

  test('scores by accuracy', () => {
    const grades = [classification.grade(ham, ham), classification.grade(ham, spam)];
    expect(classification.score(grades)).toMatchObject({ metric: 'accuracy', value: 0.5 });
    expect(classification.score([])).toEqual({ metric: 'accuracy', value: 0, lower: 0, upper: 1 });
  });

  test('names a pattern by the pair of labels, and no answer by none', () => {
    expect(classification.pattern(ham, spam)).toEqual({
      key: '["ham","spam"]',
      title: '"ham" answered as "spam"',
      facets: ['ham'],
    });
    expect(classification.pattern(ham, null).key).toBe('["ham",null]');
    expect(classification.key(null)).not.toBe(classification.key(ham));
  });

  test('varies a text and keeps its label', () => {
    const variants = classification.variants('please check my balance', ham, 2);
    expect(variants).toHaveLength(2);
    expect(variants.map(({ output }) => output)).toEqual([ham, ham]);
  });
});

test('an output within a payload may be anything but nothing', () => {
  expect(['ham', 0, false, [], {}].map((value) => outputSchema.safeParse(value).success)).toEqual(Array(5).fill(true));
  expect([null, undefined].map((value) => outputSchema.safeParse(value).success)).toEqual([false, false]);
});
