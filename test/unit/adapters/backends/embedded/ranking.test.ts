import fc from 'fast-check';
import { expect, it } from 'vitest';
import { Ranking } from '../../../../../shared/adapters/backends/embedded/ranking.ts';

it('names the most probable classes, of equal ones the earlier, then labels without a class', () => {
  const probabilities = fc.array(fc.constantFrom(0, 0.1, 0.2, 0.3), { minLength: 1, maxLength: 30 });
  fc.assert(
    fc.property(probabilities, fc.integer({ min: 1, max: 35 }), fc.nat(4), (given, top, absent) => {
      // Every second label has a class, as long as there are labels without one.
      const classes = given.map((_, k) => k + Math.min(k, absent));
      const count = given.length + Math.min(given.length - 1, absent);
      const labels = new Int32Array(top + 1).fill(-7);
      const confidences = new Float64Array(top + 1);
      const ranking = new Ranking(classes, count, top);
      // The second text must not see the first.
      ranking.write(
        Float64Array.from(given, () => Math.random()),
        labels,
        confidences,
        0,
      );
      confidences.fill(0);
      ranking.write(Float64Array.from(given), labels, confidences, 1);
      const order = [...given.keys()].sort((a, b) => (given[b] ?? 0) - (given[a] ?? 0) || a - b);
      const rest = Array.from({ length: count }, (_, label) => label).filter((label) => !classes.includes(label));
      const expected = [...order.map((k) => classes[k] ?? -1), ...rest];
      expect([...labels.subarray(1)]).toEqual(Array.from({ length: top }, (_, rank) => expected[rank] ?? -1));
      expect([...confidences.subarray(1)]).toEqual(
        Array.from({ length: top }, (_, rank) => given[order[rank] ?? -1] ?? 0),
      );
    }),
    { numRuns: 500 },
  );
});
