import type { HeadArtifact } from './artifact.ts';
import { FeatureVocabulary } from './feature-vocabulary.ts';

/**
 * Interpolates the weights of two heads: (1 − share) · trained + share · champion, each over its temperature, so that
 * both speak in calibrated log-odds; the result has temperature 1. Averaging a new model with the one that it replaces
 * keeps most of what is new and loses far less of what was right (Wortsman et al. 2022, arXiv 2109.01903; for such
 * regressions Yan et al. 2021, arXiv 2011.09161).
 *
 * The champion's n-gram weights are carried over to the trained head's inverse document frequencies. N-grams that only
 * one of them knows stay, with that one's part. Classes and embeddings that one lacks count as 0 there.
 */
export function interpolateHeads(trained: HeadArtifact, champion: HeadArtifact, share: number): HeadArtifact {
  const classes = [...new Set([...trained.header.classes, ...champion.header.classes])].sort((a, b) => a - b);
  const columnOf = new Map(classes.map((position, column) => [position, column]));
  const vocabulary = new FeatureVocabulary(trained.low.length + champion.low.length);
  for (const { low, high } of [trained, champion]) {
    low.forEach((value, at) => {
      vocabulary.findOrAdd(value, high[at] ?? 0);
    });
  }
  const features = vocabulary.size;
  const denseWidth = Math.max(trained.header.denseWidth, champion.header.denseWidth);
  const idf = new Float32Array(features);
  idf.set(trained.idf);
  const sparse = new Float32Array(features * classes.length);
  const dense = new Float32Array((denseWidth + 1) * classes.length);
  const parts = [
    { head: trained, part: 1 - share },
    { head: champion, part: share },
  ];
  for (const { head, part } of parts) {
    const factor = part / head.header.temperature;
    const columns = head.header.classes.map((position) => columnOf.get(position) ?? 0);
    head.low.forEach((value, at) => {
      const feature = vocabulary.find(value, head.high[at] ?? 0);
      const own = head.idf[at] ?? 1;
      if (idf[feature] === 0) idf[feature] = own;
      const scale = ((head.sparseScales[at] ?? 0) * factor * own) / (idf[feature] ?? own);
      columns.forEach((column, k) => {
        const weight = scale * (head.sparseWeights[at * columns.length + k] ?? 0);
        sparse[feature * classes.length + column] = (sparse[feature * classes.length + column] ?? 0) + weight;
      });
    });
    for (let row = 0; row <= head.header.denseWidth; row++) {
      const target = row === head.header.denseWidth ? denseWidth : row;
      columns.forEach((column, k) => {
        const weight = factor * (head.denseWeights[row * columns.length + k] ?? 0);
        dense[target * classes.length + column] = (dense[target * classes.length + column] ?? 0) + weight;
      });
    }
  }
  const foundation = denseWidth === 0 ? 'none' : 'use-lite';
  return {
    header: { ...trained.header, foundation, classes, sparseFeatures: features, denseWidth, temperature: 1 },
    ...vocabulary.keys(),
    idf,
    ...quantised(sparse, features, classes.length),
    denseWeights: dense,
  };
}

/** Rows of weights to 8 bits, each with a scale of its own. */
function quantised(
  weights: Float32Array,
  rows: number,
  columns: number,
): Pick<HeadArtifact, 'sparseScales' | 'sparseWeights'> {
  const sparseScales = new Float32Array(rows);
  const sparseWeights = new Int8Array(rows * columns);
  for (let row = 0; row < rows; row++) {
    const from = row * columns;
    let largest = 0;
    for (let at = from; at < from + columns; at++) {
      largest = Math.max(largest, Math.abs(weights[at] ?? 0));
    }
    if (largest === 0) continue;
    const scale = largest / 127;
    sparseScales[row] = scale;
    for (let at = from; at < from + columns; at++) {
      sparseWeights[at] = Math.round((weights[at] ?? 0) / scale);
    }
  }
  return { sparseScales, sparseWeights };
}
