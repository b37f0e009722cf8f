import { expect, it } from 'vitest';
import { FitProgress } from '../../../../../shared/adapters/backends/embedded/fit-progress.ts';

it('adds the epochs of all fits up, never goes back, and ends with all of them though a fit ends sooner', () => {
  const told: (readonly [number, number])[] = [];
  const progress = new FitProgress((done, total) => told.push([done, total]));
  const [first, second] = [progress.add(10), progress.add(25)];
  first.report(1, 10);
  second.report(1, 5);
  first.report(1, 10);
  second.report(3, 5);
  second.end();
  first.end();
  first.report(9, 10);
  expect(told).toEqual([
    [1, 35],
    [2, 15],
    [4, 15],
    [6, 15],
    [15, 15],
  ]);
});
