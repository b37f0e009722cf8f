import { describe, expect, it } from 'vitest';
import { type JudgeName, wrongLabels } from '../../../../bench/adaptft/logs/judge.ts';
import { makeStage, paperStages, type Stage } from '../../../../bench/adaptft/logs/make-stage.ts';
import type { StagedLog } from '../../../../bench/adaptft/logs/staged-log.ts';
import { traceLine } from '../../../../bench/adaptft/logs/trace-line.ts';
import { Corpus } from '../../../../bench/adaptft/perturbations/corpus.ts';
import { isPoison } from '../../../../bench/adaptft/perturbations/kinds.ts';
import { labelTask } from '../../../../bench/adaptft/tasks/label-task.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { requests } from './requests.ts';

const random = new SeededRandom();
const labels = [...new Set(requests.map(({ output }) => labelOf(output)))].sort();
const corpus = new Corpus(requests, labels, labelTask);
const hosts = Array.from({ length: 12 }, () => requests).flat();

function logsOf(stage: Stage | undefined, seed = 1, judge: JudgeName = 'random'): StagedLog[] {
  if (stage === undefined) throw new Error('no such stage');
  return makeStage({ stage, hosts, corpus, wrongOutput: wrongLabels(judge, labels, seed, random), seed, random });
}

const [clean, , , worst] = paperStages;

describe('makeStage', () => {
  it('gives the same logs, byte for byte, of the same request, and others of another seed', () => {
    expect(JSON.stringify(logsOf(worst))).toBe(JSON.stringify(logsOf(worst)));
    expect(JSON.stringify(logsOf(worst))).not.toBe(JSON.stringify(logsOf(worst, 2)));
  });

  it('leaves the texts of the clean stage alone, and judges them right', () => {
    for (const { input, expected, timedOut, truth } of logsOf(clean)) {
      expect(input).toBe(truth.host.input);
      expect(truth.kinds).toEqual([]);
      if (!timedOut) expect(expected).toBe(truth.host.output);
    }
  });

  it('poisons the share of the stage, half of it with a wrong correction', () => {
    const originals = logsOf(worst).filter(({ truth, timedOut }) => truth.repeats === null && !timedOut);
    const poison = originals.filter(({ truth }) => truth.class === 'poison');
    expect(Math.abs(poison.length / originals.length - 0.4)).toBeLessThan(4 * Math.sqrt(0.24 / originals.length));
    const wrong = poison.filter(({ truth }) => truth.wrongCorrection);
    expect(Math.abs(wrong.length / poison.length - 0.5)).toBeLessThan(4 * Math.sqrt(0.25 / poison.length));
  });

  it('says of each log all that was done to it', () => {
    const logs = logsOf(worst);
    const ids = new Set(logs.map(({ logId }) => logId));
    expect(ids.size).toBe(logs.length);
    for (const { truth, expected, timedOut, input } of logs) {
      expect(truth.kinds.some(isPoison)).toBe(truth.class === 'poison');
      expect(truth.class === 'clean').toBe(truth.kinds.length === 0);
      if (truth.repeats !== null) expect(ids).toContain(truth.repeats);
      if (timedOut) expect(expected).toBeNull();
      else if (truth.wrongCorrection) expect(expected).not.toBe(truth.right ?? truth.host.output);
      else expect(expected).toBe(truth.right);
      if (truth.kinds.length === 0) expect(input).toBe(truth.host.input);
    }
  });

  it('repeats logs word for word, nearly so, and in storms of three to eight', () => {
    const logs = logsOf(worst);
    const byId = new Map(logs.map((log) => [log.logId, log]));
    const copies = (kind: string) => logs.filter(({ truth }) => truth.repeats !== null && truth.kinds.at(-1) === kind);
    const exact = copies('exact-duplicate').filter(({ timedOut }) => !timedOut);
    expect(exact.length / hosts.length).toBeGreaterThan(0.01);
    expect(exact.length / hosts.length).toBeLessThan(0.06);
    for (const { input, truth } of exact) expect(input).toBe(byId.get(truth.repeats ?? '')?.input);
    const storms = Map.groupBy(copies('retry-storm'), ({ truth }) => truth.repeats);
    expect(storms.size).toBeGreaterThan(0);
    for (const storm of storms.values()) {
      expect(storm.length).toBeGreaterThanOrEqual(3);
      expect(storm.length).toBeLessThanOrEqual(8);
    }
  });

  it('orders logs by time, names them so that the name says nothing, and sends timed-out calls again', () => {
    const logs = logsOf(worst);
    const times = logs.map(({ timestamp }) => timestamp);
    expect(times).toEqual([...times].sort());
    const lost = logs.filter(({ timedOut }) => timedOut);
    expect(Math.abs(lost.length / hosts.length - 0.015)).toBeLessThan(4 * Math.sqrt(0.015 / hosts.length));
    for (const log of lost) {
      const again = logs.find(({ logId }) => logId === log.truth.repeats);
      expect(again?.input).toBe(log.input);
      expect(again?.timestamp.localeCompare(log.timestamp)).toBe(1);
    }
  });

  it('draws the same wrong corrections of the same label under the systematic judge, and different ones under the other', () => {
    const targets = (judge: JudgeName) => {
      const wrong = logsOf(worst, 1, judge).filter(({ truth }) => truth.wrongCorrection);
      const pairs = wrong.map(({ truth, expected }) => `${truth.right ?? truth.host.output} ${expected}`);
      return new Set(pairs).size;
    };
    expect(targets('systematic')).toBe(labels.length);
    expect(targets('random')).toBe(labels.length * (labels.length - 1));
  });
});

describe('the systematic judge of two labels', () => {
  it('errs on one of them alone, and poisons no input by a wrong correction that it never gives', () => {
    const two = requests.filter(({ output }) => labelOf(output) !== 'travel');
    const names = ['music', 'weather'];
    const wrongOutput = wrongLabels('systematic', names, 1, random);
    const stage = paperStages[3];
    if (stage === undefined) throw new Error('no such stage');
    const many = Array.from({ length: 8 }, () => two).flat();
    const logs = makeStage({
      stage,
      hosts: many,
      corpus: new Corpus(two, names, labelTask),
      wrongOutput,
      seed: 1,
      random,
    });
    const wrong = logs.filter(({ truth }) => truth.wrongCorrection);
    expect(wrong.length).toBeGreaterThan(20);
    expect(new Set(wrong.map(({ expected }) => expected)).size).toBe(1);
    expect(
      logs.filter(({ truth, timedOut }) => truth.kinds.includes('label-flip') && !timedOut && !truth.wrongCorrection),
    ).toEqual([]);
  });
});

describe('traceLine', () => {
  it('tells nothing of the ground truth but what judge and model say', () => {
    for (const log of logsOf(worst).slice(0, 300)) {
      const line = traceLine(log, { output: labelOutput('music'), confidence: 0.5 }, 'served', classification);
      const allowed = [
        'traceId',
        'timestamp',
        'modelId',
        'input',
        'metadata',
        'output',
        'confidence',
        'expected',
        'verdict',
        'judge',
      ];
      expect(Object.keys(line).filter((key) => !allowed.includes(key))).toEqual([]);
      expect(line.metadata).toEqual({ latencyMs: log.latencyMs });
      if (log.timedOut) expect(line).not.toHaveProperty('verdict');
      else expect(line.verdict).toBe(log.expected === labelOutput('music') ? 'pass' : 'fail');
    }
  });
});
