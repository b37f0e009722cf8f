import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mcNemarOneSided } from '../../../../shared/domain/base/statistics.ts';
import {
  allowedRegressions,
  type GateRequest,
  gateCandidate,
  type RegressionCount,
} from '../../../../shared/domain/evaluation/gate.ts';
import { defaultSettings } from '../../../../shared/domain/models/settings.ts';

const ids = (count: number, prefix = 'id'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

function regression(lost: number, scope: RegressionCount['scope'] = 'current', size = 200): RegressionCount {
  return { scope, size, right: size, lost: ids(lost) };
}

/** A request that passes; the reasons to fail are put in one at a time. */
const passing: GateRequest = {
  settings: defaultSettings,
  candidateScore: 0.97,
  championScore: 0.9,
  reason: null,
  gained: ids(10, 'gained'),
  lost: ids(1, 'lost'),
  fixed: 0,
  regressions: [regression(2)],
  evidence: { failures: 20, traffic: 50, regression: 50 },
};

const failedRules = (request: GateRequest): string[] =>
  gateCandidate(request)
    .rules.filter((rule) => !rule.passed)
    .map((rule) => rule.rule);

const request: fc.Arbitrary<GateRequest> = fc.record({
  settings: fc.constant(defaultSettings),
  candidateScore: fc.oneof(fc.double({ min: 0.5, max: 1 }), fc.constant(Number.NaN)),
  championScore: fc.oneof(fc.double({ min: 0.5, max: 1 }), fc.constant(Number.NaN)),
  reason: fc.constantFrom(null, 'plateau', 'external-remainder', 'moves-exhausted', 'iteration-limit'),
  gained: fc.nat(30).map((count) => ids(count, 'gained')),
  lost: fc.nat(5).map((count) => ids(count, 'lost')),
  fixed: fc.nat(20),
  regressions: fc.array(
    fc.record({
      scope: fc.constantFrom('current', 'preceding', 'earlier'),
      size: fc.nat(1_000),
      right: fc.nat(1_000),
      lost: fc.nat(6).map((count) => ids(count)),
    }),
    { maxLength: 4 },
  ),
  evidence: fc.record({ failures: fc.nat(100), traffic: fc.nat(200), regression: fc.nat(200) }),
});

const detailOf = (request: GateRequest, rule: string): string | undefined =>
  gateCandidate(request).rules.find((one) => one.rule === rule)?.detail;

describe('gateCandidate', () => {
  it('passes a candidate that meets all four rules', () => {
    const verdict = gateCandidate(passing);
    expect(verdict.outcome).toBe('passed');
    expect(verdict.rules.map((rule) => rule.rule)).toEqual(['score', 'paired-bound', 'regressions', 'evidence']);
    expect(verdict.pValue).toBeCloseTo(12 / 2048, 12);
    expect(verdict.regressions).toEqual([{ ...regression(2), allowed: 2 }]);
  });

  it('takes a score of exactly τ, and below it only one that is not below the champion, with a reason', () => {
    expect(failedRules({ ...passing, candidateScore: 0.96 })).toEqual([]);
    expect(failedRules({ ...passing, candidateScore: 0.959 })).toEqual(['score']);
    expect(failedRules({ ...passing, candidateScore: 0.959, reason: 'plateau' })).toEqual([]);
    expect(failedRules({ ...passing, candidateScore: 0.9, reason: 'plateau' })).toEqual([]);
    expect(failedRules({ ...passing, candidateScore: 0.9 })).toEqual(['score']);
    expect(failedRules({ ...passing, candidateScore: 0.899, reason: 'plateau' })).toEqual(['score', 'paired-bound']);
  });

  it('rejects a gain that chance explains', () => {
    expect(failedRules({ ...passing, gained: ids(4, 'gained'), lost: [] })).toEqual(['paired-bound']);
    expect(failedRules({ ...passing, gained: ids(5, 'gained'), lost: [] })).toEqual([]);
    expect(failedRules({ ...passing, gained: [], lost: [] })).toEqual(['paired-bound']);
  });

  it('rejects a candidate below the champion on held-out traffic, whatever the pooled pairs say', () => {
    const gained = ids(90, 'gained');
    expect(failedRules({ ...passing, gained, candidateScore: 0.97, championScore: 0.971 })).toEqual(['paired-bound']);
    expect(failedRules({ ...passing, gained, candidateScore: 0.97, championScore: 0.97 })).toEqual([]);
  });

  it('counts a repeated id once, and one that is gained and lost as lost', () => {
    expect(failedRules({ ...passing, gained: [...ids(4, 'gained'), ...ids(4, 'gained')], lost: [] })).toEqual([
      'paired-bound',
    ]);
    expect(gateCandidate({ ...passing, gained: ['a', 'b'], lost: ['b'] })).toMatchObject({ gained: 1, lost: 1 });
    expect(failedRules({ ...passing, regressions: [{ ...regression(0), lost: ['a', 'b', 'a', 'b'] }] })).toEqual([]);
  });

  it.each(['current', 'preceding', 'earlier'] as const)('rejects one regression too many on the %s set', (scope) => {
    const others = [regression(0), regression(0, 'preceding'), regression(0, 'earlier'), regression(0, scope)];
    expect(failedRules({ ...passing, regressions: [...others, regression(2, scope)] })).toEqual([]);
    expect(failedRules({ ...passing, regressions: [...others, regression(3, scope)] })).toEqual(['regressions']);
  });

  it('weighs losses on the traffic of the run against twice as many failures mended there, up to 2 %', () => {
    const fixed = (count: number, scope: RegressionCount['scope'], lost = 4) => ({
      ...passing,
      fixed: count,
      regressions: [...(scope === 'current' ? [] : [regression(0)]), regression(lost, scope)],
    });
    expect(failedRules(fixed(7, 'current'))).toEqual(['regressions']);
    expect(failedRules(fixed(8, 'current'))).toEqual([]);
    expect(detailOf(fixed(8, 'current'), 'regressions')).toBe(
      'Regressions: current: 4 of 200 on record lost, 4 allowed for 8 failures mended.',
    );
    expect(failedRules(fixed(100, 'current', 5))).toEqual(['regressions']);
    expect(failedRules(fixed(100, 'preceding'))).toEqual(['regressions']);
    expect(failedRules(fixed(100, 'earlier'))).toEqual(['regressions']);
  });

  it('rejects when the current regression set is missing', () => {
    expect(failedRules({ ...passing, regressions: [] })).toEqual(['regressions']);
    expect(failedRules({ ...passing, regressions: [regression(0, 'preceding')] })).toEqual(['regressions']);
  });

  it.each([
    ['failures', { failures: 19, traffic: 50, regression: 50 }],
    ['traffic', { failures: 20, traffic: 49, regression: 50 }],
    ['regression', { failures: 20, traffic: 50, regression: 49 }],
  ])('has an outcome of its own for too little evidence: %s', (_, evidence) => {
    expect(gateCandidate({ ...passing, evidence }).outcome).toBe('too-little-evidence');
    expect(gateCandidate({ ...passing, evidence, candidateScore: 0 }).outcome).toBe('too-little-evidence');
  });

  it('never passes on a number that is missing or impossible', () => {
    for (const score of [Number.NaN, Number.POSITIVE_INFINITY, -1, 1.01]) {
      expect(failedRules({ ...passing, candidateScore: score, reason: 'plateau' })).toContain('score');
      expect(failedRules({ ...passing, championScore: score, reason: 'plateau' })).toContain('score');
    }
    expect(failedRules({ ...passing, regressions: [{ ...regression(0), size: Number.NaN }] })).toEqual(['regressions']);
    expect(gateCandidate({ ...passing, evidence: { failures: Number.NaN, traffic: 50, regression: 50 } }).outcome).toBe(
      'too-little-evidence',
    );
  });

  it('says the numbers in one sentence a rule', () => {
    expect(
      gateCandidate({ ...passing, regressions: [regression(1), regression(3, 'preceding')] }).rules.map(
        (rule) => rule.detail,
      ),
    ).toEqual([
      'The score 0.9700 reaches the target of 0.9600; the champion has 0.9000.',
      'Right where the champion is wrong 10 times, wrong where it is right 1 times: p = 0.0059, at most α = 0.05 (exact one-sided McNemar).',
      'Regressions: current: 1 of 200 on record lost, 2 allowed; preceding: 3 of 200 on record lost, 2 allowed.',
      'Enough evidence: 20 failures after triage (20 needed), 50 examples in traffic-validation (50 needed), 50 examples in the regression set (50 needed).',
    ]);
  });

  it('says how a score falls short, or why it is enough below the target', () => {
    const scored = (request: Partial<GateRequest>): string | undefined => detailOf({ ...passing, ...request }, 'score');
    expect(scored({ candidateScore: 0.94, reason: 'plateau' })).toBe(
      "The score 0.9400 is below the target of 0.9600, above the champion's 0.9000, and no more is to be had: plateau.",
    );
    expect(scored({ candidateScore: 0.94 })).toBe(
      "The score 0.9400 is below the target of 0.9600; it is above the champion's 0.9000, but no reason to stop short is on record.",
    );
    expect(scored({ candidateScore: 0.9, reason: 'plateau' })).toBe(
      "The score 0.9000 is below the target of 0.9600, level with the champion's 0.9000, and no more is to be had: plateau.",
    );
    expect(scored({ candidateScore: 0.89, reason: 'plateau' })).toBe(
      "The score 0.8900 is below the target of 0.9600 and below the champion's 0.9000.",
    );
    expect(scored({ candidateScore: Number.NaN })).toBe('A score is missing: candidate none, champion 0.9000.');
    expect(scored({ candidateScore: 1, championScore: 0 })).toBe(
      'The score 1.0000 reaches the target of 0.9600; the champion has 0.0000.',
    );
  });

  it('says p to four places, and in powers of ten when it is smaller', () => {
    const paired = (gained: number, lost: number): string | undefined =>
      detailOf({ ...passing, gained: ids(gained, 'gained'), lost: ids(lost, 'lost') }, 'paired-bound');
    expect(paired(1, 3)).toBe(
      'Right where the champion is wrong 1 times, wrong where it is right 3 times: p = 0.9375, above α = 0.05 (exact one-sided McNemar).',
    );
    expect(paired(20, 0)).toContain('p = 9.5e-7, at most α = 0.05 ');
    expect(paired(13, 0)).toContain('p = 0.0001, ');
    expect(paired(2_000, 0)).toContain('p = 0.0000, ');
  });

  it('takes a p of exactly α', () => {
    const settings = { ...defaultSettings, alpha: 0.5 };
    expect(failedRules({ ...passing, settings, gained: ['one'], lost: [] })).toEqual([]);
  });

  it('says which sets of record there are when the current one is missing', () => {
    expect(detailOf({ ...passing, regressions: [regression(0, 'preceding')] }, 'regressions')).toBe(
      'Regressions: the current regression set is missing; preceding: 0 of 200 on record lost, 2 allowed.',
    );
  });

  it('says what evidence there is when it is too little', () => {
    const evidence = { failures: 19, traffic: 50, regression: 7 };
    expect(detailOf({ ...passing, evidence }, 'evidence')).toBe(
      'Too little evidence: 19 failures after triage (20 needed), 50 examples in traffic-validation (50 needed), 7 examples in the regression set (50 needed).',
    );
  });

  it('names each rule once, whatever is asked', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { rules } = gateCandidate(asked);
        expect(rules.map((rule) => rule.rule)).toEqual(['score', 'paired-bound', 'regressions', 'evidence']);
      }),
    );
  });

  it('passes exactly when all four rules of the design hold', () => {
    fc.assert(
      fc.property(request, (asked) => {
        const { settings, evidence } = asked;
        const enough = evidence.failures >= 20 && evidence.traffic >= 50 && evidence.regression >= 50;
        const scored =
          Number.isFinite(asked.championScore) &&
          (asked.candidateScore >= 0.96 || (asked.candidateScore >= asked.championScore && asked.reason !== null));
        const surer =
          mcNemarOneSided(asked.gained.length, asked.lost.length) <= 0.05 &&
          asked.candidateScore >= asked.championScore;
        const kept =
          asked.regressions.some((count) => count.scope === 'current') &&
          asked.regressions.every(
            ({ scope, lost, size }) =>
              lost.length <= allowedRegressions(settings, size) ||
              (scope === 'current' && lost.length <= asked.fixed / 2 && lost.length <= size * 0.02),
          );
        const expected = enough ? (scored && surer && kept ? 'passed' : 'rejected') : 'too-little-evidence';
        expect(gateCandidate(asked).outcome).toBe(expected);
      }),
      { numRuns: 2_000 },
    );
  });

  it('never begins to pass by a further loss', () => {
    fc.assert(
      fc.property(request, fc.constantFrom('current', 'preceding', 'earlier'), (asked, scope) => {
        const worse: GateRequest[] = [
          { ...asked, lost: [...asked.lost, 'one more'] },
          {
            ...asked,
            regressions: asked.regressions.map((count) =>
              count.scope === scope ? { ...count, lost: [...count.lost, 'one more'] } : count,
            ),
          },
          { ...asked, candidateScore: Math.max(0, asked.candidateScore - 0.05) },
        ];
        if (gateCandidate(asked).outcome === 'passed') return;
        for (const one of worse) expect(gateCandidate(one).outcome).not.toBe('passed');
      }),
    );
  });
});

describe('allowedRegressions', () => {
  it.each([
    [0, 2],
    [200, 2],
    [299, 2],
    [300, 3],
    [1_000, 10],
  ])('of a set of %i is %i', (size, allowed) => {
    expect(allowedRegressions(defaultSettings, size)).toBe(allowed);
  });

  it('is not one less by a rounding error', () => {
    expect(allowedRegressions({ ...defaultSettings, regressionsFraction: 0.29 }, 100)).toBe(29);
  });
});
