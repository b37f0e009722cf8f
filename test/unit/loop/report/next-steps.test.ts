import { describe, expect, it } from 'vitest';
import { headlineOf } from '../../../../shared/loop/report/decision-words.ts';
import { nextSteps } from '../../../../shared/loop/report/next-steps.ts';
import { keptReport, promotedReport, tooLittleEvidenceReport } from '../../../helpers/report-data.ts';

describe('what to do next', () => {
  it('counts missing evidence in traces', () => {
    const [first] = nextSteps({ ...tooLittleEvidenceReport(), evidence: { failures: 8, records: 20 } });
    expect(first).toBe(
      'Ingest 12 more judged failures and 30 more judged traces (ratchet ingest support-intents FILE), then run again (ratchet run support-intents). At the present rate that takes about 7 days.',
    );
  });

  it('begins with the review where its failures are enough, and with nothing where all is right', () => {
    const data = tooLittleEvidenceReport();
    const open = nextSteps({ ...data, evidence: { failures: 19, records: 60 } });
    expect(open[0]).toMatch(/^\d+ traces wait for a person: fill in "expected"/);
    expect(open[1]).toBe('Then run again: ratchet run support-intents');
    const allRight = {
      evidence: { failures: 0, records: 320 },
      weighed: { size: 320, right: 320 },
      review: { counts: [], lines: 0 },
    };
    expect(nextSteps({ ...data, ...allRight })[0]).toMatch(/^Go on as before/);
    const review = { counts: [{ why: 'unknown-output' as const, count: 190 }], lines: 190 };
    const held = nextSteps({ ...data, ...allRight, review });
    expect(held[0]).toBe(
      '190 judgements are held for labels that the model does not know: see them (ratchet labels support-intents), add them or merge them into others, then run again (ratchet run support-intents).',
    );
    expect(held.join(' ')).not.toContain('Go on as before');
  });

  it('asks for more money where the budget did not cover the champion’s answers, and for no traces', () => {
    const data = {
      ...tooLittleEvidenceReport(),
      notCovered: { asked: 50, notAsked: 1_950, notAskedUsd: null, budgetUsd: 0.5 },
    };
    const steps = nextSteps(data);
    expect(steps[0]).toMatch(/^Run again with a larger --budget, or without one \(ratchet run support-intents\)/);
    expect(steps.join(' ')).not.toMatch(/Ingest \d+ more/);
    const [known] = nextSteps({ ...data, notCovered: { ...data.notCovered, notAskedUsd: 19.501 } });
    expect(known).toMatch(/^Run again with --budget 20.01 or more, which covers these answers, or without one \(/);
    expect(headlineOf(data)).toBe('the budget of $0.5 covers the champion’s answers to 50 of 2,000 traces');
  });

  it('asks for a judge that can tell, and for no more judging, where answers stay undecided without one', () => {
    const data = { ...tooLittleEvidenceReport(), undecided: 30 };
    const steps = nextSteps(data);
    expect(steps[0]).toMatch(/^Have a chat model judge: set RATCHET_CHAT_URL and .* --judge llm/);
    expect(steps.join(' ')).not.toMatch(/Ingest \d+ more/);
    expect(steps.at(-1)).toMatch(/^1 trace had no usable judgement: judge more of them, or this one,/);
    expect(headlineOf(data)).toBe(
      '30 judged traces are undecided: the judge rule cannot tell whether an answer that differs from the right one is as good, a chat model could (--judge llm)',
    );
    const decided = { ...data, undecided: 0 };
    expect(nextSteps(decided)[0]).toMatch(/^Ingest 13 more judged failures/);
  });

  it('asks for judged examples of the parts of a split label, by the review where there is one', () => {
    const data = { ...tooLittleEvidenceReport(), unlearnt: ['where', 'when'] };
    expect(nextSteps(data)[0]).toMatch(/traces wait for a person/);
    expect(nextSteps({ ...data, review: { counts: [], lines: 0 } })[0]).toContain(
      'Ingest judged traces of where, when',
    );
  });

  it('asks only for what is missing, also where a candidate came before the gate', () => {
    const [first] = nextSteps({ ...keptReport(), evidence: { failures: 19, records: 400 } });
    expect(first).toMatch(/^Ingest 1 more judged failure \(ratchet ingest/);
  });

  it('names the way back after a promotion', () => {
    expect(nextSteps(promotedReport())[0]).toContain('ratchet rollback support-intents --to ckpt-7c1e90');
    const told = (deployment: { to: string | null; problem: string | null; wasAtEndpoint: boolean }) =>
      nextSteps({ ...promotedReport(), deployment })[0];
    const nowhere = { to: null, problem: null, wasAtEndpoint: false };
    expect(told(nowhere)).toMatch(/^Nothing has to be deployed: /);
    expect(told({ ...nowhere, wasAtEndpoint: true })).toMatch(
      /^What answers at the endpoint is still the old one, ckpt-7c1e90\. The new one, \S+, answers here/,
    );
    expect(told({ ...nowhere, to: '/srv/c.json', wasAtEndpoint: true })).toMatch(
      /^\S+ is published to \/srv\/c\.json, /,
    );
    expect(told({ ...nowhere, to: '/srv/c.json', problem: 'c2 is the champion' })).toMatch(
      /^Promoted, but not deployed: c2 is the champion\. To go back: ratchet rollback/,
    );
  });

  it('points at the gate and the regressed examples where a candidate failed it', () => {
    const steps = nextSteps(keptReport());
    expect(steps[0]).toContain('the rule that the best candidate failed');
    expect(steps[1]).toContain('regressed examples');
    expect(steps).toContain(
      '60 traces wait for a person: fill in "expected" in review.jsonl beside this report (60 in it), then ratchet ingest support-intents "$(ratchet report support-intents --review)"',
    );
  });

  it('leaves the champion where enough evidence came to no candidate', () => {
    const [first] = nextSteps({ ...keptReport(), candidates: [], decidedOn: null });
    expect(first).toContain('no candidate came before the gate');
  });

  it('names clusters that no training mends, and poison that was set aside', () => {
    const data = { ...tooLittleEvidenceReport(), triage: [], taxonomy: null };
    expect(nextSteps(data).join(' ')).not.toMatch(/poison|no training mends/);
    const { taxonomy } = promotedReport();
    const [cluster, other] = taxonomy?.clusters ?? [];
    if (taxonomy === null || cluster === undefined || other === undefined) throw new Error('no clusters');
    const fixability = 'external' as const;
    const clusters = [cluster, { ...other, fixability }];
    expect(nextSteps({ ...data, taxonomy: { ...taxonomy, clusters } })).toContain(
      '1 cluster of failures no training mends: change the prompt, the labels or the input instead (see why it fails).',
    );
    expect(nextSteps({ ...data, taxonomy: { ...taxonomy, clusters: [cluster] } }).join(' ')).not.toContain('mends');
    const poison = (kind: string, count: number) => ({ category: 'poison' as const, kind, count, example: '' });
    const clean = { category: 'clean' as const, kind: 'none', count: 40, example: '' };
    expect(nextSteps({ ...data, triage: [clean, poison('gibberish', 2), poison('off-domain', 3)] })).toContain(
      '5 traces of poison were set aside; see the triage for what kind it is.',
    );
    expect(nextSteps({ ...data, triage: [clean, poison('gibberish', 1)] })).toContain(
      '1 trace of poison was set aside; see the triage for what kind it is.',
    );
  });

  it('asks to judge what had no usable judgement', () => {
    const data = tooLittleEvidenceReport();
    const unjudged = (unknown: number) => nextSteps({ ...data, traffic: { ...data.traffic, unknown } }).join(' ');
    expect(unjudged(7)).toContain('7 traces had no usable judgement: judge more of them to learn from them.');
    expect(unjudged(0)).not.toContain('no usable judgement');
  });

  it('asks for judgements of what was rolled back before anything else', () => {
    const keptOut = { checkpointId: 'ck1', by: 'ana', reason: 'complaints', at: '2026-03-01T00:00:00Z' };
    const data = { ...tooLittleEvidenceReport(), keptOut, evidence: { failures: 19, records: 60 } };
    const steps = nextSteps(data);
    expect(steps[0]).toMatch(
      /^Have people judge what went wrong and ingest it \(ratchet ingest support-intents FILE\)/,
    );
    expect(steps[0]).toContain('ratchet rollback support-intents --release ck1 --reason WHY');
    expect(steps[1]).toMatch(/traces wait for a person/);
  });

  it('tells the pace where anybody can tell it', () => {
    const data = { ...tooLittleEvidenceReport(), evidence: { failures: 8, records: 20 } };
    const first = (rates: { failures: number; records: number } | null) => nextSteps({ ...data, rates })[0] ?? '';
    expect(first({ failures: 20, records: 40 })).toMatch(/ At the present rate that takes a day\.$/);
    expect(first(null)).toMatch(/\(ratchet run support-intents\)\.$/);
  });

  it('points at regressed examples only where there are some, and at the review only where something waits', () => {
    const data = { ...keptReport(), regressed: [], review: { counts: [], lines: 0 } };
    const steps = nextSteps(data).join(' ');
    expect(steps).toContain('the rule that the best candidate failed');
    expect(steps).not.toMatch(/regressed examples|wait/);
    const one = { counts: [{ why: 'suspect-judgement' as const, count: 1 }], lines: 1 };
    expect(nextSteps({ ...data, review: one }).join(' ')).toContain('1 trace waits for a person');
    const held = { counts: [{ why: 'unknown-output' as const, count: 1 }], lines: 1 };
    expect(nextSteps({ ...data, review: held })[0]).toMatch(/^1 judgement is held for labels/);
  });

  it('says how the new champion is asked, wherever the model is', () => {
    const { deployment: _deployment, ...data } = promotedReport();
    expect(nextSteps(data)[0]).toContain('(ratchet predict support-intents).');
    const deployed = {
      ...data,
      links: [{ title: 'execution', url: 'https://host/execution' }],
      run: { ...data.run, resultId: null },
    };
    expect(nextSteps(deployed)[0]).toMatch(
      /^Nothing has to be deployed: it answers from now on \(ratchet predict support-intents --stack NAME\)/,
    );
  });
});
