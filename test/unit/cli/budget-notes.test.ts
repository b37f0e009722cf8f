import { describe, expect, test } from 'vitest';
import { budgetNotes } from '../../../cli/budget-notes.ts';

const free = { prices: { input: 0, cachedInput: 0, output: 0 } };
const paid = { prices: { input: 3, cachedInput: 0.3, output: 15 } };

describe('budgetNotes', () => {
  test('are none where the budget limits all that costs anything', () => {
    expect(budgetNotes(paid)).toEqual([]);
    expect(budgetNotes(null)).toEqual([]);
  });

  test('say that nothing is stopped where no prices are known', () => {
    expect(budgetNotes(free)).toEqual([expect.stringContaining('--budget stops nothing')]);
  });
});
