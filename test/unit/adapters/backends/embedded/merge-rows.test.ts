import { expect, it } from 'vitest';
import { mergeEqualTexts } from '../../../../../shared/adapters/backends/embedded/merge-rows.ts';

it('makes one row of equal texts: weights added, targets averaged by weight', () => {
  const merged = mergeEqualTexts(['a', 'b', 'a', 'c', 'c'], 3, {
    labels: Int32Array.of(0, 1, 2, 1, 1),
    weights: Float64Array.of(1, 2, 3, 4, 5),
    softTargets: new Map([[1, Float32Array.of(0.25, 0.75, 0)]]),
  });
  expect(merged).toEqual({
    representatives: [0, 1, 3],
    labels: Int32Array.of(2, 1, 1),
    weights: Float64Array.of(4, 2, 9),
    softTargets: new Map([
      [0, Float32Array.of(0.25, 0, 0.75)],
      [1, Float32Array.of(0.25, 0.75, 0)],
    ]),
  });
});
