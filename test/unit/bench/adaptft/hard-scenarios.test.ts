import { describe, expect, it } from 'vitest';
import { baselines } from '../../../../bench/adaptft/arms/baselines.ts';
import { type Prepared, prepare } from '../../../../bench/adaptft/arms/prepared.ts';
import type { JudgeName } from '../../../../bench/adaptft/logs/judge.ts';
import { isJudged, type StagedLog } from '../../../../bench/adaptft/logs/staged-log.ts';
import { traceLine } from '../../../../bench/adaptft/logs/trace-line.ts';
import { allScenarios, scenarios } from '../../../../bench/adaptft/scenarios/all-scenarios.ts';
import { entityScenarios } from '../../../../bench/adaptft/scenarios/entity-scenarios.ts';
import { hardScenarios } from '../../../../bench/adaptft/scenarios/hard-scenarios.ts';
import type { Scenario } from '../../../../bench/adaptft/scenarios/scenario.ts';
import { labelTask } from '../../../../bench/adaptft/tasks/label-task.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { traceLineSchema } from '../../../../shared/domain/traces/trace.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';

const labels = ['a', 'b', 'c', 'd'];
const texts = (part: string, count: number, of: readonly string[] = labels) =>
  Array.from({ length: count }, (_, at) => ({
    input: `${part} request number ${at} about thing ${at * 7}`,
    output: labelOutput(of[at % of.length] ?? ''),
  }));
const plain: Scenario = {
  name: 'made-up',
  about: '',
  foundation: 'none',
  examplesPerLabel: 5,
  freshLimit: 200,
  load: async () => ({
    labels,
    pool: texts('pool', 2_700),
    fresh: texts('fresh', 300),
    others: texts('other', 1_700, ['x', 'y', 'z']),
  }),
};

/** The made-up scenario with what is hard about the named one. */
function prepared(name: string, judge: JudgeName = 'random'): Promise<Prepared> {
  const hard = hardScenarios.find((each) => each.name === name);
  if (hard === undefined) throw new Error(`there is no ${name}`);
  const { othersShare, judging } = hard;
  const scenario = {
    ...plain,
    name,
    ...(othersShare === undefined ? {} : { othersShare }),
    ...(judging === undefined ? {} : { judging }),
  };
  return prepare(scenario, 3, judge, '', new SeededRandom());
}

const isForeign = ({ truth }: StagedLog) => !labels.includes(labelOf(truth.host.output));
const corrected = (logs: readonly StagedLog[]) => logs.filter(({ expected }) => expected !== null);
const shareWrong = (logs: readonly StagedLog[]) =>
  corrected(logs).filter(({ truth }) => truth.wrongCorrection).length / corrected(logs).length;
const near = (share: number, wanted: number, of: number) =>
  expect(Math.abs(share - wanted)).toBeLessThan(4 * Math.sqrt((wanted * (1 - wanted)) / of));

describe('the hard scenarios', () => {
  it('stand apart from the seven', () => {
    expect(scenarios).toHaveLength(7);
    expect(allScenarios).toEqual([...scenarios, ...hardScenarios, ...entityScenarios]);
    expect(new Set(allScenarios.map(({ name }) => name)).size).toBe(14);
  });

  it.each(hardScenarios.map(({ name }) => name))('%s never logs what scores', async (name) => {
    const { draw, stages, clean, noisy, parts } = await prepared(name);
    const scored = new Set([...draw.fresh, ...draw.stages.flatMap(({ score }) => score)].map(({ input }) => input));
    const texts = new Set([...clean, ...noisy, ...parts.flat()].map(({ input }) => input));
    expect(clean).toHaveLength(200);
    for (const { input, truth } of stages.flat()) {
      expect(scored.has(truth.host.input)).toBe(false);
      // What is left of a short text may be the same by chance: a single mark.
      if (input.length > 20) expect(texts.has(input)).toBe(false);
    }
    for (const { output } of [...clean, ...noisy, ...parts.flat()]) expect(labels).toContain(output);
  });

  it.each(hardScenarios.map(({ name }) => name))(
    '%s differs between judges in wrong corrections alone',
    async (name) => {
      const untouched = ({ stages }: Prepared) =>
        stages.flat().map(({ expected, ...log }) => ({ ...log, ...(log.truth.wrongCorrection ? {} : { expected }) }));
      const [random, systematic] = [await prepared(name), await prepared(name, 'systematic')];
      expect(untouched(systematic)).toEqual(untouched(random));
      expect(systematic.stages).not.toEqual(random.stages);
    },
  );
});

describe('another product’s traffic', () => {
  it('is four fifths of each stage, in no order, beside the stage’s own share of poison', async () => {
    const { draw, stages } = await prepared('clinc150-other-product');
    for (const { learn, score } of draw.stages) {
      const foreign = learn.map(({ output }) => !labels.includes(labelOf(output)));
      expect(foreign.filter(Boolean)).toHaveLength(400);
      expect(foreign.slice(0, 100).filter(Boolean).length).toBeGreaterThan(60);
      expect(foreign.slice(0, 100).filter(Boolean).length).toBeLessThan(95);
      expect(learn).toHaveLength(500);
      expect(score).toHaveLength(150);
    }
    const own = stages.map((logs) => logs.filter((log) => !isForeign(log) && log.truth.repeats === null));
    expect(own[0]?.every(({ truth }) => truth.class === 'clean')).toBe(true);
    const worst = own[3] ?? [];
    near(worst.filter(({ truth }) => truth.class === 'poison').length / worst.length, 0.4, worst.length);
  });

  it('is forced into a label for half of it, and failed without a correction for the rest', async () => {
    const { stages } = await prepared('clinc150-other-product');
    const foreign = stages.flat().filter((log) => isForeign(log) && !log.timedOut);
    for (const { expected, truth } of foreign) {
      expect(truth).toMatchObject({ class: 'poison', right: null, wrongCorrection: expected !== null });
      expect(truth.kinds[0]).toBe('other-product');
      if (expected !== null) expect(labels).toContain(expected);
    }
    const first = foreign.filter(({ truth }) => truth.repeats === null);
    near(corrected(first).length / first.length, 0.5, first.length);
    const failed = foreign.find(({ expected }) => expected === null);
    if (failed === undefined) throw new Error('none failed');
    const line = traceLine(failed, { output: labelOutput('a'), confidence: 0.9 }, 'm', classification);
    expect(line).toMatchObject({ verdict: 'fail' });
    expect(line).not.toHaveProperty('expected');
  });

  it('is taken by the systematic judge for one label of each of its own', async () => {
    const { stages } = await prepared('clinc150-other-product', 'systematic');
    const pairs = corrected(stages.flat().filter(isForeign)).map(
      ({ truth, expected }) => `${truth.host.output} ${expected}`,
    );
    expect(new Set(pairs).size).toBe(3);
  });
});

describe('five judged logs a label', () => {
  it('are judged in each stage, and no others', async () => {
    const { stages } = await prepared('clinc150-five-a-label');
    for (const logs of stages) {
      const judged = Map.groupBy(logs.filter(isJudged), ({ truth }) => truth.host.output);
      expect([...judged].map(([label, own]) => [label, own.length]).sort()).toEqual(labels.map((label) => [label, 5]));
    }
  });

  it('leave the others in the logs with an answer, without a word about it', async () => {
    const { stages, draw } = await prepared('clinc150-five-a-label');
    const silent = stages.flat().filter((log) => !isJudged(log) && !log.timedOut);
    expect(silent.length).toBeGreaterThan(4 * 450);
    for (const log of silent) {
      expect(log).toMatchObject({ expected: null, truth: { wrongCorrection: false } });
      const line = traceLine(log, { output: labelOutput('a'), confidence: 0.5 }, 'm', classification);
      expect(Object.keys(line).filter((key) => ['verdict', 'expected', 'judge'].includes(key))).toEqual([]);
      expect(line.output).toBe('a');
      expect(traceLineSchema(classification.output).safeParse(line).success).toBe(true);
    }
    const served = stages.map((logs) =>
      logs.map((log) => ({ log, answer: { output: labelOutput('a'), confidence: 0.5 } })),
    );
    const material = { examples: draw.examples, stages: served, rules: labelTask, seed: 3, random: new SeededRandom() };
    expect(baselines.all?.(material)).toHaveLength(draw.examples.length + corrected(stages.flat()).length);
  });

  it('come of a stage that is large enough for them', () => {
    const scenario = hardScenarios.find(({ judging }) => judging?.perLabel === 5);
    expect(scenario?.stageSize).toEqual({ learn: 1_500, score: 150 });
  });
});

describe('half of all corrections wrong', () => {
  it.each(['random', 'systematic'] as const)('is so in each stage, whatever its poison (%s judge)', async (judge) => {
    const { stages, parts } = await prepared('clinc150-half-wrong', judge);
    for (const logs of stages) expect(Math.abs(shareWrong(logs) - 0.5)).toBeLessThan(0.015);
    for (const { expected, truth } of corrected(stages.flat())) {
      expect(labels).toContain(expected);
      expect(expected === (truth.right ?? truth.host.output)).toBe(!truth.wrongCorrection);
      if (truth.wrongCorrection) expect(truth.class).toBe('poison');
    }
    expect(parts[0]).toHaveLength(150);
  });

  it('judges a log and its repeats alike', async () => {
    const logs = (await prepared('clinc150-half-wrong')).stages.flat();
    const byId = new Map(logs.map((log) => [log.logId, log]));
    const repeats = logs.filter(({ truth, timedOut }) => truth.repeats !== null && !timedOut);
    expect(repeats.length).toBeGreaterThan(50);
    for (const { expected, truth } of repeats) {
      const first = byId.get(truth.repeats ?? '');
      expect(expected).toBe(first?.expected);
      expect(truth.wrongCorrection).toBe(first?.truth.wrongCorrection);
    }
  });
});
