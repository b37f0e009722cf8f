import { describe, expect, test } from 'vitest';
import { budgetNotes } from '../../../cli/budget-notes.ts';
import type { Judge } from '../../../shared/ports/judge.ts';

const judge = (name: string, mustAgree: boolean): [string, Judge] => {
  const never = () => Promise.reject(new Error('asked'));
  return [name, { name, mustAgree, start: never, advance: never }];
};
const ports = { judges: new Map([judge('rule', false), judge('llm', true)]) };
const free = { prices: { input: 0, cachedInput: 0, output: 0 } };
const paid = { prices: { input: 3, cachedInput: 0.3, output: 15 } };

describe('budgetNotes', () => {
  test('are none where the budget limits all that costs anything', () => {
    expect(budgetNotes({ judge: 'rule', secondOpinion: null }, paid, ports)).toEqual([]);
    expect(budgetNotes({ judge: 'llm', secondOpinion: null }, null, ports)).toEqual([]);
  });

  test('say that nothing is stopped where no prices are known', () => {
    expect(budgetNotes({ judge: 'rule', secondOpinion: null }, free, ports)).toEqual([
      expect.stringContaining('--budget stops nothing'),
    ]);
  });

  test('say that judges are no part of it', () => {
    for (const model of [
      { judge: 'llm', secondOpinion: null },
      { judge: 'rule', secondOpinion: 'llm' },
    ])
      expect(budgetNotes(model, paid, ports)).toEqual([expect.stringContaining('limits the agents alone')]);
  });
});
