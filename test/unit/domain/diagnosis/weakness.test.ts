import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { ProbeResult } from '../../../../shared/domain/diagnosis/probe.ts';
import { judgeWeakness } from '../../../../shared/domain/diagnosis/weakness.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';

function judge(failed: number, probes: number, baseRate: number): string {
  const results = Array.from(
    { length: probes },
    (_, at): ProbeResult => ({
      probeId: `p${at}`,
      clusterId: 'c01',
      input: 'x',
      expected: labelOutput('a'),
      method: 'neighbour',
      traceId: 't',
      answer: labelOutput(at < failed ? 'b' : 'a'),
      failed: at < failed,
    }),
  );
  return judgeWeakness({ clusterId: 'c01', results, baseRate }).verdict;
}

describe('the verdict on a suspected weakness', () => {
  it('confirms when the lower bound is above the base rate', () => {
    expect(judge(4, 12, 0.1)).toBe('confirmed');
    expect(judge(12, 12, 0.7)).toBe('confirmed');
  });

  it('confirms what surely fails more than half the time, however much else does', () => {
    expect(judge(12, 12, 0.9)).toBe('confirmed');
    expect(judge(10, 12, 0.95)).toBe('confirmed');
    expect(judge(9, 12, 0.9)).not.toBe('confirmed');
  });

  it('refutes when a systematic weakness is ruled out', () => {
    expect(judge(2, 12, 0.1)).toBe('refuted');
    expect(judge(0, 4, 0.1)).toBe('refuted');
  });

  it('leaves open what neither bound settles', () => {
    expect(judge(3, 12, 0.1)).toBe('not-enough-evidence');
    expect(judge(3, 3, 0.1)).toBe('not-enough-evidence');
    expect(judge(0, 0, 0.1)).toBe('not-enough-evidence');
  });

  it('never gets milder when more probes fail', () => {
    const rank: Readonly<Record<string, number>> = { refuted: 0, 'not-enough-evidence': 1, confirmed: 2 };
    fc.assert(
      fc.property(
        fc.integer({ min: 4, max: 60 }),
        fc.nat(59),
        fc.double({ min: 0, max: 1, noNaN: true }),
        (probes, failed, baseRate) => {
          fc.pre(failed < probes);
          expect(rank[judge(failed + 1, probes, baseRate)]).toBeGreaterThanOrEqual(
            rank[judge(failed, probes, baseRate)] ?? 0,
          );
        },
      ),
    );
  });
});
