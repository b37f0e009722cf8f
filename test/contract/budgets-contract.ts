import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { type Budgets, nothingSpent, unlimited } from '../../shared/ports/budgets.ts';
import { rejection } from '../helpers/rejection.ts';

/** What all {@link Budgets} do, wherever they are kept. */
export function budgetsContract(name: string, make: () => Promise<{ budgets: Budgets; dispose: () => Promise<void> }>) {
  describe(`${name} as budgets`, () => {
    let budgets: Budgets;
    let dispose: () => Promise<void>;
    beforeEach(async () => {
      ({ budgets, dispose } = await make());
    });
    afterEach(() => dispose());

    const limit = { turns: 10, outputTokens: 1_000, microUsd: 5_000 };
    const call = { turns: 1, outputTokens: 100, microUsd: 500 };

    it('know nothing of a run whose budget was never opened', async () => {
      expect(await budgets.get('r1')).toBeUndefined();
      expect((await rejection(budgets.reserve('r1', 'a/1', call))).name).toBe('UnknownRun');
      await budgets.settle('r1', 'a/1', call);
      expect(await budgets.get('r1')).toBeUndefined();
    });

    it('are opened once: opening again changes nothing', async () => {
      await budgets.open('r1', limit);
      await budgets.reserve('r1', 'a/1', call);
      await budgets.open('r1', { ...limit, turns: 99 });
      expect(await budgets.get('r1')).toEqual({ limit, spent: nothingSpent, reserved: call });
    });

    it('put what was used in place of what was set aside', async () => {
      await budgets.open('r1', limit);
      expect(await budgets.reserve('r1', 'a/1', call)).toBe(true);
      const used = { turns: 1, outputTokens: 7, microUsd: 3 };
      await budgets.settle('r1', 'a/1', used);
      expect(await budgets.get('r1')).toEqual({ limit, spent: used, reserved: nothingSpent });
    });

    it('take and settle each call once, however often they are asked', async () => {
      await budgets.open('r1', limit);
      for (const _ of [1, 2, 3]) expect(await budgets.reserve('r1', 'a/1', call)).toBe(true);
      for (const _ of [1, 2, 3]) await budgets.settle('r1', 'a/1', { ...call, outputTokens: 1 });
      expect(await budgets.reserve('r1', 'a/1', call)).toBe(true);
      expect(await budgets.get('r1')).toEqual({ limit, spent: { ...call, outputTokens: 1 }, reserved: nothingSpent });
    });

    it.each(['turns', 'outputTokens', 'microUsd'] as const)('grant the last of %s and not one more', async (part) => {
      await budgets.open('r1', { turns: unlimited, outputTokens: unlimited, microUsd: unlimited, [part]: 5 });
      expect(await budgets.reserve('r1', 'a/1', { ...nothingSpent, [part]: 3 })).toBe(true);
      expect(await budgets.reserve('r1', 'b/1', { ...nothingSpent, [part]: 3 })).toBe(false);
      expect(await budgets.reserve('r1', 'b/1', { ...nothingSpent, [part]: 2 })).toBe(true);
      expect(await budgets.reserve('r1', 'c/1', { ...nothingSpent, [part]: 1 })).toBe(false);
      await budgets.settle('r1', 'a/1', nothingSpent);
      expect(await budgets.reserve('r1', 'c/1', { ...nothingSpent, [part]: 3 })).toBe(true);
    });

    it('count what a call used beyond what was set aside, and grant nothing then', async () => {
      await budgets.open('r1', limit);
      await budgets.reserve('r1', 'a/1', call);
      await budgets.settle('r1', 'a/1', { ...call, outputTokens: 1_200 });
      expect((await budgets.get('r1'))?.spent.outputTokens).toBe(1_200);
      expect(await budgets.reserve('r1', 'a/2', { ...nothingSpent, turns: 1, outputTokens: 1 })).toBe(false);
    });

    it('keep runs apart', async () => {
      await budgets.open('r1', limit);
      await budgets.open('r2', limit);
      await budgets.reserve('r1', 'a/1', call);
      expect((await budgets.get('r2'))?.reserved).toEqual(nothingSpent);
    });

    it('are never overspent by eight agents at once', async () => {
      await budgets.open('r1', { turns: 50, outputTokens: unlimited, microUsd: unlimited });
      const agent = async (number: number): Promise<number> => {
        for (let turn = 0; ; turn += 1) {
          const key = `agent-${number}/${turn}`;
          if (!(await budgets.reserve('r1', key, call))) return turn;
          await budgets.settle('r1', key, call);
        }
      };
      const turns = await Promise.all(Array.from({ length: 8 }, (_, number) => agent(number)));
      expect(turns.reduce((sum, count) => sum + count, 0)).toBe(50);
      expect(await budgets.get('r1')).toMatchObject({
        spent: { turns: 50, outputTokens: 5_000 },
        reserved: nothingSpent,
      });
    });
  });
}
