import { RatchetError } from '../../../domain/base/errors.ts';
import type { ArtifactHeader, HeadArtifact } from './artifact.ts';
import { FeatureVocabulary } from './feature-vocabulary.ts';
import { embeddingKey } from './foundations/encoder.ts';
import { quantised } from './quantise.ts';

/** A head and its part in a blend. */
export interface HeadPart {
  readonly head: HeadArtifact;
  readonly part: number;
}

/**
 * One head whose weights are Σ part · weights, each over its temperature, so that all speak in calibrated log-odds; the
 * result has temperature 1. Scores are linear in the weights, so that fold models become the mean of their scores at
 * the cost of one (Breiman 1996, "Bagging predictors"). Averaging a new model with the one that it replaces keeps most
 * of what is new and loses far less of what was right (Wortsman et al. 2022, arXiv 2109.01903; for such regressions Yan
 * et al. 2021, arXiv 2011.09161).
 *
 * N-gram weights are carried over to the inverse document frequencies of the first head that knows them. What a head
 * lacks, n-grams, classes or embeddings, counts as 0 there. Labels are the first head's; other heads' classes go by
 * name, and are left out where it does not know them.
 * @param parts the parts sum to 1
 */
export function blendHeads(parts: readonly [HeadPart, ...HeadPart[]]): HeadArtifact {
  const [{ head: first }] = parts;
  const { labels } = first.header;
  const placeOf = new Map(labels.map((label, place) => [label, place]));
  const places = parts.map(({ head: { header } }) =>
    header.classes.map((position) => placeOf.get(header.labels[position] ?? '') ?? -1),
  );
  const classes = [...new Set(places.flat())].filter((place) => place >= 0).sort((a, b) => a - b);
  const columnOf = new Map(classes.map((place, column) => [place, column]));
  const columns = classes.length;
  const vocabulary = new FeatureVocabulary(first.low.length * 2);
  const features = parts.map(({ head }) => head.low.map((low, at) => vocabulary.findOrAdd(low, head.high[at] ?? 0)));
  const denseWidth = Math.max(...parts.map(({ head }) => head.header.denseWidth));
  const idf = new Float32Array(vocabulary.size);
  const weights = new Float32Array(vocabulary.size * columns);
  const denseWeights = new Float32Array((denseWidth + 1) * columns);
  parts.forEach(({ head, part }, index) => {
    const factor = part / head.header.temperature;
    const targets = Int32Array.from(places[index] ?? [], (place) => columnOf.get(place) ?? -1);
    addSparse(head, factor, targets, features[index] ?? new Uint32Array(), { idf, weights, columns });
    for (let row = 0; row <= head.header.denseWidth; row++) {
      const target = (row === head.header.denseWidth ? denseWidth : row) * columns;
      const from = row * targets.length;
      addRow(head.denseWeights, from, factor, targets, denseWeights, target);
    }
  });
  const sparse = quantised({ weights, stride: columns, columns }, { ...vocabulary.keys(), idf });
  return {
    header: { ...embeddingOf(parts), labels, classes, sparseFeatures: sparse.low.length, denseWidth, temperature: 1 },
    ...sparse,
    denseWeights,
  };
}

/** What embeds the texts of all. @throws RatchetError InvalidInput where two go by different embeddings */
function embeddingOf(parts: readonly HeadPart[]): Pick<ArtifactHeader, 'foundation' | 'encoder'> {
  const [first, ...others] = parts.filter(({ head }) => head.header.denseWidth > 0).map(({ head }) => head.header);
  if (first === undefined) return { foundation: 'none' };
  if (others.some((other) => embeddingKey(other) !== embeddingKey(first))) {
    throw new RatchetError('InvalidInput', 'Models of different foundations cannot be averaged.');
  }
  return first.encoder === undefined
    ? { foundation: first.foundation }
    : { foundation: first.foundation, encoder: first.encoder };
}

/** @param features the blend's feature of each of the head's */
function addSparse(
  head: HeadArtifact,
  factor: number,
  targets: Int32Array,
  features: Uint32Array,
  { idf, weights, columns }: { idf: Float32Array; weights: Float32Array; columns: number },
): void {
  for (let at = 0; at < features.length; at++) {
    const feature = features[at] ?? 0;
    const own = head.idf[at] ?? 1;
    if (idf[feature] === 0) {
      idf[feature] = own;
    }
    const scale = ((head.sparseScales[at] ?? 0) * factor * own) / (idf[feature] ?? own);
    addRow(head.sparseWeights, at * targets.length, scale, targets, weights, feature * columns);
  }
}

/** `to[toBegin + targets[k]] += factor · from[fromBegin + k]`; a target of −1 is nowhere. */
function addRow(
  from: Int8Array | Float32Array,
  fromBegin: number,
  factor: number,
  targets: Int32Array,
  to: Float32Array,
  toBegin: number,
): void {
  for (let k = 0; k < targets.length; k++) {
    const column = targets[k] ?? -1;
    if (column >= 0) {
      to[toBegin + column] = (to[toBegin + column] ?? 0) + factor * (from[fromBegin + k] ?? 0);
    }
  }
}
