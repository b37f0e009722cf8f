import { describe, expect, test } from 'vitest';
import {
  classificationSpecSchema,
  classificationTask,
} from '../../../../shared/tasks/classification/classification-spec.ts';
import { KnownLabels } from '../../../../shared/tasks/classification/known-labels.ts';

const of = (...labels: string[]) => KnownLabels.of(classificationTask(labels));

test('labels are known once for each task', () => {
  const task = classificationTask(['a', 'b']);
  expect(KnownLabels.of(task)).toBe(KnownLabels.of(task));
  expect(KnownLabels.of(classificationTask(['c', 'd'])).find('a')).toBeNull();
});

describe('a label is found', () => {
  test('to the letter first, else by its form where one label has it', () => {
    const known = of('Billing', 'Refund', 'refund', 'Technical issue');
    expect(known.find(' Billing\n')).toBe('Billing');
    expect(known.find('bILLING')).toBe('Billing');
    expect(known.find('technical   ISSUE')).toBe('Technical issue');
    expect(known.find('refund')).toBe('refund');
    expect(known.find('Refund')).toBe('Refund');
    expect(known.find('\tRefund ')).toBe('Refund');
    expect(known.find('REFUND')).toBeNull();
    expect(of('refund', 'Refund', 'REFUND').find('reFund')).toBeNull();
    expect(known.find('delivery')).toBeNull();
  });
});

describe('the nearest label', () => {
  test('differs by the fewest letters, a third of them at most', () => {
    const known = of('delivery', 'delivered', 'refund');
    expect(known.nearest('delivary')).toBe('delivery');
    expect(known.nearest('deliverd')).toBe('delivered');
    expect(known.nearest('DELIVERI')).toBe('delivery');
    expect(known.nearest('refxyd')).toBe('refund');
    expect(known.nearest('rexxyd')).toBeNull();
    expect(known.nearest('delivary')).toBe('delivery');
    expect(known.nearest('rexxyd')).toBeNull();
  });

  test('differs by a third of the longer of both at most', () => {
    const known = of('refund', 'tax');
    expect([known.nearest('refu'), known.nearest('ref')]).toEqual(['refund', null]);
    expect([known.nearest('xxrefundx'), known.nearest('xxrefundxx')]).toEqual(['refund', null]);
  });

  test('is one of two that share the form of a text', () => {
    expect(of('ab', 'AB', 'abc').nearest('aB')).toBe('AB');
  });

  test('is the first by the alphabet of those that are as near', () => {
    expect(of('cart', 'card', 'care').nearest('carx')).toBe('card');
    const unsorted = classificationSpecSchema.parse({ kind: 'classification', labels: ['cart', 'care', 'card'] });
    expect(KnownLabels.of(unsorted).nearest('carx')).toBe('card');
  });

  test('is not searched among more than 2,000', () => {
    const many = (count: number) => of('refund', ...Array.from({ length: count - 1 }, (_, at) => `label ${at}`));
    expect(many(2_000).nearest('refun')).toBe('refund');
    expect(many(2_001).nearest('refun')).toBeNull();
  });
});

describe('the only label in a text', () => {
  test('stands there as whole words, whatever stands between them', () => {
    const known = of('billing', 'Technical issue', 'refund', 'top_up');
    expect(known.onlyOneIn('I think this is about Billing.')).toBe('billing');
    expect(known.onlyOneIn('billing')).toBe('billing');
    expect(known.onlyOneIn('a technical-issue, surely')).toBe('Technical issue');
    expect(known.onlyOneIn('please top-up my card')).toBe('top_up');
    expect(known.onlyOneIn('about billings or a technical one')).toBeNull();
    expect(known.onlyOneIn('nothing of the kind')).toBeNull();
  });

  test('is none where there are several, or two that share one form', () => {
    const known = of('billing', 'refund', 'Card', 'card');
    expect(known.onlyOneIn('billing or refund')).toBeNull();
    expect(known.onlyOneIn('it is the card')).toBeNull();
    expect(known.onlyOneIn('the card, and billing')).toBe('billing');
    expect(of('billing', 'top  up', 'top up').onlyOneIn('top up, and billing')).toBe('billing');
  });

  test('is found whatever signs are in it or around it', () => {
    const known = of('refund!', 'top - up');
    expect(known.onlyOneIn('please, the refund, at last')).toBe('refund!');
    expect(known.onlyOneIn('please top-up my card')).toBe('top - up');
  });

  test('is none that has no words, such as a sign', () => {
    const known = of('👍', 'billing');
    expect(known.onlyOneIn('I am glad of that.')).toBeNull();
    expect(known.onlyOneIn('? ! ? !')).toBeNull();
    expect(known.onlyOneIn('This is about billing!')).toBe('billing');
  });
});
