import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { SeededRandom } from '../../../../shared/adapters/local/seeded-random.ts';
import {
  calibrated,
  calibrationOf,
  calibrationSchema,
  crossCalibrated,
  fitCalibration,
  type JudgedAnswer,
} from '../../../../shared/domain/evaluation/calibration.ts';

/** Answers whose share right at a confidence is as `truth` says. */
function drawn(
  count: number,
  truth: (confidence: number, label: string) => number,
  labels = ['a', 'b'],
): JudgedAnswer[] {
  const random = new SeededRandom().stream(5, 'calibration');
  return Array.from({ length: count }, (_, at) => {
    const label = labels[at % labels.length] ?? '';
    const confidence = 0.4 + 0.6 * random.next();
    return { id: `t${at}`, label, confidence, right: random.next() < truth(confidence, label) };
  });
}

const answers = fc.array(
  fc.record({
    id: fc.string(),
    label: fc.oneof(fc.constantFrom('a', 'b', '__proto__', 'constructor'), fc.constant(null)),
    confidence: fc.double({ min: 0, max: 1, noNaN: true }),
    right: fc.boolean(),
  }),
  { maxLength: 60 },
);

describe('fitCalibration', () => {
  test('takes back what a model is too sure of', () => {
    const map = fitCalibration(drawn(4_000, (confidence) => confidence - 0.2));
    expect(calibrated(map, null, 0.9)).toBeCloseTo(0.7, 1);
    expect(calibrated(map, null, 0.5)).toBeCloseTo(0.3, 1);
  });

  test('leaves confidences that are right as they are', () => {
    const map = fitCalibration(drawn(4_000, (confidence) => confidence));
    for (const confidence of [0.5, 0.7, 0.9])
      expect(Math.abs(calibrated(map, null, confidence) - confidence)).toBeLessThan(0.04);
  });

  test('reads a label by its own answers as far as there are enough of them: n / (n + 20)', () => {
    const map = fitCalibration(drawn(2_000, (_, label) => (label === 'a' ? 0.9 : 0.5)));
    expect(calibrated(map, 'a', 0.7)).toBeGreaterThan(0.85);
    expect(calibrated(map, 'b', 0.7)).toBeLessThan(0.55);
    expect(calibrated(map, 'unheard of', 0.7)).toBe(calibrated(map, null, 0.7));
    const own = { slope: 0, intercept: 10 };
    const all = { slope: 0, intercept: 0 };
    const few = { n: 100, all, labels: { rare: { n: 20, map: own } } };
    expect(calibrated(few, 'rare', 0.3)).toBeCloseTo((1 + 0.5) / 2, 3);
  });

  test('never falls with the confidence, and is a fraction, whatever the answers', () => {
    fc.assert(
      fc.property(
        answers,
        fc.double({ min: 0, max: 1, noNaN: true }),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (given, a, b) => {
          const map = fitCalibration(given);
          for (const label of ['a', '__proto__', null]) {
            const low = calibrated(map, label, Math.min(a, b));
            const high = calibrated(map, label, Math.max(a, b));
            expect(low).toBeGreaterThanOrEqual(0);
            expect(high).toBeLessThanOrEqual(1);
            expect(high).toBeGreaterThanOrEqual(low - 1e-12);
          }
        },
      ),
    );
  });
});

describe('crossCalibrated', () => {
  test('calibrates no answer by itself', () => {
    const given = drawn(60, () => 0.5);
    const turned = given.map((answer, at) => (at === 7 ? { ...answer, right: !answer.right } : answer));
    expect(crossCalibrated(given)[7]).toBe(crossCalibrated(turned)[7]);
    expect(crossCalibrated(given)).not.toEqual(crossCalibrated(turned));
  });
});

describe('calibrationOf', () => {
  test('shows figures with n and interval, and none of fewer than 20 answers', () => {
    const given = [
      ...drawn(300, (confidence) => confidence - 0.25),
      ...drawn(19, () => 1, ['rare']).map((answer) => ({ ...answer, id: `r${answer.id}` })),
    ];
    const found = calibrationOf('c1', given);
    expect(found.labels.map(({ label, n }) => [label, n])).toEqual([
      ['a', 150],
      ['b', 150],
      ['rare', 19],
    ]);
    expect(found.labels[2]).toEqual({ label: 'rare', n: 19, tooFew: true });
    const { overall, classEce } = found;
    if (overall === null) throw new Error('no figures');
    expect(overall.n).toBe(319);
    expect(overall.rawEce).toBeGreaterThan(0.15);
    expect(overall.ece).toBeLessThan(0.08);
    expect(overall.bins.reduce((sum, { n }) => sum + n, 0)).toBe(319);
    const [a, b] = found.labels;
    expect(classEce).toBeCloseTo(((a && 'ece' in a ? a.ece : 0) + (b && 'ece' in b ? b.ece : 0)) / 2, 12);
    for (const { lower, upper, accuracy } of overall.bins) {
      expect(accuracy).toBeGreaterThanOrEqual(lower);
      expect(accuracy).toBeLessThanOrEqual(upper);
    }
    expect(calibrationSchema.parse(JSON.parse(JSON.stringify(found)))).toEqual(found);
  });

  test('is the same whatever the order of the answers', () => {
    const given = drawn(200, (confidence) => confidence);
    const other = calibrationOf('c1', given.toReversed());
    const { overall } = calibrationOf('c1', given);
    expect(other.overall?.ece).toBeCloseTo(overall?.ece ?? 0, 9);
  });

  test('says nothing of no answers', () => {
    expect(calibrationOf('c1', [])).toMatchObject({ overall: null, classEce: null, labels: [] });
  });
});
