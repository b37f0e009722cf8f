import { describe, expect, it } from 'vitest';
import { gateCandidate } from '../../../../shared/domain/evaluation/gate.ts';
import { defaultSettings } from '../../../../shared/domain/models/settings.ts';
import { facetLoss, headlineOf, isConvincing, whyOf } from '../../../../shared/loop/report/decision-words.ts';
import type { ReportData } from '../../../../shared/loop/report/report-data.ts';
import { keptReport, promotedReport, tooLittleEvidenceReport } from '../../../helpers/report-data.ts';

/** The promoted run with a candidate that gains and loses so many of so many groups. */
function decided(groups: number, gained: number, lost: number, facets: readonly [string, number, number, number][]) {
  const data = promotedReport();
  const verdict = gateCandidate({
    settings: defaultSettings,
    margin: null,
    pairs: {
      groups,
      gained: Array.from({ length: gained }, (_, at) => `g${at}`),
      lost: Array.from({ length: lost }, (_, at) => `l${at}`),
    },
    memory: [],
    facets: facets.map(([facet, records, gains, losses]) => ({ facet, records, gained: gains, lost: losses })),
    evidence: { failures: 30, records: groups },
    fit: null,
  });
  const candidates = data.candidates.map((one) => ({ ...one, verdict }));
  return { ...data, candidates } satisfies ReportData;
}

describe('the headline', () => {
  it('tells the gate’s evidence, never the loop’s log line', () => {
    expect(headlineOf(decided(59, 20, 1, []))).toBe('20 mended, 1 lost of 59 judged traces, p < 0.0001');
    expect(headlineOf(promotedReport())).not.toMatch(/Candidate|side by side/);
  });

  it('names what rests on one judge alone and is held, also before there is a candidate', () => {
    const turned = { judge: 'human/ana', from: 'fraud', word: null, to: 'refund', turned: 70, of: 88 };
    const planted = { judge: 'llm/j1', from: null, word: 'zxqv', to: 'refund', turned: 30, of: 30 };
    const held =
      'label fraud: 70 of 88 are refund by human/ana alone, word zxqv: 30 of 30 are refund by llm/j1 alone, held for review (ratchet suspects support-intents)';
    const alone = [turned, planted];
    expect(headlineOf({ ...decided(59, 20, 1, []), alone })).toBe(
      `20 mended, 1 lost of 59 judged traces, p < 0.0001; ${held}`,
    );
    expect(headlineOf({ ...tooLittleEvidenceReport(), alone })).toContain(`; ${held}`);
  });

  it('says that the traces cannot tell more where so many mended may be chance', () => {
    expect(headlineOf(decided(59, 4, 2, []))).toBe(
      '4 mended, 2 lost of 59 judged traces, p = 0.344; the 59 judged traces cannot tell more',
    );
  });

  it('names labels that are proven to lose in points, and those that may lose by chance', () => {
    const data = decided(400, 90, 60, [
      ['fraud', 64, 2, 32],
      ['refund', 40, 1, 3],
      ['rare', 1, 0, 1],
    ]);
    expect(headlineOf(data)).toBe(
      '90 mended, 60 lost of 400 judged traces, p = 0.0088; label fraud: −47 points (30 of 64); labels refund: −5 points (2 of 40), rare: 1 of 1 lost (may be chance)',
    );
  });

  it('names the worst few of many', () => {
    const many = Array.from({ length: 5 }, (_, at): [string, number, number, number] => [`l${at}`, 30, 0, at + 1]);
    expect(headlineOf(decided(400, 90, 15, many))).toContain(
      'labels l4: −17 points (5 of 30), l3: −13 points (4 of 30), l2: −10 points (3 of 30)',
    );
    expect(headlineOf(decided(400, 90, 15, many))).toContain('and 2 more');
  });

  it('counts what is missing, and in how many days it comes', () => {
    expect(headlineOf({ ...tooLittleEvidenceReport(), review: { counts: [], lines: 0 } })).toBe(
      '13 more judged failures and 27 more judged traces are missing until there is enough to decide by, about 6 days at the present rate',
    );
    const one = { ...tooLittleEvidenceReport(), evidence: { failures: 19, records: 49 }, rates: null };
    expect(headlineOf(one)).toBe(
      '1 more judged failure and 1 more judged trace are missing until there is enough to decide by; 41 failures have no right answer yet',
    );
  });

  it('counts what the few fold models of a dear trainer need, though more is judged than the gate asks for', () => {
    const data = {
      ...tooLittleEvidenceReport(),
      evidence: { failures: 30, records: 200 },
      moreForFolds: 50,
      rates: null,
    };
    const [why, headline] = [whyOf(data), headlineOf({ ...data, review: { counts: [], lines: 0 } })];
    expect(headline).toBe('50 more judged traces are missing until there is enough to decide by');
    expect(why).toBe('The run ended before training.');
    expect(whyOf({ ...data, onRecord: true })).toContain('whose answers cost something, was not asked');
  });

  it('asks for the right answers first where they are enough', () => {
    expect(headlineOf({ ...tooLittleEvidenceReport(), evidence: { failures: 19, records: 60 } })).toBe(
      '41 failures have no right answer yet, enough to decide by once they are filled in: fill in review.jsonl first (ratchet report support-intents --review)',
    );
  });

  it('says that there is nothing to learn from where the champion has everything right', () => {
    const data = {
      ...tooLittleEvidenceReport(),
      evidence: { failures: 0, records: 320 },
      weighed: { size: 320, right: 320 },
      review: { counts: [], lines: 0 },
    };
    expect(headlineOf(data)).toBe('the champion has all 320 judged traces right: there is nothing to learn from');
    const review = { counts: [{ why: 'unknown-output' as const, count: 190 }], lines: 190 };
    expect(headlineOf({ ...data, review })).toBe(
      'the champion has all 320 judged traces right: there is nothing to learn from; 190 judgements name labels that the model does not know, and are held (ratchet labels support-intents)',
    );
    expect(headlineOf({ ...data, weighed: { size: 320, right: 319 } })).toContain(
      '20 more judged failures are missing',
    );
  });

  it('names the parts of a split label that have no judged example', () => {
    expect(headlineOf({ ...tooLittleEvidenceReport(), unlearnt: ['where'] })).toBe(
      'where has no judged example since the split: judge some (ratchet report support-intents --review)',
    );
  });

  it('says who rolled back, and why, where that keeps candidates out', () => {
    const keptOut = { checkpointId: 'ck1', by: 'ana@desk', reason: 'complaints', at: '2026-03-01T00:00:00Z' };
    const data = { ...tooLittleEvidenceReport(), keptOut };
    expect(headlineOf(data)).toBe('Checkpoint ck1 was rolled back by ana@desk: complaints');
    expect(whyOf(data)).toContain('No person has judged anything since');
  });
});

describe('a loss', () => {
  it('of few records is counted, never told in points', () => {
    expect(facetLoss({ records: 1, gained: 0, lost: 1 })).toBe('1 of 1 lost');
    expect(facetLoss({ records: 19, gained: 1, lost: 3 })).toBe('3 lost and 1 mended of 19');
    expect(facetLoss({ records: 20, gained: 1, lost: 3 })).toBe('−10 points (2 of 20)');
    expect(facetLoss({ records: 900, gained: 1, lost: 3 })).toBe('−0.2 points (2 of 900)');
  });
});

describe('why the champion stays', () => {
  it('names the rules that failed; after a promotion there is nothing to say', () => {
    expect(whyOf(keptReport())).toMatch(
      /^No candidate passed the gate, .* Memory: Of 1,148 .* Every label: Proven to fall/,
    );
    expect(whyOf(promotedReport())).toBeNull();
  });
});

describe('a headline of parts, of many and of one', () => {
  const entity = { one: 'entity', several: 'entities', metric: 'entity F1' };

  /** The decided candidate with parts that were counted. */
  function inParts(net: number, pValue: number, words: Partial<ReportData['words']> = { parts: entity }): ReportData {
    const data = decided(59, 4, 2, []);
    const partly = { more: 30, less: 1_009 };
    const candidates = data.candidates.map((one) => ({ ...one, verdict: { ...one.verdict, partly, net, pValue } }));
    return { ...data, candidates, words: { ...data.words, ...words } };
  }

  it('counts where more and fewer parts are right, and what is wholly right', () => {
    expect(headlineOf(inParts(0.1, 0.0001))).toBe(
      'more entities right in 30, fewer in 1,009 of 59 judged traces with entities, p = 0.0001 (wholly right: 4 mended, 2 lost)',
    );
    expect(headlineOf(inParts(0.1, 0.0001, {}))).toContain('of 59 judged traces with parts');
    expect(headlineOf(inParts(0.1, 0.3))).toContain('; the 59 judged traces cannot tell more');
    expect(headlineOf(inParts(0, 0.3))).not.toContain('cannot tell more');
    expect(headlineOf(inParts(-0.1, 0.3))).not.toContain('cannot tell more');
  });

  it('holds a chance of one in twenty for convincing', () => {
    expect([0.05, 0.0501].map((pValue) => isConvincing({ pValue }))).toEqual([true, false]);
  });

  it('names the first few of what rests on one judge alone', () => {
    const alone = [1, 2, 3, 4, 5].map((at) => ({
      judge: 'llm/j1',
      from: null,
      word: `w${at}`,
      to: 'refund',
      turned: 30,
      of: 30,
    }));
    const headline = headlineOf({ ...tooLittleEvidenceReport(), alone });
    expect(headline).toContain('word w3: 30 of 30 are refund by llm/j1 alone and 2 more, held for review');
    expect(headline).not.toContain('word w4');
  });

  it('names one alone as one', () => {
    const data = tooLittleEvidenceReport();
    const one = { evidence: { failures: 19, records: 60 }, rates: null };
    const review = (why: 'fail-without-correction' | 'unknown-output') => ({ counts: [{ why, count: 1 }], lines: 1 });
    expect(headlineOf({ ...data, ...one, review: { counts: [], lines: 0 } })).toBe(
      '1 more judged failure is missing until there is enough to decide by',
    );
    expect(headlineOf({ ...data, ...one, review: review('fail-without-correction') })).toMatch(
      /^1 failure has no right answer yet, enough to decide by once it is filled in/,
    );
    const two = { evidence: { failures: 18, records: 60 }, rates: null };
    expect(headlineOf({ ...data, ...two, review: review('fail-without-correction') })).toBe(
      '2 more judged failures are missing until there is enough to decide by; 1 failure has no right answer yet',
    );
    expect(headlineOf({ ...data, ...two, review: review('unknown-output') })).toContain(
      '; 1 judgement names labels that the model does not know, and is held (ratchet labels support-intents)',
    );
    expect(headlineOf({ ...data, undecided: 1 })).toMatch(/^1 judged trace is undecided: the judge rule/);
  });

  it('names the first few of the parts of split labels', () => {
    const data = tooLittleEvidenceReport();
    expect(headlineOf({ ...data, unlearnt: ['where', 'when'] })).toMatch(
      /^where, when have no judged example since the split/,
    );
    expect(headlineOf({ ...data, unlearnt: ['a', 'b', 'c', 'd', 'e'] })).toMatch(/^a, b, c and 2 more have no judged/);
  });

  it('says what the budget did not cover, also where no budget is on record', () => {
    const notCovered = { asked: 50, notAsked: 1_950, notAskedUsd: null, budgetUsd: null };
    const data = { ...tooLittleEvidenceReport(), notCovered };
    expect(headlineOf(data)).toBe('the budget covers the champion’s answers to 50 of 2,000 traces');
    expect(whyOf({ ...data, reason: 'The budget ran out.' })).toBe('The budget ran out.');
  });

  it('says that no candidate came before the gate where there was enough to decide by', () => {
    const data = { ...tooLittleEvidenceReport(), evidence: { failures: 30, records: 90 }, reason: 'No move was left.' };
    expect(headlineOf(data)).toBe('No candidate came before the gate');
    expect(whyOf(data)).toBe('No move was left.');
    expect(whyOf({ ...data, unlearnt: ['where'] })).toBe('The run ended before training.');
    expect(whyOf({ ...data, evidence: { failures: 1, records: 90 } })).toBe('The run ended before training.');
  });

  it('tells only the rules that failed, and why the search ended where it did', () => {
    const data = keptReport();
    const passed = data.candidates.flatMap(({ verdict: { rules } }) => rules.filter((rule) => rule.passed));
    expect(passed.length).toBeGreaterThan(0);
    expect(whyOf(data)).not.toContain('Evidence: ');
    expect(whyOf({ ...data, ended: null })).toMatch(/^No candidate passed the gate\. /);
  });
});
