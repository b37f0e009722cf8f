import type { SparseVector } from './text-vectors.ts';

/** Dense centroids over the features that occur among the clustered vectors alone. */
interface Compact {
  readonly features: Uint32Array;
  readonly weights: Float32Array;
}

const rounds = 12;
const restarts = 4;
/** Silhouettes are taken on at most this many vectors. */
const silhouetteSample = 400;

/** Park and Miller's generator: seeded by a constant, so that equal input gives equal clusters. */
function fixedRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 48_271) % 2_147_483_647;
    return state / 2_147_483_647;
  };
}

function compact(vectors: readonly SparseVector[]): { vectors: Compact[]; dimensions: number } {
  const ids = new Map<number, number>();
  const compacted = vectors.map(({ features, weights }) => ({
    weights,
    features: features.map((feature) => {
      const known = ids.get(feature);
      if (known !== undefined) return known;
      const id = ids.size;
      ids.set(feature, id);
      return id;
    }),
  }));
  return { vectors: compacted, dimensions: ids.size };
}

function dot(vector: Compact, dense: Float64Array): number {
  let sum = 0;
  for (let at = 0; at < vector.features.length; at += 1)
    sum += (vector.weights[at] ?? 0) * (dense[vector.features[at] ?? 0] ?? 0);
  return sum;
}

function squares(vector: Compact): number {
  return vector.weights.reduce((sum, weight) => sum + weight * weight, 0);
}

interface Partition {
  readonly assignment: Uint16Array;
  /** Sums of the members' vectors, and their norms. */
  readonly sums: readonly Float64Array[];
  readonly norms: number[];
  readonly cohesion: number;
}

function norm(dense: Float64Array): number {
  let sum = 0;
  for (const value of dense) sum += value * value;
  return Math.sqrt(sum);
}

function sumsOf(vectors: readonly Compact[], assignment: Uint16Array, k: number, dimensions: number): Float64Array[] {
  const sums = Array.from({ length: k }, () => new Float64Array(dimensions));
  vectors.forEach((vector, index) => {
    const sum = sums[assignment[index] ?? 0];
    if (sum === undefined) return;
    for (let at = 0; at < vector.features.length; at += 1) {
      const feature = vector.features[at] ?? 0;
      sum[feature] = (sum[feature] ?? 0) + (vector.weights[at] ?? 0);
    }
  });
  return sums;
}

/**
 * Spherical k-means (Dhillon and Modha 2001), seeded as k-means++ (Arthur and Vassilvitskii 2007) with a fixed
 * generator.
 */
function partition(vectors: readonly Compact[], dimensions: number, k: number, random: () => number): Partition {
  const first = Math.floor(random() * vectors.length);
  const seeds = [first];
  const nearest = new Float64Array(vectors.length).fill(Number.POSITIVE_INFINITY);
  const dense = new Float64Array(dimensions);
  while (seeds.length < k) {
    const last = vectors[seeds.at(-1) ?? 0];
    dense.fill(0);
    last?.features.forEach((feature, at) => {
      dense[feature] = last.weights[at] ?? 0;
    });
    let total = 0;
    vectors.forEach((vector, index) => {
      const distance = Math.max(0, 1 - dot(vector, dense)) ** 2;
      nearest[index] = Math.min(nearest[index] ?? 0, distance);
      total += nearest[index] ?? 0;
    });
    let at = random() * total;
    let chosen = 0;
    while (chosen < vectors.length - 1 && at >= (nearest[chosen] ?? 0)) {
      at -= nearest[chosen] ?? 0;
      chosen += 1;
    }
    seeds.push(chosen);
  }
  let sums: readonly Float64Array[] = seeds.map((seed) => {
    const sum = new Float64Array(dimensions);
    const vector = vectors[seed];
    vector?.features.forEach((feature, at) => {
      sum[feature] = vector.weights[at] ?? 0;
    });
    return sum;
  });
  const assignment = new Uint16Array(vectors.length);
  let cohesion = 0;
  for (let round = 0; round < rounds; round += 1) {
    const norms = sums.map(norm);
    let moved = 0;
    cohesion = 0;
    vectors.forEach((vector, index) => {
      let best = 0;
      let similarity = Number.NEGATIVE_INFINITY;
      sums.forEach((sum, cluster) => {
        const candidate = dot(vector, sum) / (norms[cluster] || 1);
        if (candidate > similarity) {
          similarity = candidate;
          best = cluster;
        }
      });
      cohesion += similarity;
      if (assignment[index] !== best || round === 0) moved += 1;
      assignment[index] = best;
    });
    sums = sumsOf(vectors, assignment, k, dimensions);
    if (moved === 0) break;
  }
  return { assignment, sums, norms: sums.map(norm), cohesion };
}

/**
 * Simplified silhouette (Hruschka et al. 2006) with cosine distances to centroids, a vector left out of its own
 * centroid: near 0 where the parts are no tighter than chance.
 */
function silhouette(vectors: readonly Compact[], { assignment, sums, norms }: Partition): number {
  const step = Math.max(1, Math.floor(vectors.length / silhouetteSample));
  let total = 0;
  let counted = 0;
  for (let index = 0; index < vectors.length; index += step) {
    const vector = vectors[index];
    if (vector === undefined) continue;
    const own = assignment[index] ?? 0;
    let inside = 0;
    let outside = 0;
    sums.forEach((sum, cluster) => {
      const along = dot(vector, sum);
      if (cluster === own) {
        const square = squares(vector);
        const rest = Math.sqrt(Math.max(0, (norms[cluster] ?? 0) ** 2 - 2 * along + square));
        inside = rest < 1e-9 ? 0 : (along - square) / rest;
      } else outside = Math.max(outside, along / (norms[cluster] || 1));
    });
    const a = 1 - inside;
    const b = 1 - outside;
    total += (b - a) / Math.max(a, b, 1e-9);
    counted += 1;
  }
  return counted === 0 ? 0 : total / counted;
}

function membersOf({ assignment, sums }: Partition): number[][] {
  const groups: number[][] = sums.map(() => []);
  assignment.forEach((cluster, index) => {
    groups[cluster]?.push(index);
  });
  return groups;
}

/** The partition with the members of too small groups given to the nearest of the others. */
function withoutSmall(vectors: readonly Compact[], dimensions: number, split: Partition, smallest: number): Partition {
  const groups = membersOf(split);
  const kept = groups.flatMap((group, cluster) => (group.length >= smallest ? [cluster] : []));
  if (kept.length === groups.length) return split;
  if (kept.length === 0) return { ...split, sums: [], norms: [] };
  const assignment = split.assignment.map((cluster, index) => {
    const vector = vectors[index];
    if (kept.includes(cluster) || vector === undefined) return kept.indexOf(cluster);
    const likeness = kept.map(
      (other) => dot(vector, split.sums[other] ?? new Float64Array()) / (split.norms[other] || 1),
    );
    return likeness.indexOf(Math.max(...likeness));
  });
  const sums = sumsOf(vectors, assignment, kept.length, dimensions);
  return { assignment, sums, norms: sums.map(norm), cohesion: split.cohesion };
}

/** The least silhouette at which a split says more than one cluster does. */
const worthSplitting = 0.08;

/**
 * Splits vectors into groups of like ones, each of at least `smallest`, or leaves them together. Deterministic; time
 * grows linearly with the number of vectors.
 * @returns positions in `vectors`, the largest group first
 */
export function clusterTexts(sparse: readonly SparseVector[], smallest: number, maxGroups: number): number[][] {
  const whole = [sparse.map((_, index) => index)];
  const most = Math.min(maxGroups, Math.floor(sparse.length / smallest));
  if (most < 2) return whole;
  const { vectors, dimensions } = compact(sparse);
  let best = whole;
  let bestSilhouette = worthSplitting;
  for (let k = 2; k <= most; k += 1) {
    const random = fixedRandom(20_240 + k);
    let split: Partition | undefined;
    for (let attempt = 0; attempt < (vectors.length > 2_000 ? 1 : restarts); attempt += 1) {
      const tried = partition(vectors, dimensions, k, random);
      if (split === undefined || tried.cohesion > split.cohesion + 1e-9) split = tried;
    }
    if (split === undefined) continue;
    const merged = withoutSmall(vectors, dimensions, split, smallest);
    if (merged.sums.length < 2) continue;
    const value = silhouette(vectors, merged);
    if (value > bestSilhouette + 0.01) {
      best = membersOf(merged);
      bestSilhouette = value;
    }
  }
  return best.toSorted((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}

/**
 * Divides vectors into about so many groups of like ones, each of at least `smallest`: fewer where groups came out smaller,
 * whose members go to the nearest of the others. Deterministic.
 * @returns positions in `vectors`, the largest group first, in each the most typical first
 */
export function groupsOfTexts(sparse: readonly SparseVector[], groups: number, smallest: number): number[][] {
  const { vectors, dimensions } = compact(sparse);
  const k = Math.min(groups, Math.floor(vectors.length / smallest));
  if (k < 2) return [sparse.map((_, index) => index)];
  const random = fixedRandom(20_240 + k);
  const tried = Array.from({ length: restarts }, () => partition(vectors, dimensions, k, random));
  const [best] = tried.toSorted((a, b) => b.cohesion - a.cohesion);
  if (best === undefined) return [];
  const merged = withoutSmall(vectors, dimensions, best, smallest);
  const likeness = (index: number, group: number) => {
    const vector = vectors[index];
    return vector === undefined
      ? 0
      : dot(vector, merged.sums[group] ?? new Float64Array()) / (merged.norms[group] || 1);
  };
  return membersOf(merged)
    .map((members, group) => members.toSorted((a, b) => likeness(b, group) - likeness(a, group) || a - b))
    .filter((members) => members.length > 0)
    .toSorted((a, b) => b.length - a.length || (a[0] ?? 0) - (b[0] ?? 0));
}
