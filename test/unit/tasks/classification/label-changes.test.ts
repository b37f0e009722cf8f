import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { type LabelChange, labelChangeSchema } from '../../../../shared/domain/base/label-change.ts';
import { classificationTask } from '../../../../shared/tasks/classification/classification-spec.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { relabelling } from '../../../../shared/tasks/classification/label-changes.ts';

const task = classificationTask(['billing', 'delivery', 'technical']);
const add = (...labels: string[]): LabelChange => ({ how: 'add', labels });
const rename = (from: string, to: string): LabelChange => ({ how: 'rename', from, to });
const merge = (labels: string[], into: string, aliases: string[] = []): LabelChange => ({
  how: 'merge',
  labels,
  aliases,
  into,
});
const split = (from: string, ...into: string[]): LabelChange => ({ how: 'split', from, into });

/** The task after all changes. */
const after = (...changes: readonly LabelChange[]) =>
  changes.reduce((spec, change, at) => relabelling.withChange(spec, change, changes.slice(0, at)), task);

const read = (label: string, ...changes: readonly LabelChange[]) => {
  const { output, joined } = relabelling.reading(changes).translate(labelOutput(label));
  return { label: output === null ? null : labelOf(output), joined };
};

describe('a change of labels', () => {
  test('gives the task its new labels', () => {
    expect(after(add('privacy')).labels).toEqual(['billing', 'delivery', 'privacy', 'technical']);
    expect(after(rename('delivery', 'shipping')).labels).toEqual(['billing', 'shipping', 'technical']);
    expect(after(merge(['billing', 'delivery'], 'order')).labels).toEqual(['order', 'technical']);
    expect(after(merge(['billing', 'delivery'], 'billing')).labels).toEqual(['billing', 'technical']);
    expect(after(merge(['delivery'], 'delivery', ['shipping'])).labels).toEqual(task.labels);
    expect(after(split('technical', 'app', 'web')).labels).toEqual(['app', 'billing', 'delivery', 'web']);
    expect(after(split('technical', 'billing', 'web')).labels).toEqual(['billing', 'delivery', 'web']);
  });

  test('can mend the case of a label', () => {
    expect(after(rename('delivery', 'Delivery')).labels).toEqual(['Delivery', 'billing', 'technical']);
  });

  test('can be taken back by a rename', () => {
    expect(after(rename('delivery', 'shipping'), rename('shipping', 'delivery')).labels).toEqual(task.labels);
  });

  test.each([
    ['a label that is there', [add('billing')], 'There is a label "billing" already'],
    ['a label given twice', [add('privacy', 'privacy')], 'There is a label "privacy" already'],
    ['a variant of a label', [add('Billing')], 'is the label "billing" but for case'],
    ['an empty label', [add(' ')], 'cannot be a label'],
    ['a label with a blank at its end', [rename('billing', 'bills ')], 'cannot be a label'],
    ['to rename what is not there', [rename('delivry', 'shipping')], '"delivry" is none of the model\'s 3 labels'],
    ['to rename to a label that is there', [rename('billing', 'technical')], 'There is a label "technical" already'],
    ['to merge what is not there', [merge(['billing', 'refund'], 'order')], '"refund" is none'],
    ['to merge a label into itself', [merge(['billing'], 'billing')], 'nothing to merge'],
    ['to split into the old name', [split('technical', 'technical', 'web')], 'cannot be split into'],
    ['to split into one', [split('technical', 'web', 'web')], 'cannot be split into'],
    ['to leave one label', [merge(['billing', 'delivery', 'technical'], 'all')], 'Only "all" would be left, and'],
    ['a name that was renamed', [rename('delivery', 'shipping'), add('delivery')], 'is read as "shipping"'],
    ['a name that was merged', [merge(['billing', 'delivery'], 'order'), add('billing')], 'is read as "order"'],
    ['a name that was split', [split('technical', 'app', 'web'), add('technical')], 'read as a label that was split'],
    ['an alias that was added', [merge(['delivery'], 'delivery', ['van']), add('van')], 'is read as "delivery"'],
    ['a label as an alias', [merge(['delivery'], 'delivery', ['billing'])], 'has a meaning already'],
    [
      'a swap, after which what is stored could be either',
      [rename('billing', 'x'), rename('delivery', 'billing')],
      'is read as "x"',
    ],
    [
      'an alias that was a label',
      [rename('delivery', 'shipping'), merge(['shipping'], 'shipping', ['delivery'])],
      'has a meaning already',
    ],
    ['to split into one alone', [split('technical', 'web')], '"technical" cannot be split into "web".'],
    ['to split into the same', [split('technical', 'web', 'web')], 'cannot be split into "web", "web".'],
    ['a long name, which it cuts', [add(`${'x'.repeat(119)}yz${'x'.repeat(100)}`)], `"${'x'.repeat(119)}y" cannot be`],
    ['to merge into a label that is not merged', [merge(['billing'], 'technical')], 'not among what is merged'],
  ])('refuses %s', (_what, changes, message) => {
    expect(() => after(...changes)).toThrow(message);
  });

  test.each([
    [[rename('billing', 'technical')], 'To make one of two labels, merge them.'],
    [[add('billing')], 'Give each new label once, and none that is there.'],
    [[add('Billing')], 'Choose another name.'],
    [[rename('delivry', 'shipping')], 'The nearest one is "delivery".'],
    [[rename('xxxxxxxx', 'shipping')], 'See which there are: ratchet labels MODEL'],
    [[merge(['delivery'], 'delivery', ['billing'])], 'See what was changed before: ratchet labels MODEL'],
    [[merge(['billing'], 'billing')], 'Name the labels that are to become one.'],
    [[split('technical', 'web', 'web')], 'Name two or more different labels, and none of them as before'],
    [[rename('delivery', 'shipping'), add('delivery')], 'Choose a name that the model never had.'],
    [[add(' ')], 'Labels have 1 to 200 characters, and no blank at either end.'],
  ])('says what to do where it is refused: %j', (changes, mend) => {
    expect(() => after(...changes)).toThrow(
      expect.objectContaining({ name: 'InvalidInput', mend: expect.stringContaining(mend) }),
    );
  });
});

describe('an output of before', () => {
  test('reads as what its label became', () => {
    const changes = [
      rename('delivery', 'shipping'),
      merge(['shipping', 'billing'], 'order', ['parcel']),
      add('privacy'),
    ];
    expect(read('delivery', ...changes)).toEqual({ label: 'order', joined: true });
    expect(read('parcel', ...changes)).toEqual({ label: 'order', joined: true });
    expect(read('technical', ...changes)).toEqual({ label: 'technical', joined: false });
    expect(read('never seen', ...changes)).toEqual({ label: 'never seen', joined: false });
  });

  test('is open where its label was split, whatever it was called', () => {
    expect(read('technical', rename('technical', 'tech'), split('tech', 'app', 'web')).label).toBeNull();
    expect(read('app', split('technical', 'app', 'web')).label).toBe('app');
  });

  test('that was split is closest to itself', () => {
    const reading = relabelling.reading([rename('technical', 'tech'), split('tech', 'app', 'web')]);
    expect(reading.closestName('technical')).toBe('technical');
    expect(reading.closestName('billing')).toBe('billing');
    expect(reading.translate(labelOutput('technical'))).toEqual({
      output: null,
      closest: 'technical',
      joined: false,
    });
    expect(relabelling.reading([rename('technical', 'tech')]).closestName('technical')).toBe('tech');
  });

  test('is not joined by an alias, which was never anybody’s label', () => {
    expect(read('delivery', merge(['delivery'], 'delivery', ['van']))).toEqual({ label: 'delivery', joined: false });
    expect(relabelling.reading([merge(['delivery'], 'delivery', ['van'])]).joins).toBe(false);
    expect(relabelling.reading([merge(['delivery', 'billing'], 'delivery')]).joins).toBe(true);
  });

  test('always reads as a label of the task, as itself where it is one, or is open, after any changes that pass', () => {
    const names = fc.constantFrom('billing', 'delivery', 'technical', 'a', 'b', 'c');
    const changes = fc.array(
      fc.oneof(
        names.map((name) => add(name)),
        fc.tuple(names, names).map(([from, to]) => rename(from, to)),
        fc.tuple(names, names).map(([one, other]) => merge([...new Set([one, other])], one)),
        fc.tuple(names, names, names).map(([from, one, other]) => split(from, one, other)),
      ),
      { maxLength: 12 },
    );
    let passed = 0;
    fc.assert(
      fc.property(changes, (wanted) => {
        const made: LabelChange[] = [];
        let spec = task;
        for (const change of wanted) {
          try {
            spec = relabelling.withChange(spec, labelChangeSchema.parse(change), made);
            made.push(change);
          } catch {
            // Refused changes change nothing.
          }
        }
        passed += made.length;
        for (const label of spec.labels) expect(read(label, ...made).label).toBe(label);
        for (const label of task.labels) {
          const { label: now } = read(label, ...made);
          expect(now === null || spec.labels.includes(now)).toBe(true);
        }
      }),
    );
    expect(passed).toBeGreaterThan(50);
  });
});
