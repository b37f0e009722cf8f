import { describe, expect, it } from 'vitest';
import { markdown } from '../../../../bench/trainer/markdown.ts';
import type { Method, Training } from '../../../../bench/trainer/measurement.ts';
import { summarise, targets } from '../../../../bench/trainer/summarise.ts';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';

const test = 1_000;

function training(method: Method, seed: number, wrong: readonly number[], trainSeconds: number): Training {
  return {
    corpus: 'clinc150',
    features: 'n-grams',
    method,
    seed,
    train: 15_000,
    test,
    labels: 150,
    featureCount: 50_000,
    accuracy: 1 - wrong.length / test,
    calibrationError: method === 'linear-svc' ? null : 0.02,
    wrong: [...wrong],
    trainSeconds,
    trainCpuSeconds: trainSeconds,
    predictSeconds: 2,
    predictCpuSeconds: 1,
    predictions: 20_000,
    peakMiB: 300,
    load: 1,
  };
}

const first = (count: number) => Array.from({ length: count }, (_, at) => at);

describe('the summary of the trainer benchmark', () => {
  const trainings = [
    training('ratchet', 1, first(60), 4),
    training('linear-svc', 1, first(70), 8),
    training('ratchet', 2, first(50), 6),
    training('linear-svc', 2, first(70), 8),
  ];
  const rows = summarise(trainings, new SeededRandom());

  it('takes means over seeds, and pairs the answers of one seed with those of LinearSVC', () => {
    const [ratchet, svc] = rows;
    expect(ratchet).toMatchObject({
      method: 'ratchet',
      seeds: [1, 2],
      trainSeconds: { mean: 5, lowest: 4, highest: 6 },
    });
    expect(ratchet?.accuracy.mean).toBeCloseTo(0.945);
    expect(ratchet?.againstLinearSvc?.mean).toBeCloseTo(0.015);
    expect(ratchet?.againstLinearSvc?.lower).toBeGreaterThan(0);
    expect(ratchet?.predictionsPerSecond.mean).toBe(10_000);
    expect(svc?.againstLinearSvc).toBeNull();
    expect(svc?.calibrationError).toBeNull();
  });

  it('says which targets are met', () => {
    const met = new Map(targets(rows, []).map(({ what, met: is }) => [what, is]));
    expect(met.get('accuracy, clinc150, n-grams')).toBe(true);
    expect(met.get('training time, clinc150, n-grams')).toBe(true);
    expect(met.get('predictions a second, clinc150, n-grams')).toBe(true);
  });

  it('says when one is missed', () => {
    const worse = summarise(
      [training('ratchet', 1, first(71), 9), training('linear-svc', 1, first(70), 8)],
      new SeededRandom(),
    );
    const slow = { corpus: 'clinc150', texts: 1_000, seconds: 5, cpuSeconds: 5, peakMiB: 100, load: 1 };
    const missed = targets(worse, [slow]).filter(({ met }) => !met);
    expect(missed.map(({ what }) => what)).toEqual([
      'accuracy, clinc150, n-grams',
      'training time, clinc150, n-grams',
      'training CPU time, clinc150, n-grams',
      'embeddings a second, clinc150',
    ]);
    expect(markdown(worse, [slow], missed).join('\n')).toContain('**missed**');
  });
});
