import type { TaggerModel } from './tagger-model.ts';

/**
 * The ranks of a tagger's layers as numbers: place of the type in `types`, and the count of types more for each earlier
 * layer that has the type too.
 */
export function ranksIn({ types: own, layers }: TaggerModel, types: readonly string[]): number[][] {
  const depths = new Map<number, number>();
  return layers.map((layer) =>
    layer.types.map((type) => {
      const depth = depths.get(type) ?? 0;
      depths.set(type, depth + 1);
      return types.indexOf(own[type] ?? '') + depth * types.length;
    }),
  );
}

/**
 * Layers that have every rank of several taggers once: those of the first, and what others have beside where their own
 * layers allow it, else in layers more. Ranks as {@link ranksIn} numbers them, each layer's in the order of the types.
 * @param types those of all of them
 */
export function commonLayers(models: readonly TaggerModel[], types: readonly string[]): number[][] {
  const [first = [[]], ...others] = models.map((model) => ranksIn(model, types));
  const layers = first.map((layer) => [...layer]);
  for (const other of others) {
    const known = new Set(other.flat());
    for (const layer of other) {
      const missing = layer.filter((rank) => !layers.some((one) => one.includes(rank)));
      if (missing.length === 0) continue;
      // Inner entities of a type stand in a later layer than its outer ones.
      const earliest = Math.max(
        0,
        ...missing.map((rank) => layers.findLastIndex((one) => one.includes(rank - types.length)) + 1),
      );
      const fitting = layers
        .slice(earliest)
        .filter((one) => one.every((rank) => layer.includes(rank) || !known.has(rank)))
        .sort((a, b) => inCommon(b, layer) - inCommon(a, layer))[0];
      if (fitting === undefined) layers.push([...missing]);
      else fitting.push(...missing);
    }
  }
  const place = (rank: number): number => rank % types.length;
  return layers.map((layer) => layer.sort((a, b) => place(a) - place(b)));
}

function inCommon(one: readonly number[], other: readonly number[]): number {
  return one.filter((rank) => other.includes(rank)).length;
}
