import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examplesAt, labelsAt, logsAt, rightAt } from '../../../../bench/adaptft/arms/labels-at.ts';
import { prepare } from '../../../../bench/adaptft/arms/prepared.ts';
import { runUnit } from '../../../../bench/adaptft/arms/run-unit.ts';
import type { Scenario } from '../../../../bench/adaptft/scenarios/scenario.ts';
import { schemaDrift } from '../../../../bench/adaptft/scenarios/schema-drift.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

const atoms = Array.from({ length: 16 }, (_, at) => `atom${String(at).padStart(2, '0')}`);
const texts = (part: string, count: number) =>
  Array.from({ length: count }, (_, at) => {
    const atom = atoms[at % atoms.length] ?? '';
    return { input: `${part} ${atom}x asks ${atom}y number ${at} about thing ${at * 7}`, output: labelOutput(atom) };
  });
const scenario: Scenario = {
  name: 'made-up-drift',
  about: '',
  foundation: 'none',
  examplesPerLabel: 4,
  freshLimit: 160,
  stageSize: { learn: 160, score: 48 },
  drift: schemaDrift,
  load: async () => ({ labels: atoms, pool: texts('pool', 960), fresh: texts('fresh', 320) }),
};
const prepared = () => prepare(scenario, 3, 'random', '', new SeededRandom());

let cache: string;
beforeAll(async () => {
  cache = await mkdtemp(join(tmpdir(), 'ratchet-drift-'));
});
afterAll(() => rm(cache, { recursive: true, force: true }));

describe('labels that drift', () => {
  it('are renamed at the second stage, split at the third, merged at the fourth', () => {
    const drift = schemaDrift(atoms, 3, new SeededRandom());
    expect([0, 1, 2, 3].map((stage) => drift.labelsAt(stage).length)).toEqual([13, 13, 16, 13]);
    expect([0, 1, 2, 3].map((stage) => drift.changesAt(stage).map(({ how }) => how))).toEqual([
      [],
      ['rename', 'rename', 'rename'],
      ['split', 'split', 'split'],
      ['merge', 'merge', 'merge'],
    ]);
    const names = atoms.map((atom) => [0, 1, 2, 3].map((stage) => drift.nameAt(atom, stage)));
    expect(names.filter(([first, second]) => first !== second)).toHaveLength(3);
    expect(names.filter(([, second, third]) => second !== third)).toHaveLength(6);
    expect(names.filter(([, , third, fourth]) => third !== fourth)).toHaveLength(6);
  });

  it('are named as those of its stage in every log, and by their finest names in what scores', async () => {
    const made = await prepared();
    expect(made.draw.labels).toEqual(labelsAt(made, 0));
    for (const { output } of made.draw.examples) expect(made.draw.labels).toContain(output);
    for (const [stage, logs] of made.stages.entries()) {
      for (const { expected } of logs) if (expected !== null) expect(labelsAt(made, stage)).toContain(expected);
    }
    for (const { output } of [...made.clean, ...made.noisy, ...made.parts.flat()]) {
      expect(atoms).toContain(output);
      for (const stage of [0, 1, 2, 3]) expect(labelsAt(made, stage)).toContain(rightAt(made, output, stage));
    }
  });

  it('are renamed and merged in the data of the rivals, who leave out what was split', async () => {
    const made = await prepared();
    const served = (made.stages[0] ?? []).map((log) => ({ log, answer: { output: log.expected, confidence: 1 } }));
    const later = logsAt(made, served, 3);
    const lost = later.filter(({ log }, at) => log.expected === null && served[at]?.log.expected !== null);
    expect(lost.length).toBeGreaterThan(20);
    for (const { log, answer } of lost) expect([log.unjudged, answer.output]).toEqual([true, null]);
    for (const { log } of later) if (log.expected !== null) expect(labelsAt(made, 3)).toContain(log.expected);
    const examples = examplesAt(made, made.draw.examples, 3);
    expect(examples.length).toBeGreaterThan(0);
    expect(examples.length).toBeLessThan(made.draw.examples.length);
    for (const { output } of examples) expect(labelsAt(made, 3)).toContain(output);
  });

  it.each(['ratchet', 'all', 'frozen'] as const)('take %s through the stages', async (arm) => {
    const made = await prepared();
    const { start, stages } = await runUnit(arm, made, cache);
    const right = [start, ...stages.map(({ scores }) => scores)].map(({ clean }) => clean.right / clean.of);
    expect(stages).toHaveLength(4);
    if (arm === 'frozen') {
      // A model that never learns the parts of what was split has them wrong.
      expect(right[3]).toBeLessThan(0.75);
    } else expect(right.at(-1)).toBeGreaterThan(0.9);
  });
});
