import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  allowedLosses,
  type GateRequest,
  gateCandidate,
  gateRequestSchema,
  gateVerdictSchema,
  type MemoryCount,
} from '../../../../shared/domain/evaluation/gate.ts';
import { defaultSettings, type Settings } from '../../../../shared/domain/models/settings.ts';

const ids = (count: number, prefix = 'id'): string[] =>
  Array.from({ length: count }, (_, index) => `${prefix}-${index}`);

function pairs(groups: number, gained: number, lost: number): GateRequest['pairs'] {
  return { groups, gained: ids(gained, 'gained'), lost: ids(lost, 'lost') };
}

function memory(lost: number, gained = 0, scope: MemoryCount['scope'] = 'preceding', size = 200): MemoryCount {
  return { scope, size, right: size - 20, lost: ids(lost, 'lost'), gained: ids(gained, 'gained') };
}

/** A request that passes; the reasons to fail are put in one at a time. */
const passing: GateRequest = {
  settings: defaultSettings,
  margin: null,
  pairs: pairs(500, 20, 5),
  memory: [memory(2)],
  facets: [{ facet: 'refund', records: 60, gained: 3, lost: 3 }],
  evidence: { failures: 20, records: 50 },
  fit: null,
};

const withSettings = (settings: Partial<Settings>, request: GateRequest = passing): GateRequest => ({
  ...request,
  settings: { ...defaultSettings, ...settings },
});

const failedRules = (request: GateRequest): string[] =>
  gateCandidate(request)
    .rules.filter((rule) => !rule.passed)
    .map((rule) => rule.rule);

const detailOf = (request: GateRequest, rule: string): string | undefined =>
  gateCandidate(request).rules.find((one) => one.rule === rule)?.detail;

describe('gateCandidate', () => {
  it('refuses what falls by the word of people, however much is gained by that of others', () => {
    const people = { records: 20, gained: 0, lost: 8 };
    expect(failedRules({ ...passing, people })).toEqual(['labels']);
    expect(detailOf({ ...passing, people }, 'labels')).toBe(
      'What people judged is proven to fall (0 gained, 8 lost of 20, p = 0.0039).',
    );
    expect(failedRules({ ...passing, people: { records: 20, gained: 0, lost: 4 } })).toEqual([]);
    expect(failedRules({ ...passing, people: { records: 20, gained: 8, lost: 8 } })).toEqual([]);
    expect(failedRules({ ...passing, people: { records: 3, gained: 2, lost: 2 } })).toEqual(['labels']);
  });

  it('says of which labels no record tells, a few by name', () => {
    const silent = ids(7, 'label').map((facet) => ({ facet, records: 0, gained: 0, lost: 0 }));
    expect(detailOf({ ...passing, facets: [...passing.facets, ...silent.slice(0, 1)] }, 'labels')).toBe(
      'None of 1 labels is proven to fall; no record tells of label-0.',
    );
    expect(detailOf({ ...passing, facets: [...passing.facets, ...silent] }, 'labels')).toBe(
      'None of 1 labels is proven to fall; no record tells of label-0, label-1, label-2, label-3, label-4 and 2 more.',
    );
  });

  it('passes a candidate that meets all five rules, and gives its numbers', () => {
    const verdict = gateCandidate(passing);
    expect(verdict.outcome).toBe('passed');
    expect(verdict.rules.map((rule) => rule.rule)).toEqual(['gain', 'memory', 'labels', 'evidence', 'fit']);
    expect(verdict).toMatchObject({ groups: 500, gained: 20, lost: 5, net: 0.03, fallen: [] });
    expect(verdict.lower).toBeCloseTo(0.03 - (1.645 * Math.sqrt(26 - 225 / 500)) / 500, 12);
    expect(verdict.pValue).toBeCloseTo(0.0020387, 6);
    expect(verdict.memory).toEqual([
      { scope: 'preceding', size: 200, right: 180, lost: ['lost-0', 'lost-1'], gained: 0, allowed: 2 },
    ]);
    expect(gateVerdictSchema.parse(verdict)).toEqual(verdict);
  });

  it('says the numbers of each rule in one plain sentence', () => {
    const request: GateRequest = {
      ...passing,
      pairs: pairs(1_806, 41, 23),
      memory: [memory(3, 1), memory(1, 4, 'earlier', 1_200)],
      facets: [...passing.facets, { facet: 'invoice', records: 61, gained: 2, lost: 5 }],
      evidence: { failures: 24, records: 1_900 },
    };
    expect(gateCandidate(request).rules.map((rule) => rule.detail)).toEqual([
      'Right where the champion is wrong 41 times, wrong where it is right 23 times, on 1,806 independent records: a gain of 1.00 points, with 95 % certainty above +0.26 points (above −0.25 is needed).',
      'Of 180 right answers of the preceding promotion 3 are lost and 1 others mended, 2 lost net (2 allowed); of 1,180 right answers of all earlier promotions 1 are lost and 4 others mended, none lost net (12 allowed).',
      'None of 2 labels is proven to fall; losing more than they gain, without proof: invoice (2 gained, 5 lost of 61, p = 0.4531).',
      'Enough evidence: 24 failures after triage (20 needed), 1,900 judged records (50 needed).',
      'The served model is the average of the models that were tested.',
    ]);
  });
});

describe('the gain', () => {
  it('must be more gained than lost, however sure it is that little is lost', () => {
    expect(failedRules({ ...passing, pairs: pairs(100_000, 20, 20) })).toEqual(['gain']);
    expect(failedRules({ ...passing, pairs: pairs(100_000, 20, 21) })).toEqual(['gain']);
    expect(failedRules({ ...passing, pairs: pairs(100_000, 21, 20) })).toEqual([]);
    expect(detailOf({ ...passing, pairs: pairs(500, 1, 2) }, 'gain')).toBe(
      'Right where the champion is wrong once, wrong where it is right 2 times, on 500 independent records: no gain.',
    );
  });

  it('must lie above the margin with 95 % certainty; bold asks for less, strict for more', () => {
    const at = (caution: Settings['caution'], gained: number) =>
      failedRules(withSettings({ caution }, { ...passing, pairs: pairs(1_000, gained, 20) }));
    expect(['bold', 'normal', 'strict'].map((caution) => at(caution as Settings['caution'], 26))).toEqual([
      ['gain'],
      ['gain'],
      ['gain'],
    ]);
    expect([at('bold', 27), at('normal', 27), at('strict', 27)]).toEqual([[], ['gain'], ['gain']]);
    expect([at('bold', 30), at('normal', 30), at('strict', 30)]).toEqual([[], [], ['gain']]);
    expect([at('normal', 29), at('strict', 32), at('strict', 33)]).toEqual([['gain'], ['gain'], []]);
  });

  it('takes the margin that the trainer asks for, unless caution is strict', () => {
    const dear = { ...passing, pairs: pairs(1_000, 24, 20), margin: 0.01 };
    expect(failedRules({ ...dear, margin: null })).toEqual(['gain']);
    expect(failedRules(dear)).toEqual([]);
    expect(failedRules(withSettings({ caution: 'bold' }, { ...dear, margin: 0 }))).toEqual(['gain']);
    expect(failedRules(withSettings({ caution: 'strict' }, dear))).toEqual(['gain']);
    expect(detailOf(dear, 'gain')).toContain('(above −1.00 is needed)');
  });

  it('must be above the margin, not at it', () => {
    const { lower } = gateCandidate({ ...passing, pairs: pairs(1_000, 24, 20) });
    expect(failedRules({ ...passing, pairs: pairs(1_000, 24, 20), margin: -lower })).toEqual(['gain']);
    expect(failedRules({ ...passing, pairs: pairs(1_000, 24, 20), margin: -lower + 1e-12 })).toEqual([]);
  });

  it('says how many records would be enough where more of them are all that lacks', () => {
    expect(detailOf({ ...passing, pairs: pairs(500, 20, 16) }, 'gain')).toBe(
      'Right where the champion is wrong 20 times, wrong where it is right 16 times, on 500 independent records: a gain of 0.80 points, with 95 % certainty above −1.20 points (above −0.25 is needed); at these rates about 1,780 records would do.',
    );
    expect(detailOf(withSettings({ caution: 'strict' }, { ...passing, pairs: pairs(500, 20, 16) }), 'gain')).toBe(
      'Right where the champion is wrong 20 times, wrong where it is right 16 times, on 500 independent records: a gain of 0.80 points, p = 0.3089 by the exact one-sided McNemar test (at most 0.05 is needed); at these rates about 3,289 records would do.',
    );
  });

  it('is better by McNemar at α itself where caution is strict, p in powers of ten when it is small', () => {
    const strict = (gained: number, lost: number) =>
      withSettings({ caution: 'strict', alpha: 0.5 }, { ...passing, pairs: pairs(5_000, gained, lost) });
    expect(failedRules(strict(1, 0))).toEqual([]);
    expect(detailOf(strict(1, 0), 'gain')).toMatch(/ p = 0\.5000 by .* \(at most 0\.5 is needed\)\.$/);
    expect(detailOf(strict(20, 0), 'gain')).toContain('p = 9.5e-7 by');
    expect(detailOf(strict(13, 0), 'gain')).toContain('p = 0.0001 by');
    expect(detailOf(strict(2_000, 0), 'gain')).toContain('p = 0.0000 by');
  });

  it('counts a repeated id once, and one that is gained and lost as lost', () => {
    const repeated = { groups: 500, gained: ['a', 'b', 'a', 'c'], lost: ['b', 'b'] };
    expect(gateCandidate({ ...passing, pairs: repeated })).toMatchObject({ gained: 2, lost: 1 });
  });

  it('promotes a truly better model of a weak champion: 55 % to 72 % on 250 records, 4 % lost', () => {
    expect(gateCandidate({ ...passing, pairs: pairs(250, 52, 10) }).outcome).toBe('passed');
  });
});

describe('the memory', () => {
  it.each(['preceding', 'earlier'] as const)(
    'lets no more be lost net of the records of the %s than allowed',
    (scope) => {
      const others = [memory(0), memory(0, 0, 'earlier')];
      expect(failedRules({ ...passing, memory: [...others, memory(2, 0, scope)] })).toEqual([]);
      expect(failedRules({ ...passing, memory: [...others, memory(3, 0, scope)] })).toEqual(['memory']);
      expect(failedRules({ ...passing, memory: [...others, memory(9, 7, scope)] })).toEqual([]);
      expect(failedRules({ ...passing, memory: [...others, memory(10, 7, scope)] })).toEqual(['memory']);
    },
  );

  it('counts every id once, and lists all that are lost whatever is gained', () => {
    const count = { ...memory(0), lost: ['a', 'b', 'a', 'b'], gained: ['b', 'c', 'c'] };
    expect(gateCandidate({ ...passing, memory: [count] }).memory).toEqual([
      { ...count, lost: ['a', 'b'], gained: 1, allowed: 2 },
    ]);
    expect(failedRules({ ...passing, memory: [{ ...count, lost: [...ids(3), ...ids(3)], gained: [] }] })).toEqual([
      'memory',
    ]);
  });

  it('says that nothing is lost net where as much is mended', () => {
    expect(detailOf({ ...passing, memory: [memory(2, 2)] }, 'memory')).toContain(
      '2 are lost and 2 others mended, none lost net',
    );
  });

  it('forgets nothing before the first promotion', () => {
    expect(failedRules({ ...passing, memory: [] })).toEqual([]);
    expect(detailOf({ ...passing, memory: [] }, 'memory')).toBe('No earlier promotion is on record.');
  });

  it('refuses a candidate that breaks 3 % of what was right and mends nothing', () => {
    expect(
      failedRules({ ...passing, pairs: pairs(1_000, 0, 30), memory: [memory(27, 0, 'preceding', 1_000)] }),
    ).toEqual(['gain', 'memory']);
  });
});

describe('the labels', () => {
  it('refuse a label that is lost under a better total', () => {
    const request = {
      ...passing,
      pairs: pairs(4_000, 400, 216),
      facets: [
        { facet: 'lost', records: 300, gained: 0, lost: 216 },
        { facet: 'others', records: 3_700, gained: 400, lost: 0 },
      ],
    };
    expect(failedRules(request)).toEqual(['labels']);
    expect(gateCandidate(request).fallen).toMatchObject([{ facet: 'lost', proven: true }]);
    expect(detailOf(request, 'labels')).toBe('Proven to fall: lost (0 gained, 216 lost of 300, p = 1.9e-65).');
  });

  it('name what falls without proof, five of them, and let it pass', () => {
    const facets = ids(7, 'label').map((facet, at) => ({ facet, records: 50, gained: 0, lost: at === 6 ? 2 : 1 }));
    expect(failedRules({ ...passing, facets })).toEqual([]);
    expect(detailOf({ ...passing, facets }, 'labels')).toBe(
      'None of 7 labels is proven to fall; losing more than they gain, without proof: label-6 (0 gained, 2 lost of 50, p = 1.0000), label-0 (0 gained, 1 lost of 50, p = 1.0000), label-1 (0 gained, 1 lost of 50, p = 1.0000), label-2 (0 gained, 1 lost of 50, p = 1.0000), label-3 (0 gained, 1 lost of 50, p = 1.0000) and 2 more.',
    );
    expect(detailOf({ ...passing, facets: facets.slice(2) }, 'labels')).toMatch(
      /: label-6 \(.*\), label-2 \(.*\), label-3 \(.*\), label-4 \(.*\), label-5 \([^()]*\)\.$/,
    );
  });

  it('may lose nothing net where they are critical', () => {
    const critical = (gained: number, lost: number, records = 60) =>
      withSettings({ critical: ['refund'] }, { ...passing, facets: [{ facet: 'refund', records, gained, lost }] });
    expect(failedRules(critical(3, 3))).toEqual([]);
    expect(failedRules(critical(3, 4))).toEqual(['labels']);
    expect(detailOf(critical(3, 4), 'labels')).toBe(
      'The critical label refund may lose nothing net (3 gained, 4 lost); losing more than they gain, without proof: refund (3 gained, 4 lost of 60, p = 0.5000).',
    );
    expect(failedRules(withSettings({ critical: ['invoice'], enoughCritical: 0 }))).toEqual([]);
  });

  it('hold a candidate back while a critical one has too few records to tell', () => {
    const critical = (records: number) =>
      withSettings(
        { critical: ['refund'] },
        { ...passing, facets: [{ facet: 'refund', records, gained: 0, lost: 0 }] },
      );
    expect(failedRules(critical(20))).toEqual([]);
    expect(failedRules(critical(19))).toEqual(['labels']);
    expect(detailOf(critical(19), 'labels')).toBe(
      'The critical label refund has 19 records, and 20 are needed to tell, which holds the candidate back.',
    );
    expect(detailOf(withSettings({ critical: ['refund', 'invoice', 'other'] }), 'labels')).toBe(
      'The critical label invoice has 0 records, and 20 are needed to tell, which holds the candidate back; the critical label other has 0 records, and 20 are needed to tell, which holds the candidate back.',
    );
  });

  it('pass where the task has none', () => {
    expect(failedRules({ ...passing, facets: [] })).toEqual([]);
  });
});

describe('the evidence', () => {
  it.each([
    ['failures', { failures: 19, records: 50 }],
    ['records', { failures: 20, records: 49 }],
  ])('has an outcome of its own where it is too little: %s', (_, evidence) => {
    expect(gateCandidate({ ...passing, evidence }).outcome).toBe('too-little-evidence');
    expect(gateCandidate({ ...passing, evidence, pairs: pairs(500, 0, 9) }).outcome).toBe('too-little-evidence');
    expect(failedRules({ ...passing, evidence })).toEqual(['evidence']);
  });

  it('says what there is and what is needed', () => {
    expect(detailOf({ ...passing, evidence: { failures: 19, records: 7 } }, 'evidence')).toBe(
      'Too little evidence: 19 failures after triage (20 needed), 7 judged records (50 needed).',
    );
    expect(detailOf({ ...passing, evidence: { failures: 20, records: 50, undecided: 3 } }, 'evidence')).toBe(
      'Enough evidence: 20 failures after triage (20 needed), 50 judged records (50 needed). 3 answers say it otherwise than the right output, and nobody has judged that: left out.',
    );
    const judged = { judged: 40, passed: 31, undecided: 1, leftOut: 6, unjudged: 'No more money.', notAsked: 2 };
    expect(detailOf({ ...passing, evidence: { failures: 20, records: 50, ...judged } }, 'evidence')).toBe(
      'Enough evidence: 20 failures after triage (20 needed), 50 judged records (50 needed). 40 answers say it otherwise than the right output and were judged: 31 passed. 1 answer says it otherwise than the right output, and nobody has judged that: left out, and 6 more of records to which the judge did not come. No more money. The budget did not cover asking it about 2 more.',
    );
  });
});

describe('the fit', () => {
  it('of a served model that is no average is no less on its own pool than that of its fold models out of fold', () => {
    expect(failedRules({ ...passing, fit: { pool: 0.9, outOfFold: 0.9 } })).toEqual([]);
    expect(failedRules({ ...passing, fit: { pool: 0.8999, outOfFold: 0.9 } })).toEqual(['fit']);
    expect(failedRules({ ...passing, fit: { pool: 1, outOfFold: 0 } })).toEqual([]);
    expect(detailOf({ ...passing, fit: { pool: 0.97, outOfFold: 0.9 } }, 'fit')).toBe(
      'The served model has 0.9700 of its own training pool right, no less than the 0.9000 of its fold models on what they never saw.',
    );
    expect(detailOf({ ...passing, fit: { pool: 0.8, outOfFold: 0.9 } }, 'fit')).toBe(
      'The served model has 0.8000 of its own training pool right, not even the 0.9000 of its fold models on what they never saw.',
    );
    expect(detailOf({ ...passing, fit: { pool: Number.NaN, outOfFold: 0.9 } }, 'fit')).toContain(
      ' has none of its own',
    );
  });
});

describe('a number that is missing or impossible', () => {
  const bad = [Number.NaN, Number.POSITIVE_INFINITY, -1];

  it.each(bad)('never passes a rule: %d', (value) => {
    const failed = {
      gain: { ...passing, pairs: { ...passing.pairs, groups: value } },
      memory: { ...passing, memory: [memory(0), { ...memory(3), size: value }] },
      fit: { ...passing, fit: { pool: 0.9, outOfFold: value } },
    };
    for (const [rule, request] of Object.entries(failed)) {
      if (rule === 'memory' && value === Number.POSITIVE_INFINITY) continue;
      expect(failedRules(request)).toEqual([rule]);
    }
    expect(failedRules({ ...passing, fit: { pool: value, outOfFold: 0.9 } })).toEqual(['fit']);
    for (const part of ['records', 'gained', 'lost'] as const) {
      expect(
        failedRules({
          ...passing,
          facets: [{ ...passing.facets[0], facet: 'a', records: 9, gained: 0, lost: 0, [part]: value }],
        }),
      ).toEqual(['labels']);
    }
  });

  it('is named', () => {
    expect(detailOf({ ...passing, pairs: pairs(24, 20, 5) }, 'gain')).toBe(
      'Right where the champion is wrong 20 times, wrong where it is right 5 times, on 24 independent records: these numbers cannot be.',
    );
    expect(detailOf({ ...passing, facets: [{ facet: 'refund', records: 9, gained: 5, lost: 5 }] }, 'labels')).toBe(
      'The numbers of refund cannot be.',
    );
    expect(failedRules({ ...passing, margin: Number.NaN })).toEqual(['gain']);
    expect(failedRules({ ...passing, pairs: pairs(25, 20, 5) })).toEqual([]);
  });

  it('of evidence is too little', () => {
    for (const evidence of [
      { failures: Number.NaN, records: 50 },
      { failures: 20, records: Number.NaN },
    ]) {
      expect(gateCandidate({ ...passing, evidence }).outcome).toBe('too-little-evidence');
    }
  });

  it('of pairs leaves a verdict that can be stored', () => {
    const { net, lower } = gateCandidate({ ...passing, pairs: pairs(0, 0, 0) });
    expect({ net, lower }).toEqual({ net: 0, lower: -1 });
  });
});

describe('whatever is asked', () => {
  const facet = fc.nat(3).chain((at) =>
    fc.record({
      facet: fc.constant(`label-${at}`),
      records: fc.integer({ min: 40, max: 80 }),
      gained: fc.nat(15),
      lost: fc.nat(15),
    }),
  );
  const request: fc.Arbitrary<GateRequest> = fc.record({
    settings: fc
      .record({
        caution: fc.constantFrom('strict' as const, 'normal' as const, 'bold' as const),
        critical: fc.subarray(['label-0'], { minLength: 0 }),
      })
      .map((settings) => ({ ...defaultSettings, ...settings })),
    margin: fc.option(fc.double({ min: 0, max: 0.05, noNaN: true })),
    pairs: fc.tuple(fc.integer({ min: 100, max: 2_000 }), fc.nat(60), fc.nat(30)).map((counts) => pairs(...counts)),
    memory: fc.array(
      fc.record({
        scope: fc.constantFrom('preceding' as const, 'earlier' as const),
        size: fc.integer({ min: 50, max: 1_000 }),
        right: fc.nat(1_000),
        lost: fc.nat(8).map((count) => ids(count, 'lost')),
        gained: fc.nat(8).map((count) => ids(count, 'gained')),
      }),
      { maxLength: 2 },
    ),
    facets: fc.uniqueArray(facet, { maxLength: 4, selector: (one) => one.facet }),
    evidence: fc.record({ failures: fc.integer({ min: 15, max: 100 }), records: fc.integer({ min: 45, max: 200 }) }),
    fit: fc.option(fc.record({ pool: fc.double({ min: 0.5, max: 1, noNaN: true }), outOfFold: fc.constant(0.6) })),
  });
  const passes = (asked: GateRequest) => gateCandidate(asked).outcome === 'passed';

  /** The request with one more group gained, or lost, wherever there is room for it. */
  function oneMore(change: 'gained' | 'lost', asked: GateRequest, at: number): GateRequest[] {
    const longer = <T extends { gained: readonly string[]; lost: readonly string[] }>(changes: T): T => ({
      ...changes,
      [change]: [...changes[change], 'one more'],
    });
    return [
      { ...asked, pairs: longer(asked.pairs) },
      { ...asked, memory: asked.memory.map((count, index) => (index === at ? longer(count) : count)) },
      {
        ...asked,
        facets: asked.facets.map((count, index) => (index === at ? { ...count, [change]: count[change] + 1 } : count)),
      },
    ];
  }

  it('a further gain never turns a pass into a refusal, and a further loss never a refusal into a pass', () => {
    let [passed, refused] = [0, 0];
    fc.assert(
      fc.property(request, fc.nat(3), (asked, at) => {
        const pass = passes(asked);
        if (pass) passed += 1;
        else refused += 1;
        for (const other of oneMore(pass ? 'gained' : 'lost', asked, at)) expect(passes(other)).toBe(pass);
      }),
      { numRuns: 1_000 },
    );
    expect(Math.min(passed, refused)).toBeGreaterThan(50);
  });

  it('a wider margin, and more boldness, never turns a pass into a refusal', () => {
    const bolder = { strict: 'normal', normal: 'bold', bold: 'bold' } as const;
    fc.assert(
      fc.property(request, fc.double({ min: 0, max: 0.5, noNaN: true }), (asked, wider) => {
        if (!passes(asked)) return;
        if (asked.margin !== null) expect(passes({ ...asked, margin: asked.margin + wider })).toBe(true);
        const bolderStill = { ...asked.settings, caution: bolder[asked.settings.caution] };
        if (asked.margin === null) expect(passes(withSettings(bolderStill, asked))).toBe(true);
      }),
      { numRuns: 1_000 },
    );
  });

  it('neither order nor repetition of what is counted matters', () => {
    const upsideDown = (asked: GateRequest): GateRequest => ({
      ...asked,
      pairs: {
        ...asked.pairs,
        gained: [...asked.pairs.gained, ...asked.pairs.gained].reverse(),
        lost: [...asked.pairs.lost.toReversed(), ...asked.pairs.lost],
      },
      memory: asked.memory.map((count) => ({
        ...count,
        lost: [...count.lost, ...count.lost],
        gained: count.gained.toReversed(),
      })),
      facets: asked.facets.toReversed(),
    });
    fc.assert(
      fc.property(request, (asked) => {
        const { memory: forgotten, ...verdict } = gateCandidate(asked);
        const { memory: same, ...other } = gateCandidate(upsideDown(asked));
        expect(other).toEqual(verdict);
        expect(same).toEqual(forgotten);
      }),
    );
  });

  it('it passes exactly when all five rules do, and too little evidence comes before all', () => {
    fc.assert(
      fc.property(request, (asked) => {
        expect(gateRequestSchema.safeParse(asked).success).toBe(true);
        const verdict = gateCandidate(asked);
        expect(gateVerdictSchema.parse(verdict)).toEqual(verdict);
        const enough = asked.evidence.failures >= 20 && asked.evidence.records >= 50;
        const all = verdict.rules.every((rule) => rule.passed);
        expect(verdict.outcome).toBe(enough ? (all ? 'passed' : 'rejected') : 'too-little-evidence');
        if (verdict.outcome !== 'passed') return;
        expect(verdict.gained).toBeGreaterThan(verdict.lost);
        for (const { lost, gained, allowed } of verdict.memory)
          expect(lost.length - gained).toBeLessThanOrEqual(allowed);
        expect(verdict.fallen.some(({ proven }) => proven)).toBe(false);
      }),
      { numRuns: 1_000 },
    );
  });
});

describe('allowedLosses', () => {
  it.each([
    [0, 2],
    [200, 2],
    [299, 2],
    [300, 3],
    [1_000, 10],
  ])('of %i records are %i', (size, allowed) => {
    expect(allowedLosses(defaultSettings, size)).toBe(allowed);
  });

  it('are not one less by a rounding error', () => {
    expect(allowedLosses({ ...defaultSettings, memoryFraction: 0.29 }, 100)).toBe(29);
  });
});

describe('answers that can be right in part', () => {
  const words = { facet: 'entity type', facets: 'entity types', parts: 'entities' };
  const score = { metric: 'entity F1', champion: 0.455, candidate: 0.478 };
  const many = (count: number, change: number): number[] => Array.from({ length: count }, () => change);
  const partly: GateRequest = {
    ...passing,
    pairs: { ...pairs(200, 6, 8), changes: [...many(45, 0.4), ...many(10, -0.25)] },
    memory: [{ ...memory(8, 1), change: -0.5 }],
    words,
    score,
  };

  it('pass by what is gained in parts, whatever few whole ones are gained and lost', () => {
    const verdict = gateCandidate(partly);
    expect(verdict.outcome).toBe('passed');
    expect(verdict).toMatchObject({ groups: 200, gained: 6, lost: 8, partly: { more: 45, less: 10 } });
    expect(verdict.net).toBeCloseTo(15.5 / 200, 12);
    expect(verdict.lower).toBeCloseTo((15.5 - 1.645 * Math.sqrt(7.2 + 0.625 + 1 - 15.5 ** 2 / 200)) / 200, 12);
    expect(verdict.pValue).toBeLessThan(1e-6);
    expect(gateVerdictSchema.parse(verdict)).toEqual(verdict);
    expect(gateRequestSchema.parse(partly)).toEqual(partly);
    expect(detailOf(partly, 'gain')).toBe(
      'More entities right in 45 of 200 independent records with entities, fewer in 10 (wholly right: 6 gained, 8 lost): a gain of 7.75 points of entities right, with 95 % certainty above +5.48 points (above −0.25 is needed).',
    );
    expect(detailOf(partly, 'memory')).toBe(
      'Of 180 right answers of the preceding promotion 8 are lost and 1 others mended, entities worth 0.50 lost net (2 allowed).',
    );
    expect(failedRules({ ...partly, pairs: pairs(200, 6, 8) })).toEqual(['gain']);
  });

  it('are refused where fewer parts are right, or it is not certain enough', () => {
    expect(failedRules({ ...partly, pairs: { ...partly.pairs, changes: many(40, -0.1) } })).toEqual(['gain']);
    const close = { ...partly, pairs: { ...partly.pairs, changes: [...many(20, 0.5), ...many(18, -0.5)] } };
    expect(failedRules(close)).toEqual(['gain']);
    expect(detailOf(close, 'gain')).toMatch(/at these rates about [\d,]+ records would do\.$/);
  });

  it('are refused where what is wholly right surely falls, or the metric does', () => {
    const broken = { ...partly, pairs: { ...partly.pairs, ...pairs(200, 0, 8) } };
    expect(detailOf(broken, 'gain')).toMatch(/; what is wholly right is proven to fall, p = 0\.0039\.$/);
    expect(failedRules(broken)).toEqual(['gain']);
    const fallen = { ...partly, score: { ...score, candidate: 0.4549 } };
    expect(detailOf(fallen, 'gain')).toMatch(/; entity F1 falls from 0\.4550 to 0\.4549\.$/);
    expect(failedRules(fallen)).toEqual(['gain']);
  });

  it('are refused where more is lost of frozen records than is allowed, in whole ones’ worth', () => {
    expect(failedRules({ ...partly, memory: [{ ...memory(0), change: -2.01 }] })).toEqual(['memory']);
    expect(failedRules({ ...partly, memory: [{ ...memory(0), change: -2 }] })).toEqual([]);
    expect(failedRules({ ...partly, memory: [{ ...memory(0), change: Number.NaN }] })).toEqual(['memory']);
    expect(detailOf({ ...partly, memory: [{ ...memory(3), change: 1 }] }, 'memory')).toContain('none lost net');
  });

  it('are refused by impossible changes', () => {
    for (const changes of [[1.1], [Number.NaN], many(201, 0.5)]) {
      expect(detailOf({ ...partly, pairs: { ...partly.pairs, changes } }, 'gain')).toContain('these numbers cannot be');
    }
  });

  it('are held to the sign-flip test under strict caution', () => {
    const strict = withSettings({ caution: 'strict' }, partly);
    expect(failedRules(strict)).toEqual([]);
    expect(detailOf(strict, 'gain')).toContain('by the one-sided sign-flip test (at most 0.05 is needed)');
  });

  it('decide as whole ones do, to the digit, where each is right or wrong', () => {
    fc.assert(
      fc.property(
        fc.tuple(fc.integer({ min: 100, max: 2_000 }), fc.nat(60), fc.nat(30)),
        fc.constantFrom('strict' as const, 'normal' as const, 'bold' as const),
        fc.nat(8),
        fc.nat(8),
        ([groups, gained, lost], caution, forgotten, mended) => {
          const whole = withSettings({ caution }, { ...passing, pairs: pairs(groups, gained, lost) });
          const asked = { ...whole, memory: [memory(forgotten, mended)] };
          const inParts: GateRequest = {
            ...asked,
            pairs: { ...asked.pairs, changes: [...many(gained, 1), ...many(lost, -1)] },
            memory: [{ ...memory(forgotten, mended), change: mended - forgotten }],
          };
          const [before, after] = [gateCandidate(asked), gateCandidate(inParts)];
          expect(after.rules.map(({ rule, passed }) => [rule, passed])).toEqual(
            before.rules.map(({ rule, passed }) => [rule, passed]),
          );
          const figures = ({ net, lower, pValue, outcome }: typeof before) => ({ net, lower, pValue, outcome });
          expect(figures(after)).toEqual(figures(before));
        },
      ),
    );
  });
});
