import { describe, expect, test } from 'vitest';
import type { LabelChange } from '../../../../shared/domain/base/label-change.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import {
  classificationSpecFrom,
  classificationSpecSchema,
  classificationTask,
  hasLabel,
} from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { relabelling } from '../../../../shared/tasks/classification/label-changes.ts';
import { readLabel } from '../../../../shared/tasks/classification/read-label.ts';
import { writtenLabel } from '../../../../shared/tasks/classification/written-label.ts';

const task = classificationTask(['billing', 'refund', '7', 'true']);
const many = (count: number) => Array.from({ length: count }, (_, at) => `label ${at}`);
const mendOf = (act: () => unknown) => {
  try {
    act();
  } catch (error) {
    return (error as { mend?: string }).mend;
  }
  return null;
};

describe('a label as a language model writes it', () => {
  test('is one of the task, to the letter', () => {
    expect(writtenLabel.read(task, '', 'refund')).toBe('refund');
    for (const written of ['Refund', 'other', 7, null, ['refund']])
      expect(writtenLabel.read(task, '', written)).toBeNull();
  });

  test('is asked for by name, as long as they are 300 at most', () => {
    expect(writtenLabel.schema(classificationTask(['a', 'b']))).toEqual({
      type: ['string', 'null'],
      enum: ['a', 'b', null],
    });
    expect(writtenLabel.schema(classificationTask(many(300)))).toHaveProperty('enum');
    expect(writtenLabel.schema(classificationTask(many(301)))).toEqual({ type: ['string', 'null'] });
  });
});

describe('a classification’s task', () => {
  test('has labels in any order, each once, two at least', () => {
    const made = classificationTask(['b', 'a', 'b']);
    expect(made).toEqual({ kind: 'classification', labels: ['a', 'b'] });
    expect(classificationSpecSchema.parse(made)).toEqual(made);
    expect(classificationSpecFrom({ labels: ['b'], outputs: [labelOutput('a')] })).toEqual(made);
  });

  test('has 10,000 labels at most', () => {
    expect(classificationSpecFrom({ labels: many(10_000), outputs: [] }).labels).toHaveLength(10_000);
    expect(() => classificationSpecFrom({ labels: many(10_001), outputs: [] })).toThrow(
      'There are 10001 different labels, more than 10000.',
    );
    expect(mendOf(() => classificationSpecFrom({ labels: many(10_001), outputs: [] }))).toContain('Check "output"');
  });

  test('says which labels there are where they are too few', () => {
    expect(() => classificationSpecFrom({ labels: [], outputs: [] })).toThrow(
      'A classification needs at least two labels; there are none.',
    );
    expect(() => classificationSpecFrom({ labels: [], outputs: [labelOutput('x'.repeat(90))] })).toThrow(
      `there is only "${'x'.repeat(80)}".`,
    );
    expect(mendOf(() => classificationSpecFrom({ labels: [], outputs: [] }))).toContain('--labels a,b,…');
  });

  test('says which text can be no label', () => {
    expect(() => classificationSpecFrom({ labels: ['a', 'x'.repeat(201)], outputs: [] })).toThrow(
      `"${'x'.repeat(120)}" cannot be a label.`,
    );
    expect(mendOf(() => classificationSpecFrom({ labels: [''], outputs: [] }))).toBe(
      'Labels have 1 to 200 characters.',
    );
  });

  test('knows which labels it has', () => {
    expect([hasLabel(task, 'refund'), hasLabel(task, 'Refund'), hasLabel(task, 'refund')]).toEqual([true, false, true]);
    expect(hasLabel(classificationTask(['other', 'more']), 'refund')).toBe(false);
  });
});

describe('an output of a classification', () => {
  test('is shown, counted and compared by its label', () => {
    const [billing, refund] = [labelOutput('billing'), labelOutput('refund')];
    expect(classification.show(billing)).toBe('billing');
    expect(classification.show(null)).toBe('no answer');
    expect(classification.key(billing)).toBe('billing');
    expect(classification.form?.(labelOutput(' Technical  ISSUE'))).toBe('technical issue');
    expect(classification.facets(billing)).toEqual(['billing']);
    expect([classification.same(billing, billing), classification.same(billing, refund)]).toEqual([true, false]);
    expect(classification.pattern(billing, null).title).toBe('"billing" left unanswered');
    expect(classification.grade(billing, null)).toEqual({
      right: false,
      credit: 0,
      parts: [{ facet: 'billing', tp: 0, fp: 0, fn: 1 }],
    });
    expect(classification.grade(billing, refund).parts).toEqual([
      { facet: 'billing', tp: 0, fp: 0, fn: 1 },
      { facet: 'refund', tp: 0, fp: 1, fn: 0 },
    ]);
    expect(() => labelOf(7 as never)).toThrow('an output of a classification is a label');
  });
});

describe('a label that is read', () => {
  test('says where it was written otherwise', () => {
    expect(readLabel(task, 'Refund ')).toEqual({ kind: 'known', output: 'refund', note: '"Refund " read as "refund"' });
    expect(readLabel(task, ' refund ')).toEqual({ kind: 'known', output: 'refund', note: null });
    expect(readLabel(task, 7)).toEqual({ kind: 'known', output: '7', note: 'numbers read as the texts of labels' });
    expect(readLabel(task, 7n)).toEqual({ kind: 'known', output: '7', note: 'numbers read as the texts of labels' });
    expect(readLabel(task, true)).toEqual({
      kind: 'known',
      output: 'true',
      note: 'booleans read as the texts of labels',
    });
    expect(readLabel(task, 8)).toEqual({
      kind: 'unknown',
      output: '8',
      nearest: null,
      note: 'numbers read as the texts of labels',
    });
  });

  test('is any text where no task is known yet', () => {
    expect(readLabel(null, ' anything that is said here ')).toEqual({
      kind: 'known',
      output: 'anything that is said here',
      note: null,
    });
  });

  const why = (written: unknown, of: typeof task | null = task) => {
    const reading = readLabel(of, written);
    return reading.kind === 'unusable' ? [reading.reason, reading.path, reading.mend] : reading.kind;
  };

  test.each([
    ['', ['an empty text', null, 'write a label; null where the model gave no answer']],
    [' ', ['an empty text', null, 'write a label; null where the model gave no answer']],
    ['x'.repeat(201), ['a text of 201 characters, not a label', null, 'write the name of a class']],
    [
      'this is a refund',
      [
        'a sentence that names the label "refund"',
        null,
        'let the model answer with the label alone, or write the label here',
      ],
    ],
    ['surely a refund', 'unknown'],
    [null, ['no label', null, 'write a label']],
    [undefined, ['no label', null, 'write a label']],
    [[], ['a list of several labels; one is possible', null, 'give one label']],
    [['refund'], ['a list of one label', '[0]', 'give one label']],
    [
      ['refund', 'billing'],
      ['a list of several labels; one is possible', '[0]', 'give one label'],
    ],
    ['["refund"]', ['the JSON text of a list of one label', '[0]', 'give one label']],
    [{ 'a b': 'refund' }, ['an object that holds the label in "a b"', null, 'write the label alone']],
    [{ 'a-b': 'Refund', c: 'x', d: 7 }, ['an object that holds the label in "a-b"', '.a-b', 'write the label alone']],
    [{ a: 'refund', b: 'billing' }, ['an object, not a label', null, 'write the label alone']],
    [{}, ['an object, not a label', null, 'write the label alone']],
    ['{"a": "refund"}', ['the JSON text of an object that holds the label in "a"', '.a', 'write the label alone']],
    [
      '```\n{"a": "refund"}\n```',
      ['the JSON text of an object that holds the label in "a"', '.a', 'write the label alone'],
    ],
    ['{"a": refund}', 'unknown'],
    ['see {"a": "refund"}', 'unknown'],
  ])('is none, and it is said why: %j', (written, expected) => {
    expect(why(written)).toEqual(expected);
  });

  test('may stand in any field where no task is known yet', () => {
    expect(why({ a: 'x', b: 7 }, null)).toEqual([
      'an object that holds the label in "a"',
      '.a',
      'write the label alone',
    ]);
    expect(why({ a: '', b: 7 }, null)).toEqual(['an object, not a label', null, 'write the label alone']);
  });
});

describe('labels that change', () => {
  const spec = classificationTask(['billing', 'delivery', 'technical']);
  const rename: LabelChange = { how: 'rename', from: 'delivery', to: 'shipping' };
  const split: LabelChange = { how: 'split', from: 'technical', into: ['app', 'web'] };
  const merge: LabelChange = { how: 'merge', labels: ['billing', 'shipping'], aliases: ['Van'], into: 'order' };

  test('read as what they are today, and as their nearest name where they are open', () => {
    const reading = relabelling.reading([rename, split, merge]);
    const read = (label: string) => reading.translate(labelOutput(label));
    expect(read('delivery')).toEqual({ output: 'order', closest: 'order', joined: true });
    expect(read('technical')).toEqual({ output: null, closest: 'technical', joined: false });
    expect(read('app')).toEqual({ output: 'app', closest: 'app', joined: false });
    expect(read('app')).toBe(read('app'));
    expect(reading.closestName('delivery')).toBe('order');
    expect(reading.closestName('technical')).toBe('technical');
  });

  test('are known by names that were given up, however cased', () => {
    const reading = relabelling.reading([rename, split, merge]);
    const formerly = (label: string) => reading.formerly?.(labelOutput(label)) ?? null;
    expect(['delivery', 'technical', 'billing', 'shipping', 'Van'].map(formerly)).toEqual([
      'delivery',
      'technical',
      'billing',
      'shipping',
      'Van',
    ]);
    expect(['DELIVERY', 'van', ' Technical'].map(formerly)).toEqual(['delivery', 'Van', 'technical']);
    expect(['app', 'order', 'other'].map(formerly)).toEqual([null, null, null]);
    const both = relabelling.reading([
      { how: 'rename', from: 'card', to: 'a' },
      { how: 'rename', from: 'Card', to: 'b' },
      { how: 'add', labels: ['new'] },
    ]);
    expect(['card', 'Card', 'CARD', 'new'].map((label) => both.formerly?.(labelOutput(label)) ?? null)).toEqual([
      'card',
      'Card',
      null,
      null,
    ]);
  });

  test.each<[string, LabelChange, string]>([
    ['rename', { how: 'rename', from: 'delivry', to: 'x' }, 'The nearest one is "delivery".'],
    ['rename', { how: 'rename', from: 'privacy', to: 'x' }, 'See which there are: ratchet labels MODEL'],
    ['rename', { how: 'rename', from: 'billing', to: 'technical' }, 'To make one of two labels, merge them.'],
    ['add', { how: 'add', labels: ['billing'] }, 'Give each new label once, and none that is there.'],
    ['add', { how: 'add', labels: ['BILLING'] }, 'Choose another name.'],
    ['add', { how: 'add', labels: [' x'] }, 'Labels have 1 to 200 characters, and no blank at either end.'],
    [
      'merge',
      { how: 'merge', labels: ['billing'], aliases: [], into: 'billing' },
      'Name the labels that are to become one.',
    ],
    [
      'merge',
      { how: 'merge', labels: ['billing'], aliases: ['delivery'], into: 'billing' },
      'See what was changed before: ratchet labels MODEL',
    ],
    [
      'merge',
      { how: 'merge', labels: ['billing', 'delivery', 'technical'], aliases: [], into: 'all' },
      'Keep another label apart.',
    ],
    [
      'split',
      { how: 'split', from: 'billing', into: ['a', 'a'] },
      'Name two or more different labels, and none of them as before: what was judged so far says the old name, and nobody could tell it from the new one.',
    ],
  ])('say how to mend what is refused: %s', (_how, change, mend) => {
    expect(mendOf(() => relabelling.withChange(spec, change, []))).toBe(mend);
  });

  test('may not come back with another meaning', () => {
    const after = relabelling.withChange(spec, rename, []);
    expect(mendOf(() => relabelling.withChange(after, { how: 'add', labels: ['delivery'] }, [rename]))).toBe(
      'Choose a name that the model never had.',
    );
  });

  test('merge into one of what is merged, or a new name', () => {
    expect(() =>
      relabelling.withChange(spec, { how: 'merge', labels: ['billing'], aliases: ['x'], into: 'technical' }, []),
    ).toThrow('merged into technical');
  });
});
