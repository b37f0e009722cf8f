import { describe, expect, it } from 'vitest';
import { prepare } from '../../../../bench/adaptft/arms/prepared.ts';
import type { Scenario } from '../../../../bench/adaptft/scenarios/scenario.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const labels = ['a', 'b', 'c'];
const texts = (part: string, count: number) =>
  Array.from({ length: count }, (_, at) => ({
    input: `${part} request number ${at} about thing ${at * 7}`,
    output: labelOutput(labels[at % 3] ?? 'a'),
  }));
const scenario: Scenario = {
  name: 'made-up',
  about: '',
  foundation: 'none',
  examplesPerLabel: 5,
  freshLimit: 200,
  load: async () => ({ labels, pool: texts('pool', 2_700), fresh: texts('fresh', 300) }),
};
const prepared = (seed: number, judge: 'random' | 'systematic' = 'random') =>
  prepare(scenario, seed, judge, '', new SeededRandom());

describe('prepare', () => {
  it('keeps apart what trains and what scores', async () => {
    const { draw, stages, parts, clean } = await prepared(1);
    const learnt = new Set([...draw.examples, ...draw.stages.flatMap(({ learn }) => learn)].map(({ input }) => input));
    const scored = [...draw.stages.flatMap(({ score }) => score), ...draw.fresh].map(({ input }) => input);
    expect(learnt.size).toBe(15 + 4 * 500);
    expect(scored).toHaveLength(4 * 150 + 200);
    expect(scored.filter((input) => learnt.has(input))).toEqual([]);
    const logged = new Set(stages.flat().map(({ input }) => input));
    expect([...parts.flat(), ...clean].filter(({ input }) => logged.has(input))).toEqual([]);
    expect(stages.flat().filter(({ truth }) => scored.includes(truth.host.input))).toEqual([]);
  });

  it('scores on nothing that has no right answer', async () => {
    const { parts, noisy, clean } = await prepared(1);
    expect(parts[0]).toHaveLength(150);
    expect(parts[3]?.length).toBeLessThan(110);
    expect(noisy.every(({ input }, at) => input !== clean[at]?.input)).toBe(true);
    expect(noisy.map(({ output }) => output)).toEqual(clean.map(({ output }) => output));
  });

  it('differs between judges in nothing but wrong corrections', async () => {
    const [random, systematic] = [await prepared(1), await prepared(1, 'systematic')];
    const untouched = ({ stages }: typeof random) =>
      stages
        .flat()
        .map(({ expected, truth, ...log }) => ({ ...log, truth, ...(truth.wrongCorrection ? {} : { expected }) }));
    expect(untouched(systematic)).toEqual(untouched(random));
    expect(systematic.noisy).toEqual(random.noisy);
    expect(systematic.stages).not.toEqual(random.stages);
  });
});
