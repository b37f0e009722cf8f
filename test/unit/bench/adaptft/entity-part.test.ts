import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { packRights } from '../../../../bench/adaptft/arms/rights.ts';
import type { Score, Scores } from '../../../../bench/adaptft/arms/score.ts';
import type { ArmName, UnitResult } from '../../../../bench/adaptft/arms/unit-result.ts';
import { entityPart } from '../../../../bench/adaptft/results/entity-part.ts';
import { protocol } from '../../../../bench/adaptft/results/unit-files.ts';
import { writeResults } from '../../../../bench/adaptft/results/write-results.ts';
import { entityScenarios } from '../../../../bench/adaptft/scenarios/entity-scenarios.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

function score(right: number, value: number): Score {
  const rights = packRights(Array.from({ length: 10 }, (_, at) => at < right));
  return { right, of: 10, rights, metric: { name: 'entity F1', value } };
}

function scores(right: number, value: number): Scores {
  const [clean, noisy] = [score(right, value), score(right - 1, value - 0.1)];
  return { clean, noisy, parts: [clean], union: { clean, noisy } };
}

function unit(arm: ArmName, seed: number, value: number): UnitResult {
  const change = { clean: { gained: 2, lost: 1 }, noisy: { gained: 2, lost: 1 } };
  const run = { decision: 'promoted' as const, reason: '', iterations: 1, failures: 1, records: 2, seconds: 1 };
  const more = { champion: { clean: 0.3, noisy: 0.2 }, offered: [], gate: [], change };
  return {
    protocol,
    scenario: 'wnut17',
    seed,
    judge: 'random',
    arm,
    cpuSeconds: 1,
    start: scores(3, 0.4),
    stages: [0, 1].map((at) => ({
      scores: scores(4, value + at / 10),
      examples: 1,
      seconds: 1,
      judgedFailures: 0.5,
      runs: arm === 'ratchet' && at === 1 ? [{ ...run, ...more }] : [],
      triage: [],
    })),
  };
}

const units = [unit('ratchet', 11, 0.5), unit('ratchet', 12, 0.7), unit('all', 11, 0.5)];

it('tells F1 and the share of traces right apart, by arm and stage, as means over the seeds', () => {
  const lines = entityPart(units, entityScenarios);
  expect(lines).toContain('| wnut17 | random | ratchet | 40.0 / 30.0 | 60.0 / 50.0 | 70.0 / 60.0 |');
  expect(lines).toContain('| wnut17 | random | all | 40.0 / 30.0 | 50.0 / 40.0 | 60.0 / 50.0 |');
  expect(lines).toContain('| wnut17 | random | ratchet | 30.0 / 20.0 | 40.0 / 30.0 | 40.0 / 30.0 |');
  expect(lines).toContain('| wnut17 | random | 11 | 2 | +10.0 / +10.0 | +0.0 / +0.0 | 2, 1 |');
});

it('is nothing where no entities were run', () => {
  expect(entityPart([{ ...units[0], scenario: 'snips' } as UnitResult], entityScenarios)).toEqual([]);
});

it('stands alone on the page where nothing else was run, and holds nothing against the targets', async () => {
  const directory = await mkdtemp(join(tmpdir(), 'adaptft-entities-'));
  onTestFinished(() => rm(directory, { recursive: true }));
  const out = join(directory, 'results.json');
  const request = { out, command: 'bench', units, scenarios: [], hard: [], entities: entityScenarios };
  expect(await writeResults({ ...request, random: new SeededRandom() })).toEqual({ targets: [] });
  const page = await readFile(join(directory, 'results.md'), 'utf8');
  expect(page).toMatch(/^# AdaptFT-Bench for entities: results\n/);
  expect(page).toContain('seeds 11, 12');
  expect(page).not.toContain('Targets');
});
