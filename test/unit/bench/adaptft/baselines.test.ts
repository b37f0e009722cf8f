import { describe, expect, it } from 'vitest';
import { baselines, type ServedLog } from '../../../../bench/adaptft/arms/baselines.ts';
import type { ArmName } from '../../../../bench/adaptft/arms/unit-result.ts';
import type { GroundTruth } from '../../../../bench/adaptft/logs/staged-log.ts';
import { labelTask } from '../../../../bench/adaptft/tasks/label-task.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import { labelOf, labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { answerOf } from '../../../helpers/outputs.ts';

const host = { input: 'will it rain', output: labelOutput('weather') };

function served(name: string, expected: string | null, truth: Partial<GroundTruth> = {}, timedOut = false): ServedLog {
  return {
    log: {
      logId: name,
      timestamp: '2026-01-05T08:00:00.000Z',
      latencyMs: 100,
      input: name,
      timedOut,
      expected: answerOf(expected),
      truth: {
        class: 'clean',
        kinds: [],
        host,
        right: host.output,
        wrongCorrection: false,
        naiveLeavesUncorrected: false,
        repeats: null,
        ...truth,
      },
    },
    answer: { output: labelOutput('music'), confidence: 0.9 },
  };
}

const first = [served('a', 'weather'), served('b', 'music'), served('lost', null, {}, true)];
const second = [
  served('c', 'weather', { class: 'fixable', kinds: ['typos'], naiveLeavesUncorrected: true }),
  served('d', 'travel', { class: 'poison', kinds: ['label-flip'], wrongCorrection: true }),
  served('e', null, { class: 'poison', kinds: ['gibberish'], right: null }),
];
const material = { examples: [host], stages: [first, second], rules: labelTask, seed: 1, random: new SeededRandom() };

function trainedOn(arm: ArmName): string[] | null | undefined {
  return baselines[arm]?.(material)?.map(({ input, output }) => `${input} ${labelOf(output)}`);
}

describe('what the rivals train on', () => {
  it('naive: the newest stage alone, uncorrected failures and unknown ones as the model answered them', () => {
    expect(trainedOn('naive')).toEqual(['c music', 'd travel', 'e music']);
  });

  it('all: the first examples and whatever a judge has said is right', () => {
    expect(trainedOn('all')).toEqual(['will it rain weather', 'a weather', 'b music', 'c weather', 'd travel']);
  });

  it('clean-only: the same without poison', () => {
    expect(trainedOn('clean-only')).toEqual(['will it rain weather', 'a weather', 'b music', 'c weather']);
  });

  it('random augmentation: as many as all, half of them random edits of the other half', () => {
    const examples = trainedOn('random-augmentation') ?? [];
    expect(examples).toHaveLength(5);
    expect(trainedOn('random-augmentation')).toEqual(examples);
    expect(examples.filter((each) => trainedOn('all')?.includes(each)).length).toBeGreaterThanOrEqual(3);
  });

  it('frozen: nothing', () => {
    expect(baselines.frozen?.(material)).toBeNull();
  });
});
