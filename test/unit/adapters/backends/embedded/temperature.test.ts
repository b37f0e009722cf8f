import { describe, expect, it } from 'vitest';
import { seededRandom } from '../../../../../shared/adapters/backends/embedded/random-order.ts';
import { fitTemperature } from '../../../../../shared/adapters/backends/embedded/temperature.ts';

/** Scores, and labels drawn from their softmax at a temperature. */
function drawn(rows: number, temperature: number) {
  const random = seededRandom(5);
  const scores = Float32Array.from({ length: rows * 2 }, () => 4 * random());
  const labels = Array.from({ length: rows }, (_, row) => {
    const gap = ((scores[row * 2 + 1] ?? 0) - (scores[row * 2] ?? 0)) / temperature;
    return random() < 1 / (1 + Math.exp(-gap)) ? 1 : 0;
  });
  return { scores, classes: 2, labels, weights: labels.map(() => 1) };
}

describe('temperature', () => {
  it.each([0.5, 1, 2])('finds back the %d that the labels were drawn at', (temperature) => {
    expect(Math.abs(Math.log(fitTemperature([drawn(20_000, temperature)]) / temperature))).toBeLessThan(0.1);
  });

  it('does not take a few rows that are all right for certainty', () => {
    const scores = Float32Array.of(1, 0, 1, 0, 1, 0);
    const temperature = fitTemperature([{ scores, classes: 2, labels: [0, 0, 0], weights: [1, 1, 1] }]);
    expect(1 / (1 + Math.exp(-1 / temperature))).toBeLessThan(0.95);
  });

  it('is 1 without rows', () => {
    expect(fitTemperature([])).toBe(1);
    expect(fitTemperature([{ scores: new Float32Array(), classes: 2, labels: [], weights: [] }])).toBe(1);
  });

  it('is one for several models, whatever classes each has', () => {
    const [first, second] = [drawn(10_000, 0.5), drawn(10_000, 2)];
    const wider = {
      ...second,
      classes: 3,
      scores: Float32Array.from({ length: second.labels.length * 3 }, (_, at) =>
        at % 3 === 2 ? -100 : (second.scores[Math.floor(at / 3) * 2 + (at % 3)] ?? 0),
      ),
    };
    const both = fitTemperature([first, wider]);
    expect(both).toBeGreaterThan(fitTemperature([first]));
    expect(both).toBeLessThan(fitTemperature([wider]));
  });
});
