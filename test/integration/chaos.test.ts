import { afterAll, beforeAll, expect, it } from 'vitest';
import { type Material, makeMaterial } from '../../bench/chaos/material.ts';
import { chaosTrial, type Day, undisturbed } from '../../bench/chaos/trial.ts';

let material: Material;
let expected: readonly Day[];

beforeAll(async () => {
  material = await makeMaterial({ traces: [120, 30], settings: { maxIterations: 1 } });
  expected = await undisturbed(material);
}, 300_000);
afterAll(() => material.dispose());

// Throttled, torn and lost; then lost, twice, at once and by a clock that jumps. `npm run bench:chaos` has many seeds.
it.each([2, 4])(
  'ingesting and running under faults of seed %i comes to the same end, or ends clearly and goes on',
  async (seed) => {
    const report = await chaosTrial(material, expected, seed);
    expect(report).toMatchObject({ seed, problems: [] });
    expect(Object.values(report.injected).reduce((sum, count) => sum + count, 0)).toBeGreaterThan(5);
  },
  300_000,
);
