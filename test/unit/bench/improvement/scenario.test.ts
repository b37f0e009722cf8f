import { describe, expect, it } from 'vitest';
import type { Clinc } from '../../../../bench/improvement/load-clinc.ts';
import { drawScenario } from '../../../../bench/improvement/scenario.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

const labels = ['a', 'b', 'c', 'd'];
const rows = (part: string, each: number) =>
  labels.flatMap((label) => Array.from({ length: each }, (_, at) => ({ text: `${part} ${label} ${at}`, label })));
const clinc: Clinc = {
  labels,
  train: rows('train', 50),
  val: rows('val', 10),
  test: rows('test', 15),
  removedFromTest: 0,
};
const draw = (seed: number) =>
  drawScenario(
    { name: 'x', intents: 3, examplesPerLabel: 4, traces: [100, 90, 90], target: 0.5 },
    clinc,
    new SeededRandom().stream(seed, 'draw'),
  );

describe('drawScenario', () => {
  it('gives every text to one part alone, and no test text to traffic', () => {
    const { examples, cycles, fresh } = draw(1);
    const texts = [...examples, ...cycles.flat(), ...fresh].map(({ text }) => text);
    expect(new Set(texts).size).toBe(texts.length);
    expect(fresh).toHaveLength(45);
    expect([...examples, ...cycles.flat()].some(({ text }) => text.startsWith('test'))).toBe(false);
  });

  it('shares what is left among the later cycles', () => {
    const { labels: drawn, examples, cycles } = draw(1);
    expect(drawn).toHaveLength(3);
    expect(examples).toHaveLength(12);
    expect(cycles.map((cycle) => cycle.length)).toEqual([100, 34, 34]);
  });

  it('depends on the seed alone', () => {
    expect(draw(1)).toEqual(draw(1));
    expect(draw(1)).not.toEqual(draw(2));
  });
});
