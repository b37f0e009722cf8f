import { expect, it } from 'vitest';
import { mergeTargets } from '../../../../../shared/adapters/backends/embedded/merge-targets.ts';

it('makes one target of the examples of a row: weights added, targets averaged by weight', () => {
  const merged = mergeTargets([[0, 2], [1], [], [3, 4]], 3, {
    labels: Int32Array.of(0, 1, 2, 1, 1),
    weights: Float64Array.of(1, 2, 3, 4, 5),
    softTargets: new Map([[1, Float32Array.of(0.25, 0.75, 0)]]),
  });
  expect(merged).toEqual({
    labels: Int32Array.of(2, 1, 0, 1),
    weights: Float64Array.of(4, 2, 0, 9),
    softTargets: new Map([
      [0, Float32Array.of(0.25, 0, 0.75)],
      [1, Float32Array.of(0.25, 0.75, 0)],
    ]),
  });
});
