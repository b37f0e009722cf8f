import { describe, expect, test } from 'vitest';
import { idProblem } from '../../shared/domain/base/ids.ts';
import type { Ids } from '../../shared/ports/ids.ts';
import type { FixedClock } from '../helpers/fixed-clock.ts';

/** What every maker of ids does. @param create makes one on a clock that stands still until moved */
export function idsContract(name: string, create: () => { readonly ids: Ids; readonly clock: FixedClock }): void {
  describe(`${name} as ids`, () => {
    test('begin with their prefix and may be part of a key', () => {
      const { ids } = create();
      expect(ids.next('run')).toMatch(/^run-/);
      expect(idProblem(ids.next('run'))).toBeNull();
    });

    test('never come twice, and sort in the order of making, while the clock stands, goes and is set back', () => {
      const { ids, clock } = create();
      const made: string[] = [];
      for (const step of [0, 0, 1, 0, 999, 60_000, -3_600_000, 0, 1]) {
        clock.advance(step);
        made.push(...Array.from({ length: 50 }, () => ids.next('run')));
      }
      expect(new Set(made).size).toBe(made.length);
      expect(made.toSorted()).toEqual(made);
    });
  });
}
