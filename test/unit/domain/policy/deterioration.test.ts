import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { defaultSettings } from '../../../../shared/domain/models/settings.ts';
import { detectDeterioration, type JudgedBatch } from '../../../../shared/domain/policy/deterioration.ts';

const settings = defaultSettings;

function batches(...counts: readonly (readonly [judged: number, failed: number])[]): JudgedBatch[] {
  return counts.map(([judged, failed], day) => ({
    position: day + 1,
    judged,
    failed,
  }));
}

const anyBatch = fc
  .tuple(fc.nat(80), fc.double({ min: 0, max: 1, noNaN: true }))
  .map(([judged, share]) => [judged, Math.round(judged * share)] as const);

describe('deterioration', () => {
  test('is seen when the failure rate goes up threefold, and only then', () => {
    const before = [200, 20] as const;
    const steady = Array.from({ length: 20 }, () => [50, 5] as const);
    expect(detectDeterioration(batches(before, ...steady), null, settings).deteriorated).toBe(false);
    const worse = detectDeterioration(batches(before, [50, 15], [50, 15]), null, settings);
    expect(worse).toMatchObject({ deteriorated: true, judged: 100, failed: 30 });
    expect(worse.usualRate).toBeGreaterThan(0.1);
    expect(worse.usualRate).toBeLessThan(0.13);
  });

  test('is not looked for before the usual rate is known', () => {
    const found = detectDeterioration(batches([199, 0]), null, settings);
    expect(found).toEqual({ deteriorated: false, statistic: 0, usualRate: null, judged: 0, failed: 0 });
  });

  test('passes over batches that were not counted', () => {
    const uncounted = { position: 1, judged: null, failed: null };
    const counted = batches([200, 20], [60, 30]);
    expect(detectDeterioration([uncounted, ...counted], null, settings)).toEqual(
      detectDeterioration(counted, null, settings),
    );
  });

  test('counts from the last run on, against the rate from before', () => {
    const history = batches([200, 20], [60, 40], [60, 6]);
    expect(detectDeterioration(history, null, settings).deteriorated).toBe(true);
    const since = detectDeterioration(history, history[1]?.position ?? null, settings);
    expect(since).toMatchObject({ deteriorated: false, judged: 60, failed: 6 });
  });

  test('is never seen where the watched batches fail no more often than usual', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 200 }), fc.array(fc.nat(60), { maxLength: 30 }), (failed, sizes) => {
        const usual = failed / 200;
        const quiet = sizes.map((judged) => [judged, Math.floor(judged * usual)] as const);
        expect(detectDeterioration(batches([200, failed], ...quiet), null, settings).deteriorated).toBe(false);
      }),
    );
  });

  test('one more failure in the place of a pass never makes the sum smaller', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 0, max: 200 }),
        fc.array(anyBatch, { minLength: 1, maxLength: 20 }),
        fc.nat(),
        (failed, watched, pick) => {
          const place = pick % watched.length;
          const more = watched.map(
            ([judged, fails], index) => [judged, index === place ? Math.min(judged, fails + 1) : fails] as const,
          );
          const at = (counts: readonly (readonly [number, number])[]) =>
            detectDeterioration(batches([200, failed], ...counts), null, settings).statistic;
          expect(at(more)).toBeGreaterThanOrEqual(at(watched) - 1e-9);
        },
      ),
    );
  });
});
