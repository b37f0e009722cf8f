import { describe, expect, it } from 'vitest';
import { Kernels, packColumns } from '../../../../../shared/adapters/backends/embedded/kernels.ts';
import { seededRandom } from '../../../../../shared/adapters/backends/embedded/random-order.ts';

const random = seededRandom(3);
const fill = (array: Float32Array) =>
  array.forEach((_, index) => {
    array[index] = random() - 0.5;
  });

describe('kernels', () => {
  it('multiplies matrices, adds the bias and cuts the negative off', () => {
    const [rows, k, n] = [8, 12, 24];
    const kernels = new Kernels(1 << 16);
    const [a, packed, bias, c, source] = [
      kernels.floats(rows * k),
      kernels.floats(k * n),
      kernels.floats(n),
      kernels.floats(rows * n),
      new Float32Array(k * n),
    ];
    for (const array of [a, bias, source]) {
      fill(array);
    }
    packColumns(source, packed, k, n);
    for (const relu of [false, true]) {
      kernels.gemm(a, packed, bias, c, rows, k, n, relu);
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < n; column++) {
          let sum = bias[column] ?? 0;
          for (let index = 0; index < k; index++) {
            sum += (a[row * k + index] ?? 0) * (source[index * n + column] ?? 0);
          }
          expect(c[row * n + column]).toBeCloseTo(relu ? Math.max(0, sum) : sum, 5);
        }
      }
    }
  });

  it.each([8, 24, 32, 152])('adds and updates chosen rows of %i columns, and no others', (stride) => {
    const kernels = new Kernels(1 << 20);
    const matrix = kernels.floats(50 * stride);
    const [out, delta] = [kernels.floats(stride), kernels.floats(stride)];
    const indices = kernels.integers(5);
    const values = kernels.floats(5);
    for (const array of [matrix, delta, values]) {
      fill(array);
    }
    indices.set([49, 3, 17, 0, 30]);
    const before = matrix.slice();
    kernels.addRows(out, matrix, indices, 1, values, 1, 3, stride);
    kernels.updateRows(matrix, delta, indices, 1, values, 1, 3, stride);
    for (let column = 0; column < stride; column++) {
      const expected = [3, 17, 0].reduce(
        (sum, row, at) => sum + (values[at + 1] ?? 0) * (before[row * stride + column] ?? 0),
        0,
      );
      expect(out[column]).toBeCloseTo(expected, 5);
      expect(matrix[49 * stride + column]).toBe(before[49 * stride + column]);
      expect(matrix[17 * stride + column]).toBeCloseTo(
        (before[17 * stride + column] ?? 0) + (values[2] ?? 0) * (delta[column] ?? 0),
        5,
      );
    }
  });

  it('does nothing for no rows', () => {
    const kernels = new Kernels(1 << 12);
    const [out, matrix, indices, values] = [
      kernels.floats(8),
      kernels.floats(8),
      kernels.integers(1),
      kernels.floats(1),
    ];
    matrix.fill(1);
    kernels.addRows(out, matrix, indices, 0, values, 0, 0, 8);
    expect([...out]).toEqual(new Array(8).fill(0));
  });

  it('says how much memory would be needed when there is not enough', () => {
    expect(() => new Kernels(2 ** 33)).toThrow(/8192 MiB/);
  });
});
