import { describe, expect, it } from 'vitest';
import {
  builtInFoundationSchema,
  embeddedConfigurationSchema,
  type Foundation,
} from '../../../../../shared/adapters/backends/embedded/embedded-configuration.ts';
import {
  defaultConfiguration,
  firstConfigurations,
  neighbourConfigurations,
} from '../../../../../shared/adapters/backends/embedded/search-space.ts';
import { canonicalJson } from '../../../../../shared/domain/base/ids.ts';

describe.each(builtInFoundationSchema.options)('configurations for foundation %s', (foundation) => {
  const standard = defaultConfiguration(foundation);

  it('begin with the default, beside a different one', () => {
    const [first, second] = firstConfigurations(foundation);
    expect(first).toEqual(standard);
    expect(second).not.toEqual(standard);
  });

  it('have valid neighbours, all different, 13 at most, the same each time', () => {
    const starts = [
      standard,
      { ...standard, interpolation: 0.4 },
      { ...standard, l2: 0, epochs: 1000, distillation: 0.25, interpolation: 0.3, classBalance: 1 },
    ];
    for (const start of starts) {
      const neighbours = neighbourConfigurations(start);
      expect(neighbours.length).toBeGreaterThanOrEqual(5);
      expect(neighbours.length).toBeLessThanOrEqual(13);
      expect(new Set([start, ...neighbours].map(canonicalJson)).size).toBe(neighbours.length + 1);
      for (const neighbour of neighbours) {
        expect(embeddedConfigurationSchema.parse(neighbour)).toEqual(neighbour);
      }
      expect(neighbourConfigurations(start)).toEqual(neighbours);
    }
  });
});

it('goes half and then three quarters of the way to the champion first when a candidate loses too much', () => {
  const parts = (interpolation: number, losesTooMuch: boolean) =>
    neighbourConfigurations({ ...defaultConfiguration('none'), interpolation }, losesTooMuch)
      .slice(0, 3)
      .map((neighbour) => neighbour.interpolation);
  expect(parts(0, true)).toEqual([0.5, 0.75, 0.4]);
  expect(parts(0.4, true)).toEqual([0.75, 0.9, 0.6]);
  expect(parts(0.6, true)).toEqual([0.75, 0.9, 0.5]);
  expect(parts(0.75, true)).toEqual([0.9, 0.6, 0.5]);
  expect(parts(0.4, false)).toEqual([0.5, 0.25, 0.6]);
});

it('tries more and less of embedding dropout only where there are embeddings', () => {
  const dropouts = (foundation: Foundation, embeddingDropout: number) => [
    ...new Set(
      neighbourConfigurations({ ...defaultConfiguration(foundation), embeddingDropout }).map(
        (neighbour) => neighbour.embeddingDropout,
      ),
    ),
  ];
  expect(dropouts('use-lite', 0.05)).toEqual([0.05, 0.15]);
  expect(dropouts('use-lite', 0.15)).toEqual([0.15, 0.05]);
  expect(dropouts('none', 0.05)).toEqual([0.05]);
});

it('reads configurations from before embedding dropout as without it', () => {
  const { embeddingDropout, ...before } = defaultConfiguration('use-lite');
  expect(embeddingDropout).toBeGreaterThan(0);
  expect(embeddedConfigurationSchema.parse(before).embeddingDropout).toBe(0);
});
