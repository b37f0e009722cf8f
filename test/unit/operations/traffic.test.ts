import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { trafficOf, trafficOverTime } from '../../../shared/operations/traffic.ts';

const begin = Date.parse('2026-03-01T00:00:00Z');
const batch = (day: number, traces: number, judged: number | null = traces, failed: number | null = 0) => ({
  position: day + 1,
  batchId: `b${day}-${traces}`,
  appendedAt: new Date(begin + day * 86_400_000 + 3_600_000).toISOString(),
  traces,
  judgements: judged ?? 0,
  judged,
  failed,
  corrected: judged === null ? null : 0,
});

describe('trafficOverTime', () => {
  test('is by day where there are few, with days on which nothing came', () => {
    expect(trafficOverTime([batch(0, 3, 2, 1), batch(0, 1), batch(2, 5, null, null)])).toEqual({
      days: 1,
      stretches: [
        { from: '2026-03-01', traces: 4, judged: 3, failed: 1 },
        { from: '2026-03-02', traces: 0, judged: 0, failed: 0 },
        { from: '2026-03-03', traces: 5, judged: 0, failed: 0 },
      ],
    });
    expect(trafficOverTime([])).toEqual({ days: 1, stretches: [] });
  });

  test('is by weeks where there are many days, the newest stretch ending with the newest batch', () => {
    const { days, stretches } = trafficOverTime([batch(0, 1), batch(20, 2)]);
    expect(days).toBe(7);
    expect(stretches.map(({ from, traces }) => [from, traces])).toEqual([
      ['2026-03-01', 1],
      ['2026-03-08', 0],
      ['2026-03-15', 2],
    ]);
  });

  test('loses and doubles nothing, and is bounded', () => {
    fc.assert(
      fc.property(
        fc
          .array(fc.tuple(fc.nat(4_000), fc.nat(50)), { minLength: 1, maxLength: 40 })
          .map((pairs) =>
            pairs.map(([day, traces]) => batch(day, traces, Math.floor(traces / 2), Math.floor(traces / 4))),
          ),
        (batches) => {
          const { stretches } = trafficOverTime(batches);
          expect(stretches.length).toBeLessThanOrEqual(14);
          const { lastAt: _, ...total } = trafficOf(batches);
          const sum = (pick: (one: (typeof stretches)[number]) => number) =>
            stretches.reduce((n, one) => n + pick(one), 0);
          expect({
            traces: sum((one) => one.traces),
            judged: sum((one) => one.judged),
            failed: sum((one) => one.failed),
          }).toEqual(total);
        },
      ),
    );
  });
});
