import { compareText } from '../../../domain/base/text.ts';
import { type Entity, entityKey } from '../../../tasks/extraction/entity.ts';
import { meetings, outermost } from './meeting-entities.ts';

/** Entities of a type that lie in `depth` others of it. */
export interface Rank {
  readonly label: string;
  readonly depth: number;
}

/** Ranks whose entities hardly ever overlap, tagged together. */
export type Layer = readonly Rank[];

/** What overlaps less often than this, as a share of the rarer, is not worth a layer: there the outermost is learnt. */
const hardly = 0.02;
/** Entities that lie in so many of their own type are not learnt. */
const mostDepth = 4;

interface RankedEntity extends Pick<Entity, 'start' | 'end'> {
  readonly entity: Entity;
  readonly key: string;
}

/**
 * The fewest layers that a greedy colouring finds (Welsh and Powell 1967) in which ranks that overlap stand apart; at least
 * one. Where nothing overlaps it is one of all types. A type has its outer entities in an earlier layer than its inner ones.
 * @param texts the entities of each text
 */
export function layersOf(texts: readonly (readonly Entity[])[]): Layer[] {
  const ranks = new Map<string, Rank>();
  const counts = new Map<string, number>();
  const met = new Map<string, number>();
  for (const entities of texts) {
    const ranked = rankedOf(entities);
    for (const { key, entity } of ranked) {
      ranks.set(key, { label: entity.label, depth: depthOf(key) });
      counts.set(key, (counts.get(key) ?? 0) + 1);
    }
    for (const [first, second] of meetings(ranked)) {
      const pair = pairOf(first.key, second.key);
      met.set(pair, (met.get(pair) ?? 0) + 1);
    }
  }
  const count = (key: string): number => counts.get(key) ?? 0;
  // As deep as each depth has enough of them.
  const isLearnt = ({ label, depth }: Rank): boolean =>
    depth === 0 ||
    (count(keyOf(label, depth)) >= hardly * count(keyOf(label, 0)) && isLearnt({ label, depth: depth - 1 }));
  const kept = [...ranks].filter(([, rank]) => isLearnt(rank));
  const clash = ([a, one]: (typeof kept)[number], [b, other]: (typeof kept)[number]): boolean =>
    one.label === other.label || (met.get(pairOf(a, b)) ?? 0) >= hardly * Math.min(count(a), count(b));
  const clashes = new Map(kept.map((one) => [one[0], kept.filter((other) => one !== other && clash(one, other))]));
  const degree = (key: string): number => clashes.get(key)?.length ?? 0;
  kept.sort(([a, { depth }], [b, other]) => depth - other.depth || degree(b) - degree(a) || compareText(a, b));
  const placed = new Map<string, number>();
  for (const [key, { label, depth }] of kept) {
    const taken = new Set(clashes.get(key)?.map(([other]) => placed.get(other)));
    let layer = depth === 0 ? 0 : (placed.get(keyOf(label, depth - 1)) ?? 0) + 1;
    while (taken.has(layer)) layer += 1;
    placed.set(key, layer);
  }
  return Array.from({ length: Math.max(0, ...placed.values()) + 1 }, (_, layer) =>
    kept.filter(([key]) => placed.get(key) === layer).map(([, rank]) => rank),
  );
}

/** The entities of a text by layer, each layer's in order and apart from one another; some may be in none. */
export function placedIn(layers: readonly Layer[], entities: readonly Entity[]): Entity[][] {
  const layerOf = new Map(
    layers.flatMap((layer, at) => layer.map(({ label, depth }): [string, number] => [keyOf(label, depth), at])),
  );
  const placed: Entity[][] = layers.map(() => []);
  for (const { key, entity } of rankedOf(entities)) placed[layerOf.get(key) ?? -1]?.push(entity);
  return placed.map(outermost);
}

/** The entities with the key of their rank, each once, in order. */
function rankedOf(entities: readonly Entity[]): RankedEntity[] {
  const byLabel = Map.groupBy(new Map(entities.map((one) => [entityKey(one), one])).values(), ({ label }) => label);
  const ranked: RankedEntity[] = [];
  for (const [label, all] of byLabel) {
    let rest = all;
    for (let depth = 0; depth < mostDepth && rest.length > 0; depth++) {
      const outer = new Set(outermost(rest));
      for (const entity of outer) {
        ranked.push({ entity, key: keyOf(label, depth), start: entity.start, end: entity.end });
      }
      rest = rest.filter((entity) => !outer.has(entity));
    }
  }
  return ranked.sort((a, b) => a.start - b.start || b.end - a.end || compareText(a.key, b.key));
}

function keyOf(label: string, depth: number): string {
  return `${depth} ${label}`;
}

function depthOf(key: string): number {
  return Number.parseInt(key, 10);
}

function pairOf(a: string, b: string): string {
  return JSON.stringify(a < b ? [a, b] : [b, a]);
}
