import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { packRights } from '../../../../bench/adaptft/arms/rights.ts';
import type { Score, Scores } from '../../../../bench/adaptft/arms/score.ts';
import type { ArmName, RunRecord, UnitResult } from '../../../../bench/adaptft/arms/unit-result.ts';
import { markdown } from '../../../../bench/adaptft/results/markdown.ts';
import { overallChart } from '../../../../bench/adaptft/results/overall-chart.ts';
import { summarise } from '../../../../bench/adaptft/results/summarise.ts';
import { trajectoryChart } from '../../../../bench/adaptft/results/trajectory-chart.ts';
import { protocol, readUnits, writeUnit } from '../../../../bench/adaptft/results/unit-files.ts';
import { scenarios } from '../../../../bench/adaptft/scenarios/all-scenarios.ts';
import { hardScenarios } from '../../../../bench/adaptft/scenarios/hard-scenarios.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

function score(right: number): Score {
  return { right, of: 100, rights: packRights(Array.from({ length: 100 }, (_, at) => at < right)) };
}

function scores(right: number): Scores {
  return {
    clean: score(right),
    noisy: score(right - 10),
    parts: [score(right)],
    union: { clean: score(right), noisy: score(right - 10) },
  };
}

function refusal(clean: number): RunRecord {
  const offer = { dataset: 'extend', interpolation: 0, outOfFold: 0.9, clean, noisy: clean - 0.1, promoted: false };
  return { ...promotion(0, 0), decision: 'kept', change: null, offered: [offer] };
}

function promotion(gained: number, lost: number): RunRecord {
  const change = { clean: { gained, lost }, noisy: { gained, lost } };
  return {
    decision: 'promoted',
    reason: '',
    iterations: 1,
    champion: { clean: 0.7, noisy: 0.6 },
    offered: [],
    failures: 30,
    records: 60,
    seconds: 1,
    change,
    gate: [],
  };
}

function unit(arm: ArmName, rights: readonly number[], runs: readonly RunRecord[] = []): UnitResult {
  return {
    protocol,
    scenario: 'snips',
    seed: 1,
    judge: 'random',
    arm,
    cpuSeconds: 1,
    start: scores(70),
    stages: rights.map((right, stage) => ({
      scores: scores(right),
      examples: 10,
      seconds: 1,
      judgedFailures: 0.1,
      runs: stage === 0 ? runs : [],
      triage:
        arm === 'ratchet' && stage === 2
          ? [
              {
                kind: 'label-flip',
                class: 'poison',
                wrongCorrection: true,
                failing: true,
                logs: 10,
                poison: 2,
                suspects: 6,
                unknown: 1,
              },
              {
                kind: 'none',
                class: 'clean',
                wrongCorrection: false,
                failing: false,
                logs: 90,
                poison: 1,
                suspects: 1,
                unknown: 0,
              },
            ]
          : [],
    })),
  };
}

const units = [
  unit('ratchet', [80, 85, 90, 92], [promotion(3, 20), promotion(9, 1), refusal(0.75), refusal(0.69)]),
  unit('all', [80, 84, 88, 90]),
];
const summary = summarise(units, scenarios, new SeededRandom());

const directories: string[] = [];
afterEach(async () => {
  await Promise.all(directories.splice(0).map((directory) => rm(directory, { recursive: true })));
});

describe('summarise', () => {
  it('holds the arms against Ratchet after the last stage', () => {
    const [scenario] = summary.scenarios;
    expect(scenario?.name).toBe('snips');
    expect(scenario?.arms.ratchet?.stages.map(({ clean, noisy }) => [clean, noisy])).toEqual([
      [0.8, 0.7],
      [0.85, 0.75],
      [0.9, 0.8],
      [0.92, 0.82],
    ]);
    expect(scenario?.arms.all?.behindRatchet.clean?.mean).toBeCloseTo(0.02, 12);
  });

  it('finds the promotion that made the model worse', () => {
    const both = summary.promotions.find(({ judge }) => judge === null);
    expect(both).toMatchObject({ runs: 4, promotions: 2, lower: 1, farLower: 1, worse: ['snips/1/random/stage 1'] });
    expect(both?.worstDrop).toBeCloseTo(0.17, 12);
  });

  it('holds Ratchet against its rivals by stage, over all scenarios and seeds', () => {
    const other = { ...unit('ratchet', [82, 87, 92, 94]), seed: 2 };
    const { overall } = summarise(
      [...units, other, { ...unit('all', [80, 84, 88, 90]), seed: 2 }],
      scenarios,
      new SeededRandom(),
    );
    expect(overall.map(({ rival, judge, pairs }) => [rival, judge, pairs])).toEqual([['all', 'random', 2]]);
    expect(overall[0]?.stages.map(({ clean }) => clean.mean)).toEqual([
      expect.closeTo(0.01, 12),
      expect.closeTo(0.02, 12),
      expect.closeTo(0.03, 12),
      expect.closeTo(0.03, 12),
    ]);
    expect(overall[0]?.scenarios.map(({ scenario }) => scenario)).toEqual(['snips']);
  });

  it('says which targets are met', () => {
    const met = (what: string) => summary.targets.find(({ name }) => name.includes(what))?.met;
    expect(met('Less `all`, random judge, last stage, clean')).toBe(true);
    expect(met('last stage, noisy: interval above zero')).toBe(false);
    expect(met('stages 1 and 2, clean')).toBe(true);
    expect(met('worse on fresh clean text')).toBe(false);
    expect(met('largest loss')).toBe(false);
    expect(met('Triage at 25 %')).toBe(false);
    expect(summarise([], scenarios, new SeededRandom()).targets.some((target) => target.met)).toBe(false);
  });

  it('counts wrong corrections and good records by scenario and judge', () => {
    expect(summary.triageByScenario).toMatchObject([
      { scenario: 'snips', judge: 'random', quarter: { wrongCorrections: 10, wrongCorrectionsRemoved: 0.8, good: 90 } },
    ]);
    expect(summary.triageByScenario[0]?.quarter.goodRemoved).toBeCloseTo(2 / 90, 12);
  });

  it('counts the deployments of each arm that took right answers away', () => {
    const naive = unit('naive', [80, 60, 60, 59]);
    const { deployments } = summarise([...units, naive], scenarios, new SeededRandom());
    expect(deployments.map(({ arm }) => arm)).toEqual(['ratchet', 'naive', 'all']);
    expect(deployments[0]).toMatchObject({ deployments: 4, lower: 0, worstDrop: 0, worse: 0, worseByHolm: 0 });
    expect(deployments[1]).toMatchObject({ scenarios: 1, deployments: 3, lower: 2, worse: 1, worseByHolm: 1 });
    expect(deployments[1]?.worstDrop).toBeCloseTo(0.2, 12);
  });

  it('says what the candidates would have done that were refused', () => {
    expect(summary.refused).toEqual([
      {
        name: 'snips',
        judge: 'random',
        runs: 4,
        promoted: 2,
        withoutCandidate: 0,
        refused: 2,
        clean: expect.closeTo(0.02, 12),
        noisy: expect.closeTo(0.02, 12),
        better: 1,
      },
    ]);
  });

  it('counts what triage removed, by stage, class and kind', () => {
    const quarter = summary.triage.find(({ poison }) => poison === 0.25);
    expect(quarter).toMatchObject({ precision: 0.8, recall: 0.8, keptOut: 0.9, wrongCorrectionsRemoved: 0.8 });
    expect(quarter?.kinds.map(({ name, share }) => [name, share])).toEqual([
      ['label-flip, wrong correction', 0.8],
      ['none', 2 / 90],
    ]);
  });

  it('is shown as a page and a chart', () => {
    const facts = { command: 'bench', seeds: [1], machine: 'm', versions: 'v', duration: 'd', charts: 'charts' };
    const page = markdown(summary, facts);
    expect(page).toContain('| snips | random | 70.0 / 60.0 | 92.0 / 82.0 |  | 90.0 / 80.0 |');
    expect(page).toContain('| `all` | random | **+2.00 [');
    expect(page).toContain('| both | 2 | 4 | 1 (50.0 %) |');
    expect(page).toContain('+2.0 [');
    expect(overallChart(summary.overall)).toContain('Ratchet less all, points');
    const svg = trajectoryChart('snips', summary.scenarios);
    expect(svg).toContain('snips: accuracy by stage and arm');
    expect(svg.match(/<path /g)?.length).toBeGreaterThanOrEqual(4);
  });
});

describe('hard scenarios', () => {
  const hard = units.map((each) => ({ ...each, scenario: 'clinc150-half-wrong' }));

  it('count in nothing that the seven are summed up by', () => {
    expect(summarise([...units, ...hard], scenarios, new SeededRandom())).toEqual(summary);
  });

  it('stand on the page in a part of their own, and leave it empty of others', () => {
    const facts = { command: 'bench', seeds: [1], machine: 'm', versions: 'v', duration: 'd', charts: 'charts' };
    const apart = summarise([...units, ...hard], hardScenarios, new SeededRandom());
    const page = markdown(summary, facts, apart);
    const [before = '', after = ''] = page.split('## Hard scenarios');
    expect(before).not.toContain('clinc150-half-wrong');
    expect(after).toContain('| clinc150-half-wrong | random | 70.0 / 60.0 | 92.0 / 82.0 |  | 90.0 / 80.0 |');
    expect(markdown(summary, facts, summarise(units, hardScenarios, new SeededRandom()))).not.toContain(
      'Hard scenarios',
    );
    expect(markdown(summarise(hard, scenarios, new SeededRandom()), facts, apart)).toContain('0 scenarios');
  });
});

describe('finished units', () => {
  it('are found again, and those of another protocol are not', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'adaptft-units-'));
    directories.push(directory);
    const [own, other] = units;
    if (own === undefined || other === undefined) throw new Error('no units');
    await writeUnit(directory, own);
    await writeUnit(directory, { ...other, protocol: 'an older one' });
    const found = await readUnits(directory, join(directory, 'none.json'));
    expect([...found]).toEqual([['snips.1.random.ratchet', own]]);
  });
});
