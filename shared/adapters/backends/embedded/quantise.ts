import type { HeadArtifact } from './artifact.ts';

/** Weights before they are quantised: rows of `stride` floats, of which the first `columns` count. */
export interface WeightRows {
  readonly weights: Float32Array;
  readonly stride: number;
  readonly columns: number;
}

/**
 * Sparse rows to 8 bits, each with a scale of its own; rows without a weight, and their n-grams, are dropped.
 * @param source hash halves and inverse document frequency of each row's n-gram
 */
export function quantised(
  { weights, stride, columns }: WeightRows,
  source: Pick<HeadArtifact, 'low' | 'high' | 'idf'>,
): Pick<HeadArtifact, 'low' | 'high' | 'idf' | 'sparseScales' | 'sparseWeights'> {
  const features = source.low.length;
  const scales = new Float32Array(features);
  const kept = new Int32Array(features);
  let count = 0;
  for (let row = 0; row < features; row++) {
    let largest = 0;
    for (let k = 0; k < columns; k++) {
      largest = Math.max(largest, Math.abs(weights[row * stride + k] ?? 0));
    }
    if (largest > 0) {
      scales[row] = largest / 127;
      kept[count++] = row;
    }
  }
  const low = new Uint32Array(count);
  const high = new Uint32Array(count);
  const idf = new Float32Array(count);
  const sparseScales = new Float32Array(count);
  const sparseWeights = new Int8Array(count * columns);
  for (let to = 0; to < count; to++) {
    const row = kept[to] ?? 0;
    const scale = scales[row] ?? 1;
    low[to] = source.low[row] ?? 0;
    high[to] = source.high[row] ?? 0;
    idf[to] = source.idf[row] ?? 0;
    sparseScales[to] = scale;
    for (let k = 0; k < columns; k++) {
      sparseWeights[to * columns + k] = Math.round((weights[row * stride + k] ?? 0) / scale);
    }
  }
  return { low, high, idf, sparseScales, sparseWeights };
}
