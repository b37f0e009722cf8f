import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { baselines } from '../../../../bench/adaptft/arms/baselines.ts';
import { type Prepared, prepare } from '../../../../bench/adaptft/arms/prepared.ts';
import { runUnit } from '../../../../bench/adaptft/arms/run-unit.ts';
import type { Labelled } from '../../../../bench/adaptft/perturbations/corpus.ts';
import type { Scenario } from '../../../../bench/adaptft/scenarios/scenario.ts';
import { entityTask } from '../../../../bench/adaptft/tasks/entity-task.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { marked } from './marked.ts';

const frames = [
  'fly to [city:{c}] on [day:{d}]',
  'is [city:{c}] far from here',
  'call [person:{p}] on [day:{d}] please',
];
const cities = ['oslo', 'new york', 'lima', 'cairo', 'delhi', 'las vegas', 'perth', 'dublin'];
const days = ['monday', 'tuesday', 'friday', 'sunday morning'];
const people = ['ann', 'bo li', 'carl', 'dora', 'emil', 'fay smith'];
const texts = (part: string, count: number): Labelled[] =>
  Array.from({ length: count }, (_, at) => {
    const pick = (list: readonly string[], step: number) => list[(at * step + at) % list.length] ?? '';
    const frame = (frames[at % 3] ?? '').replace('{c}', pick(cities, 2)).replace('{d}', pick(days, 1));
    return marked(`${frame.replace('{p}', pick(people, 3))} ${part} ${at}`);
  });
const scenario: Scenario = {
  name: 'made-up-entities',
  about: '',
  task: entityTask,
  foundation: 'none',
  examplesPerLabel: 6,
  freshLimit: 60,
  stageSize: { learn: 40, score: 10 },
  load: async () => ({
    labels: ['city', 'day', 'person'],
    pool: texts('pool', 210),
    fresh: texts('fresh', 60),
    groupOf: () => 'all',
  }),
};
const spec = extraction.specFrom({ labels: ['city', 'day', 'person'], outputs: [] });

let cache: string;
let prepared: Prepared;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'ratchet-entities-'));
  prepared = await prepare(scenario, 3, 'random', '', new SeededRandom());
});
afterAll(() => rm(cache, { recursive: true, force: true }));

const expectPossible = (items: readonly Labelled[]) => {
  for (const { input, output } of items) expect(extraction.problem(spec, input, output)).toBeNull();
};

describe('a scenario of entities', () => {
  it('begins with so many examples of a group, and scores and judges what stands in the texts', () => {
    expect(prepared.draw.examples).toHaveLength(6);
    expectPossible([...prepared.clean, ...prepared.noisy, ...prepared.parts.flat()]);
    const judged = prepared.stages
      .flat()
      .flatMap(({ input, expected }) => (expected === null ? [] : [{ input, output: expected }]));
    expect(judged.length).toBeGreaterThan(150);
    expectPossible(judged);
  });

  it('keeps offsets true in what random augmentation trains on', () => {
    const stages = prepared.stages.map((logs) => logs.map((log) => ({ log, answer: { output: null, confidence: 0 } })));
    const { examples } = prepared.draw;
    const trained = baselines['random-augmentation']?.({
      examples,
      stages,
      rules: entityTask,
      seed: 3,
      random: new SeededRandom(),
    });
    expect(trained?.length).toBeGreaterThan(150);
    expectPossible(trained ?? []);
  });

  it.each(['all', 'ratchet'] as const)('takes %s through the stages, scored by entity F1', async (arm) => {
    const { start, stages } = await runUnit(arm, prepared, cache);
    const f1 = [start, ...stages.map(({ scores }) => scores)].map(({ clean }) => clean.metric);
    expect(new Set(f1.map((metric) => metric?.name))).toEqual(new Set(['entity F1']));
    expect(stages).toHaveLength(4);
    expect(f1.at(-1)?.value).toBeGreaterThan(f1[0]?.value ?? 1);
    expect(f1.at(-1)?.value).toBeGreaterThan(0.8);
  });
});
