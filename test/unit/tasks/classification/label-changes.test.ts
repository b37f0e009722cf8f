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

  test('can be taken back by a rename', () => {
    expect(after(rename('delivery', 'shipping'), rename('shipping', 'delivery')).labels).toEqual(task.labels);
  });

  test.each([
    ['a label that is there', [add('billing')], 'There is a label "billing" already'],
    ['a label given twice', [add('privacy', 'privacy')], 'There is a label "privacy" already'],
    ['an empty label', [add(' ')], 'cannot be a label'],
    ['a label with a blank at its end', [rename('billing', 'bills ')], 'cannot be a label'],
    ['to rename what is not there', [rename('delivry', 'shipping')], '"delivry" is none of the model\'s 3 labels'],
    ['to rename to a label that is there', [rename('billing', 'technical')], 'There is a label "technical" already'],
    ['to merge what is not there', [merge(['billing', 'refund'], 'order')], '"refund" is none'],
    ['to merge a label into itself', [merge(['billing'], 'billing')], 'nothing to merge'],
    ['to split into the old name', [split('technical', 'technical', 'web')], 'cannot be split into'],
    ['to split into one', [split('technical', 'web', 'web')], 'cannot be split into'],
    ['to leave one label', [merge(['billing', 'delivery', 'technical'], 'all')], 'at least two labels'],
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
  ])('refuses %s', (_what, changes, message) => {
    expect(() => after(...changes)).toThrow(message);
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
