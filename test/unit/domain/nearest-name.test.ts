import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nearestName } from '../../../shared/domain/base/nearest-name.ts';

const known = ['billing', 'delivery', 'refund', 'technical'];

describe('the nearest name', () => {
  test.each([
    ['Delivery', 'delivery'],
    [' de-livery ', 'delivery'],
    ['ＢＩＬＬＩＮＧ', 'billing'],
    ['refnud', 'refund'],
    ['tehcnical', 'technical'],
    ['shipping', null],
    ['privacy', null],
    ['', null],
    ['?!', null],
  ])('of %j is %j', (name, nearest) => {
    expect(nearestName(name, known)).toBe(nearest);
  });

  test('is one that is there, also in another Unicode form', () => {
    expect(nearestName('re\u0301clamation', ['r\u00e9clamation'])).toBe('r\u00e9clamation');
  });

  test('prefers what differs in form alone to what is one edit away', () => {
    expect(nearestName('Card', ['cart', 'card'])).toBe('card');
  });

  test('is always null or known, whatever the texts, and the name itself where it is known', () => {
    fc.assert(
      fc.property(fc.string(), fc.array(fc.string(), { maxLength: 8 }), (name, names) => {
        const found = nearestName(name, names);
        expect(found === null || names.includes(found)).toBe(true);
      }),
    );
    for (const name of known) expect(nearestName(name, known)).toBe(name);
  });
});
