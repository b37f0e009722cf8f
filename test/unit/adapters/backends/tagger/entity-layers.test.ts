import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { layersOf, placedIn } from '../../../../../shared/adapters/backends/tagger/entity-layers.ts';
import type { Entity } from '../../../../../shared/tasks/extraction/entity.ts';
import { overlaps } from '../../../../../shared/tasks/extraction/span-errors.ts';

const entity = (label: string, start: number, end: number): Entity => ({ label, start, end });
const shown = (texts: readonly (readonly Entity[])[]): string[] =>
  layersOf(texts).map((layer) => layer.map(({ label, depth }) => `${label}${depth}`).join(' '));

describe('layers of entities', () => {
  it('are one where nothing overlaps, whatever touches', () => {
    expect(shown([])).toEqual(['']);
    expect(shown([[entity('a', 0, 3), entity('b', 3, 5)], [entity('c', 0, 9)], []])).toHaveLength(1);
    // The same entity twice is one.
    expect(shown([[entity('a', 0, 3), entity('a', 0, 3)]])).toEqual(['a0']);
  });

  it('part the types that overlap, and no others', () => {
    const texts = [
      [entity('school', 0, 18), entity('city', 14, 18)],
      [entity('school', 0, 18), entity('person', 0, 5)],
      [entity('city', 0, 4), entity('person', 8, 12), entity('day', 14, 20)],
    ];
    expect(shown(texts)).toEqual(['school0 day0', 'city0 person0']);
    expect(placedIn(layersOf(texts), texts[0] ?? [])).toEqual([[entity('school', 0, 18)], [entity('city', 14, 18)]]);
  });

  it('part what lies in its own type by how deep it lies', () => {
    const nested = [entity('product', 0, 30), entity('product', 10, 30), entity('product', 20, 30)];
    expect(shown([nested])).toEqual(['product0', 'product1', 'product2']);
    expect(placedIn(layersOf([nested]), [...nested].reverse())).toEqual(nested.map((one) => [one]));
  });

  it('go as deep in a type as each depth has enough', () => {
    const apart = Array.from({ length: 99 }, () => [entity('a', 0, 9)]);
    const deep = [entity('a', 0, 9), entity('a', 0, 8), ...[0, 1, 2, 3, 4].map((at) => entity('a', at, at + 1))];
    expect(shown([...apart, deep])).toEqual(['a0']);
    expect(placedIn(layersOf([...apart, deep]), deep)).toEqual([[entity('a', 0, 9)]]);
    expect(shown([...apart.slice(60), deep])).toEqual(['a0', 'a1', 'a2']);
  });

  it('part two types at the same place, and types that cross', () => {
    expect(shown([[entity('a', 0, 3), entity('b', 0, 3)]])).toHaveLength(2);
    expect(shown([[entity('a', 0, 3), entity('b', 2, 5)]])).toHaveLength(2);
  });

  it('are one where types hardly ever overlap: there the outermost is taken', () => {
    const apart = Array.from({ length: 99 }, () => [entity('a', 0, 5), entity('b', 6, 9)]);
    const rare = [entity('a', 0, 5), entity('b', 1, 3)];
    expect(shown([...apart, rare])).toEqual(['a0 b0']);
    expect(placedIn(layersOf([...apart, rare]), rare)).toEqual([[entity('a', 0, 5)]]);
    expect(shown([...apart, rare, rare, rare])).toEqual(['a0', 'b0']);
    const within = [entity('a', 0, 5), entity('a', 1, 3)];
    expect(shown([...apart, within])).toEqual(['a0 b0']);
  });

  it('hold entities apart from one another, each at most once, in order, whatever overlaps', () => {
    const places = fc
      .tuple(fc.constantFrom('a', 'b', 'c'), fc.nat(12), fc.integer({ min: 1, max: 8 }))
      .map(([label, start, length]) => entity(label, start, start + length));
    fc.assert(
      fc.property(fc.array(fc.array(places, { maxLength: 8 }), { maxLength: 5 }), (texts) => {
        const layers = layersOf(texts);
        for (const text of texts) {
          const placed = placedIn(layers, text);
          for (const layer of placed) {
            layer.forEach((one, at) => {
              for (const other of layer.slice(0, at)) {
                expect(overlaps(one, other)).toBe(false);
                expect(one.start).toBeGreaterThan(other.start);
              }
            });
          }
          const learnt = placed.flat().map(({ label, start, end }) => `${label} ${start} ${end}`);
          expect(new Set(learnt).size).toBe(learnt.length);
          // In so few texts nothing is rare: only what lies very deep in its own type is left out.
          const depths = layers.flat().map(({ depth }) => depth);
          if (Math.max(0, ...depths) < 3) {
            expect(learnt.length).toBe(new Set(text.map(({ label, start, end }) => `${label} ${start} ${end}`)).size);
          }
        }
      }),
    );
  });
});
