import fc from 'fast-check';
import { parseHTML } from 'linkedom';
import { describe, expect, it } from 'vitest';
import { transcriptMarks, withoutTranscripts } from '../../../../shared/domain/erasure/transcript-marks.ts';
import { nextSteps } from '../../../../shared/loop/report/next-steps.ts';
import { renderReport } from '../../../../shared/loop/report/render-report.ts';
import type { ReportData } from '../../../../shared/loop/report/report-data.ts';
import {
  agentReport,
  entitiesInPartReport,
  entitiesReport,
  hostileReport,
  hostileText,
  keptReport,
  manyLabelsReport,
  promotedReport,
  rate,
  tooLittleEvidenceReport,
  transcriptReport,
} from '../../../helpers/report-data.ts';

const parse = (markup: string) => parseHTML(markup).document;
const page = (data: ReportData) => parse(renderReport(data));
const textOf = (data: ReportData, selector: string) => {
  const markup = page(data).querySelector(selector)?.outerHTML ?? '';
  return (parse(`<p>${markup.replaceAll(/<[^>]*>/g, ' ')}</p>`).querySelector('p')?.textContent ?? '').replaceAll(
    /\s+/g,
    ' ',
  );
};

/** What must hold of every report, whatever the data. */
function expectInert(markup: string): void {
  expect(markup).not.toMatch(/<(script|iframe|object|embed|form|base|link|img|a\s[^>]*href="[^#])/i);
  expect(markup).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u200b\u200e\u200f\u202a-\u202e\u2066-\u2069]/);
  expect(markup.isWellFormed()).toBe(true);
  const elements = [...parse(markup).querySelectorAll('*')];
  const attributes = elements.flatMap((element) => [...element.attributes]);
  expect(
    attributes.filter(({ name, value }) => !isHarmless(name, value)).map(({ name, value }) => `${name}=${value}`),
  ).toEqual([]);
  expect(new Set(elements.map((element) => element.localName)).difference(knownElements)).toEqual(new Set());
}

function isHarmless(name: string, value: string): boolean {
  if (/^on|^srcdoc$|^formaction$/i.test(name)) return false;
  if (['href', 'src', 'action', 'xlink:href'].includes(name)) return /^#[a-z0-9-]+$/.test(value);
  return name !== 'style' || /^width:\d+%$/.test(value);
}

const knownElements: ReadonlySet<string> = new Set(
  (
    'html head meta title style body a header p span div h1 h2 h3 h4 strong ul ol li dl dt dd nav main section article aside ' +
    'footer figure figcaption blockquote details summary table caption thead tbody tr th td em code ' +
    'svg desc g path line rect circle text tspan'
  ).split(' '),
);

const variants: readonly (readonly [string, () => ReportData])[] = [
  ['promoted', promotedReport],
  ['kept by the gate', keptReport],
  ['too little evidence', tooLittleEvidenceReport],
  ['150 labels', manyLabelsReport],
  ['hostile', hostileReport],
];

/** Any UTF-16 code unit, lone surrogates and controls among them. */
const anyCodeUnit = fc.nat(0xffff).map((code) => String.fromCharCode(code));

describe.each(variants)('the report of a run: %s', (_, build) => {
  const markup = renderReport(build());
  const document = parse(markup);

  it('is inert: no script, no handler, no address but its own anchors', () => {
    expectInert(markup);
    expect(document.querySelector('meta[http-equiv="Content-Security-Policy"]')?.getAttribute('content')).toMatch(
      /^default-src 'none'; style-src 'unsafe-inline'; img-src data:/,
    );
  });

  it('has landmarks, headings that skip no level, and unique ids', () => {
    for (const landmark of ['header', 'nav', 'main', 'footer'])
      expect(document.querySelectorAll(landmark)).toHaveLength(1);
    const levels = [...document.querySelectorAll('h1, h2, h3, h4')].map((heading) =>
      Number(heading.localName.slice(1)),
    );
    expect(levels[0]).toBe(1);
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    for (const [index, level] of levels.entries()) expect(level - (levels[index - 1] ?? 0)).toBeLessThanOrEqual(1);
    const ids = [...document.querySelectorAll('[id]')].map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
  });

  it('points only at ids that it has', () => {
    const ids = new Set([...document.querySelectorAll('[id]')].map((element) => element.id));
    for (const link of document.querySelectorAll('a')) expect(ids).toContain(link.getAttribute('href')?.slice(1));
    for (const labelled of document.querySelectorAll('[aria-labelledby]')) {
      for (const id of (labelled.getAttribute('aria-labelledby') ?? '').split(' ')) expect(ids).toContain(id);
    }
  });

  it('captions its tables, scopes their headings, and describes its charts', () => {
    for (const table of document.querySelectorAll('table')) {
      expect(table.querySelector('caption')?.textContent).not.toBe('');
      for (const heading of table.querySelectorAll('th')) expect(heading.getAttribute('scope')).toMatch(/^(row|col)$/);
    }
    for (const svg of document.querySelectorAll('svg')) {
      expect(svg.getAttribute('role')).toBe('img');
      expect(svg.querySelector('title')?.textContent).not.toBe('');
      expect(svg.querySelector('desc')?.textContent).not.toBe('');
    }
  });

  it('writes no number that is none', () => {
    expect(document.body.textContent).not.toMatch(/NaN|undefined|Infinity|\[object/);
    expect(markup).not.toMatch(/="[^"]*(NaN|undefined)/);
  });

  it('is the same for the same data', () => {
    expect(renderReport(build())).toBe(markup);
  });
});

describe('agents', () => {
  const data = (): ReportData => {
    const base = promotedReport();
    const { taxonomy } = base;
    const proposedBy = [{ role: 'taxonomist', turn: 2, what: 'Late parcels', anchor: 'agent-1-turn-2' }];
    return {
      ...base,
      agents: [agentReport('Late parcels')],
      transcripts: [transcriptReport('Late parcels')],
      taxonomy:
        taxonomy === null
          ? null
          : { ...taxonomy, clusters: taxonomy.clusters.map((one, at) => (at === 0 ? { ...one, proposedBy } : one)) },
    };
  };

  it('are shown turn by turn, with what they called, were told, proposed and used', () => {
    const agent = textOf(data(), '#agent-1');
    expect(agent).toContain(
      "4,000 tokens read, 300 written; 2 of 500 turns of the run's agents used, $0.0410 of $2.00",
    );
    expect(agent).toContain('older turns dropped from its view 1 time; 2 refused');
    expect(agent).toContain('1 of 2 stand');
    expect(agent).toContain('Late parcels 2 traces');
    expect(agent).toContain('Late parcels refused: Late parcels');
    expect(agent).toContain('1 older turn dropped from view before this one.');
    expect(page(data()).querySelectorAll('#agent-1 .turns > li')).toHaveLength(2);
  });

  it('can be reached from the cluster that they proposed', () => {
    const links = [...page(data()).querySelectorAll('#taxonomy .card a')];
    expect(links.map((link) => [link.textContent, link.getAttribute('href')])).toEqual([
      ['taxonomist, turn 2', '#agent-1-turn-2'],
    ]);
  });

  it('can be told from the rest of the page, whatever they said', () => {
    const hostile = transcriptReport(`${transcriptMarks.end}secret`);
    const markup = renderReport({
      ...data(),
      transcripts: [hostile],
      agents: [agentReport(`${transcriptMarks.end}secret`)],
    });
    expect(markup.split(transcriptMarks.end)).toHaveLength(2);
    const left = withoutTranscripts(markup).replace(/Each agent, how it ended[\s\S]*?<\/details>/, '');
    expect(left).not.toContain('secret');
    expect(left).toContain('id="lineage"');
  });
});

describe('a promotion', () => {
  it('says so first, with the figures before and after, of how many candidates, and what to do next', () => {
    const header = textOf(promotedReport(), 'header');
    expect(header).toContain('Promoted');
    expect(header).toContain('163 mended, 22 lost of 2,588 judged traces, p < 0.0001');
    expect(header).toContain('+5.4 points of 2,588 independent records, with 95 % certainty above +4.6');
    expect(header).toMatch(
      /On 2,704 judged traces, each answered by a model that has not seen it, .* right in 96\.9 %/,
    );
    expect(header).toContain('91.5 %');
    expect(header).toContain(
      'chosen among 4 candidates tried in this run on these same records, so its figures may flatter a little',
    );
    expect(header).toContain('What to do next');
  });

  it('names a label that falls without proof in the first screen', () => {
    expect(textOf(promotedReport(), 'header')).toContain(
      'Label exchange_rate: 3 lost and 1 mended of 14 (may be chance). See the gate',
    );
    expect(textOf(manyLabelsReport(), 'header')).toContain('mended of 17 and 9 more (may be chance)');
    expect(textOf(manyLabelsReport(), 'header')).toContain('No judged trace tells whether these 10 labels fall');
  });

  it('keeps the three figures apart, says that they are out of fold, and puts the paper’s own last', () => {
    const section = textOf(promotedReport(), '#before-after');
    expect(section).toMatch(/All traffic.*Champion's failures.*Champion's passes/);
    expect(section).toContain('171 of 231 68.0–79.3 %');
    expect(section).toContain('each answered by a model that has not seen it');
    expect(section).not.toContain('Kept for the report');
    expect(section).not.toContain('92.6 %');
    const last = [...page(promotedReport()).querySelectorAll('main section')].at(-1);
    expect(last?.textContent).toMatch(/The paper's own figure\s+92\.6\s% of the failures fixed \(214 of 231/u);
    expect(last?.textContent).toContain('failures it trained on included; no measure of quality');
  });

  it('shows the champion of today in the lineage, under its parent’s line', () => {
    const document = page(promotedReport());
    expect(document.querySelectorAll('.champion')).toHaveLength(1);
    expect(document.querySelector('.champion')?.textContent).toContain('ckpt-2-extend');
    const spine = [...document.querySelectorAll('.spine > .node > .id')].map((node) => node.textContent);
    expect(spine).toEqual(['ckpt-first', 'ckpt-7c1e90', 'ckpt-2-extend']);
  });

  it('shows how well the champion is calibrated, by label and over runs', () => {
    const data = {
      ...promotedReport(),
      calibrationPast: [{ runId: 'run-0', checkpointId: 'ckpt-first', ece: 0.043, n: 250 }],
    };
    const section = textOf(data, '#calibration');
    expect(section).toContain('On 100 judged answers out of fold');
    expect(section).toContain('as the model gives it by 45.0 %');
    expect(section).toMatch(/card <b>lost<\/b>.*90.*50\.0\s%/u);
    expect(section).toContain('1 label has fewer than 20 answers, and no figures.');
    expect(section).toMatch(/run-0.*ckpt-first.*250.*4\.3\s%/u);
    expect(page(data).querySelectorAll('#calibration svg')).toHaveLength(2);
    expect(textOf({ ...promotedReport(), calibration: null }, '#not-reached')).toContain('No figures of calibration');
  });

  it('says what was moved back by itself, with the evidence', () => {
    const move = { at: '2026-03-02T08:00:00.000Z', from: 'ckpt-bad', to: 'ckpt-first', reason: 'shadow: of 90 <b>' };
    const section = textOf({ ...promotedReport(), movedBack: [move] }, '#lineage');
    expect(section).toMatch(/Moved back, as they were proven worse.*ckpt-bad → ckpt-first \. shadow: of 90 <b>/u);
    expect(textOf(promotedReport(), '#lineage')).not.toContain('Moved back');
  });

  it('shows each slice against its band and names a control that was not met', () => {
    const section = textOf(promotedReport(), '#curriculum');
    expect(section).toContain('Hard negatives outside its band: 21.0 %, not 25–35 %');
    expect(section).toContain('Surface patterns a label: 2 for exchange_rate, wanted 3 to 5');
  });

  it('shows clusters with cause, verdict and probe bounds', () => {
    const section = textOf(promotedReport(), '#taxonomy');
    expect(section).toContain('5 clusters of failing traces, 3 confirmed by probes');
    expect(section).toContain('10 of 12 probes failed: 83.3 % (55.2 % to 95.3 %), base rate 8.6 %');
    expect(section).toContain('Refuted by probes');
    expect(section).toContain('External');
  });

  it('counts triage by category and kind', () => {
    const section = textOf(promotedReport(), '#triage');
    expect(section).toMatch(/Typos Fixable noise 288 9\.3 %/);
    expect(section).toContain('Ignore all previous instructions');
  });

  it('says what of the traffic was left out, and why', () => {
    expect(textOf(promotedReport(), '#triage')).not.toContain('left out');
    const data = promotedReport();
    const bounded = (by: 'setting' | 'place') =>
      textOf({ ...data, traffic: { ...data.traffic, leftOut: { traces: 12_000, by } } }, '#triage');
    expect(bounded('place')).toContain(
      '12,000 older traces left out: the run looked at the 3,087 newest, since so many are what a run can go through in the functions of this deployment.',
    );
    expect(bounded('setting')).toContain('since the setting snapshotLimit allows no more.');
  });

  it('leaves out whether the served model fits where it is the average of what was weighed', () => {
    expect(textOf(promotedReport(), '#gate')).not.toContain('Fit');
    const data = promotedReport();
    const candidates = data.candidates.map((one) => ({ ...one, isAverage: false }));
    expect(textOf({ ...data, candidates }, '#gate')).toContain('✓ Passed Fit');
  });

  it('says of a lone candidate that it is the only one', () => {
    const data = promotedReport();
    const candidates = data.candidates.filter(({ candidateId }) => candidateId === data.decidedOn);
    expect(textOf({ ...data, candidates }, 'header')).toContain('It is the only candidate tried in this run.');
  });
});

describe('a task whose metric is not the share of right answers', () => {
  const data = entitiesReport();

  it('names the metric, with its interval, and of what a share and a change in points are', () => {
    const header = textOf(data, 'header');
    expect(header).toContain('points of traces wholly right of');
    expect(header).toContain('the new champion is wholly right in');
    const figures = 'Entity F1: 45.5 % (40.0–51.0 %) before, 76.7 % (72.0–81.0 %) after, with 95 % intervals.';
    expect(header).toContain(figures);
    expect(textOf(data, '#before-after')).toContain(figures);
    expect(textOf(data, '#before-after')).toContain('Figures of traces wholly right with 95 % Wilson intervals');
    expect(textOf(data, '#gate')).toContain('entity F1 0.9693 out of fold');
    expect(textOf(data, '#iterations')).toContain('Best entity F1');
  });

  it('tells recall, precision and F1 of all entities, of each type, and of places alone', () => {
    const facets = textOf(data, '#facets');
    expect(facets).toContain('All entities together: a frequent entity type counts more than a rare one');
    // 111 places of 160 right and 12 by half, of 150 answered; then 130 and 10, of 152.
    expect(facets).toMatch(/Partial recall 73\.1 % 84\.4 % \+11\.3/);
    expect(facets).toMatch(/Partial precision 78\.0 % 88\.8 % \+10\.8/);
    expect(facets).toMatch(/Partial F1 75\.5 % 86\.5 % \+11\.1/);
    expect(facets).toMatch(/F1 \d+\.\d % → \d+\.\d %/);
    expect(textOf(data, '#before-after')).toContain(
      'Partial F1, by places alone, half for such as only overlap: 75.5 % before, 86.5 % after.',
    );
    const labels = textOf(promotedReport(), '#facets');
    expect(labels).not.toContain('Partial');
    expect(labels).not.toContain('together: a frequent');
  });

  it('says what the gate has counted: entities, and traces wholly right', () => {
    const counted = entitiesInPartReport();
    expect(textOf(counted, 'header')).toContain(
      'More entities right in 240, fewer in 31 of 2,588 judged traces with entities',
    );
    expect(textOf(counted, 'header')).toContain('(wholly right: 163 mended, 22 lost)');
    expect(textOf(counted, 'header')).toContain('points of entities right of');
    expect(textOf(counted, '#gate .rules')).toContain('Every entity type');
    expect(textOf(counted, '#curriculum')).toMatch(/examples of \d+ entity types:/);
    const gate = textOf(counted, '#gate');
    expect(gate).toContain(
      'the candidate has more entities right in 240 and fewer in 31; only the candidate is wholly right on 163',
    );
    expect(gate).toContain('one-sided sign-flip test');
    expect(gate).toContain('0.50');
  });

  it('counts entities, and no traces, beside the recall of a type', () => {
    const chart = textOf(data, '#facets figure');
    expect(chart).toMatch(/\d entities/);
    expect(chart).not.toMatch(/\d traces?/);
  });

  it('shows which types are taken for which, with what is missed, made up and wrongly bounded', () => {
    expect(textOf(data, '#confusion')).toContain(
      '39 wrong entities before, 12 after: missed 16 → 4, answered where there is none 12 → 2, of another type 5 → 4, with wrong bounds 6 → 2.',
    );
    expect(textOf(data, '#confusion')).not.toContain('label');
    const rows = [...page(data).querySelectorAll('#confusion details tbody tr')].map((row) =>
      [...row.children].map(({ textContent }) => textContent?.trim()).join(' | '),
    );
    expect(rows).toEqual([
      '(none there) | street | 12 | 2',
      'city | (missed) | 9 | 3',
      'street | (missed) | 7 | 1',
      'city | (wrong bounds) | 6 | 2',
      'city | street | 5 | 4',
    ]);
    const texts = (selector: string) =>
      [...page(data).querySelectorAll(`#confusion svg ${selector}`)].map(({ textContent }) => textContent ?? '');
    const heads = ['city', 'street', '(none there)', '(wrong bounds)', '(missed)'];
    expect(texts('text title')).toEqual(expect.arrayContaining(heads));
    // The same type twice is right once and wrong once, in cells of their own.
    expect(texts('text')).toEqual(expect.arrayContaining(['60', '6']));
  });

  it('shows pairs of types instead of a matrix where there are many', () => {
    const names = Array.from({ length: 20 }, (_, index) => `type-${index}`);
    const confusion = names.flatMap((name) => [
      { expected: name, answered: null, right: false, before: 5, after: 1 },
      { expected: name, answered: name, right: false, before: 3, after: 2 },
    ]);
    const document = page({ ...data, confusion });
    const titles = [...document.querySelectorAll('#confusion svg title')].map(({ textContent }) => textContent);
    expect(titles).toContain('Entity type pairs most confused, before and after');
    const texts = [...document.querySelectorAll('#confusion svg text')].map(({ textContent }) => textContent ?? '');
    expect(texts.some((text) => text.startsWith('type-3 → (missed)'))).toBe(true);
  });

  it('never says that suspect judgements are left out where none are looked for', () => {
    const text = page(data).body.textContent ?? '';
    expect(text).toContain('traces on which people disagree are left out');
    expect(text).not.toMatch(/suspect judgements (are )?left out/i);
  });
});

describe('figures by label', () => {
  it('give recall and precision with counts and intervals, losses first, and their mean', () => {
    const data = promotedReport();
    const rows = [...page(data).querySelectorAll('#facets table')].at(-1)?.querySelectorAll('tbody tr') ?? [];
    const texts = [...rows].map((row) => row.textContent?.replaceAll(/\s+/g, ' ').trim());
    expect(texts[0]).toMatch(/^top_up_failed ?58\.3 % 14 of 24 .*54\.2 % 13 of 24 .*−4\.1/);
    expect(textOf(data, '#facets')).toMatch(/Recall falls for 1 of 8 labels, rises for 7, and stays for 0/);
    expect(textOf(data, '#facets')).toMatch(/Macro average.* Recall 71\.9 % 85\.1 % \+13\.2 Precision/);
  });

  it('count where there are few, and never give points for them', () => {
    const few = { before: rate(0, 1), after: rate(1, 1) };
    const data = { ...promotedReport(), byFacet: [{ facet: 'rare', recall: few, precision: few }] };
    const section = textOf(data, '#facets');
    expect(section).toMatch(/0 → 1 of 1/);
    expect(section).toMatch(/rare 0 of 1 .* 1 of 1 .* \+1 /);
    expect(section).not.toContain('+100');
  });

  it('cut long names in the middle, and keep the whole for a pointer and for those who listen', () => {
    const facet = `refund_${'very_'.repeat(20)}quest_status`;
    const first = promotedReport().byFacet[0];
    if (first === undefined) throw new Error('no label');
    const cell = page({ ...promotedReport(), byFacet: [{ ...first, facet }] }).querySelector('#facets tbody [title]');
    expect(cell?.getAttribute('title')).toBe(facet);
    expect(cell?.querySelector('[aria-hidden]')?.textContent).toMatch(/^refund_.*….*quest_status$/);
    expect(cell?.querySelector('.unseen')?.textContent).toBe(facet);
  });
});

describe('a task whose answers have no parts and no labels', () => {
  const base = keptReport();
  const words = { facet: 'field', facets: 'fields' };
  const data = {
    ...{ ...base, words, byFacet: [] },
    candidates: base.candidates.map((candidate) => ({ ...candidate, verdict: { ...candidate.verdict, fallen: [] } })),
  };

  it('has no line on fields that fall, and speaks of answers, not of labels', () => {
    expect(textOf(data, '#gate')).not.toContain('Fields that fall');
    expect(textOf({ ...data, byFacet: base.byFacet }, '#gate')).toContain('Fields that fall');
    expect(textOf(data, '#confusion')).toMatch(/over \d+ pairs of answers/);
    expect(textOf(base, '#confusion')).toMatch(/over \d+ pairs of labels/);
  });
});

describe('clusters', () => {
  it('keep the ends of their names apart in the picture of the probes, and what they measure has words', () => {
    const base = promotedReport();
    const { taxonomy } = base;
    if (taxonomy === null) throw new Error('no taxonomy');
    const named = (words: string) => `"delivery" answered as "technical": 9 failures around "${words}"`;
    const profile = [
      { feature: 'upperCase', failing: 0.034, passing: 0.01, effect: 1 },
      { feature: 'meanWordLength', failing: 6.224, passing: 4.3, effect: -0.8 },
    ];
    const clusters = taxonomy.clusters.map((cluster, at) => ({
      ...{ ...cluster, profile },
      title: named(at === 0 ? 'box, code, pickup' : 'bell, driver, never'),
    }));
    const text = textOf({ ...base, taxonomy: { ...taxonomy, clusters } }, '#taxonomy');
    expect(text).toMatch(/"delivery" answered as …[^"]*"box, code, pickup"/);
    expect(text).toMatch(/"delivery" answered as …[^"]*"bell, driver, never"/);
    expect(text).toContain('on average: capitals 3.4 % instead of 1.0 %; 6.22 instead of 4.3 characters a word.');
  });
});

describe('what a report spares its reader', () => {
  it('has no picture twice', () => {
    const titles = [...page(keptReport()).querySelectorAll('.chart-wide svg > title, .decision svg > title')].map(
      (title) => title.textContent,
    );
    expect(new Set(titles).size).toBe(titles.length);
  });

  it('folds the lineage, and puts the loop’s own line in the details', () => {
    const document = page(promotedReport());
    expect(document.querySelector('#lineage details .lineage')).not.toBeNull();
    expect(document.querySelector('h1')?.textContent).not.toContain('Candidate 2-extend');
    expect(document.querySelector('header details')?.textContent).toContain('Candidate 2-extend, the best of 2');
  });
});

describe('what clusters gained', () => {
  it('is mended, still failing and newly lost', () => {
    expect(textOf(promotedReport(), '#taxonomy')).toMatch(
      /Late deliveries answered as card linking 58 5 53 0 of 140 .*Pending transfers answered as missing refunds 44 5 39 1 of 140/,
    );
  });
});

describe('what a person should review', () => {
  it('is named with its file, its counts by reason and the command that brings it back', () => {
    const section = textOf(promotedReport(), '#review');
    expect(section).toContain('ratchet ingest support-intents "$(ratchet report support-intents --review)"');
    expect(section).toMatch(/The judgement is suspect 19 Judged wrong, and nobody has said what is right 41/);
    const more = { ...promotedReport(), review: { ...promotedReport().review, lines: 50 } };
    expect(textOf(more, '#review')).toContain('the first 50 of these 60 traces; 10 more are left');
  });
});

describe('a rollback that keeps candidates out', () => {
  it('is said with who and why, and how they are let in', () => {
    const keptOut = { checkpointId: 'ck1', by: 'ana@desk', reason: 'complaints', at: '2026-03-01T00:00:00Z' };
    const data = { ...tooLittleEvidenceReport(), evidence: { failures: 30, records: 90 }, keptOut };
    expect(textOf(data, 'header')).toContain('Checkpoint ck1 was rolled back by ana@desk: complaints');
    expect(nextSteps(data)[0]).toContain('ratchet rollback support-intents --release ck1 --reason WHY');
  });
});

describe('a champion kept by the gate', () => {
  it('links to the pages of a console where there is one', () => {
    const links = [{ title: 'Execution in Step Functions', url: 'https://console.example/x?a=1&b=2' }];
    const [link] = parse(renderReport({ ...promotedReport(), links })).querySelectorAll('.facts a');
    expect([link?.getAttribute('href'), link?.textContent]).toEqual([links[0]?.url, links[0]?.title]);
    expect(renderReport(promotedReport())).not.toContain('Look closer');
  });

  it('names the label that falls, why the search ended and the rules that failed in the first screen', () => {
    const header = textOf(keptReport(), 'header');
    expect(header).toContain('120 mended, 38 lost of 2,588 judged traces, p < 0.0001');
    expect(header).toContain(
      'Label pending_transfer: −5 points (15 of 310). Label verify_identity: −2 points (2 of 122) (may be chance).',
    );
    expect(header).toContain(
      'The champion stays. No candidate passed the gate, and the search ended because no untried move was left.',
    );
    expect(header).toMatch(
      /What held it back: .*Memory\. Of 1,148 right answers of the preceding promotion 31 are lost/,
    );
  });

  it('shows the rules with the net gain and its bound', () => {
    const document = page(keptReport());
    expect([...document.querySelectorAll('.rules strong')].map((rule) => rule.textContent)).toEqual([
      'Gain',
      'Memory',
      'Every label',
      'Evidence',
    ]);
    expect(document.querySelectorAll('.rule-failed')).toHaveLength(2);
    const gate = textOf(keptReport(), '#gate');
    expect(gate).toContain(
      'On 2,588 judged traces, a group of near-duplicates (texts that differ in little) counted once',
    );
    expect(gate).toContain('Net gain +3.17 points, with 95 % certainty above +2.37; above −0.25 is needed.');
  });

  it('goes by the paired test, and draws no margin, under strict caution', () => {
    const data = keptReport();
    const candidates = data.candidates.map((one) => ({ ...one, margin: null }));
    const gate = textOf({ ...data, candidates }, '#gate');
    expect(gate).toContain('at most 0.05 is needed');
    expect(gate).not.toContain('dashed');
  });

  it('shows memory, the labels that fall, and each regressed example', () => {
    const gate = textOf(keptReport(), '#gate');
    expect(gate).toMatch(/The preceding promotion 1,240 1,148 31 9 22 12 ✗ above/);
    expect(gate).toMatch(/All earlier promotions together 1,902 1,717 31 14 17 19 ✓ within/);
    expect(gate).toMatch(/pending_transfer 310 1 16 −4\.8 0\.0011 ✗ proven/);
    expect(gate).toMatch(/verify_identity 122 3 5 −1\.6 1\.000 not proven/);
    expect(page(keptReport()).querySelectorAll('#gate .example')).toHaveLength(9);
  });

  it('shows what was kept for the report apart, and says that no decision touched it', () => {
    const section = textOf(keptReport(), '#before-after');
    expect(section).toContain('271 of 298');
    expect(section).toContain('no decision has touched it');
  });

  it('says what candidates were weighed by', () => {
    const evidence = textOf(keptReport(), '#evidence');
    expect(evidence).toContain('2,704 judged traces; the champion the run began with has 2,473 of them right (91.5 %)');
    expect(evidence).toMatch(/Failures after triage 231 20 ✓ enough/);
  });

  it('marks an iteration that was rolled back in words', () => {
    expect(textOf(keptReport(), '#iterations')).toContain('rolled back');
  });
});

describe('a run that ended early', () => {
  it('says what is missing and how much of it, first', () => {
    const header = textOf(tooLittleEvidenceReport(), 'header');
    expect(header).toContain('13 more failures after triage: there are 7, and 20 are needed');
    expect(header).toContain('27 more judged traces: there are 23, and 50 are needed');
    expect(header).toContain('No figures.');
  });

  it('lists the failures all the same, and says how soon there is enough', () => {
    const data = tooLittleEvidenceReport();
    expect(page(data).querySelectorAll('#failures .example')).toHaveLength(7);
    expect(textOf(data, '#failures')).toContain('nobody has said');
    expect(textOf(data, 'header')).toContain('about 6 days at the present rate');
    expect(page(promotedReport()).querySelector('#failures')).toBeNull();
  });

  it('gathers what it did not get to in one section', () => {
    const document = page(tooLittleEvidenceReport());
    expect([...document.querySelectorAll('.absences dt')].map((term) => term.textContent)).toEqual([
      'Before and after',
      'By label',
      'The gate',
      'Confusion',
      'Why it fails',
      'What it was trained on',
      'Iterations',
    ]);
    expect(document.querySelector('#confusion')).toBeNull();
  });

  it('can be read when nothing at all was reached', () => {
    const none = { count: 0, examples: [] };
    const data = {
      ...tooLittleEvidenceReport(),
      evidence: null,
      triage: [],
      lineage: [],
      nextSteps: [],
      failing: none,
    };
    expectInert(renderReport(data));
    expect(textOf(data, '#not-reached')).toContain('No candidate came before the gate.');
  });
});

describe('a model with 150 labels', () => {
  it('draws the most confused pairs instead of a matrix, and folds the figures of every label', () => {
    const document = page(manyLabelsReport());
    const titles = [...document.querySelectorAll('#confusion svg title')].map((title) => title.textContent);
    expect(titles).toContain('Label pairs most confused, before and after');
    expect(document.querySelectorAll('#facets details tbody tr')).toHaveLength(138);
  });
});

describe('texts from outside', () => {
  it('show as they came, with what does not show spelled out', () => {
    const text = page(hostileReport()).querySelector('#gate .example')?.textContent ?? '';
    expect(text).toContain('<script>alert(1)</script><img src=x onerror="alert(2)">');
    expect(text).toContain('⟨U+001B⟩[31mred');
    expect(text).toContain('⟨U+202E⟩gnp.exe');
    expect(text).toContain('⟨U+0000⟩⟨U+200B⟩⟨U+D800⟩');
  });

  it('are cut when they are very long, so that the report stays small', () => {
    const markup = renderReport(hostileReport(`${hostileText}${'long text '.repeat(100_000)}`));
    expect(markup.length).toBeLessThan(1_800_000);
    expectInert(markup);
    expect(parse(markup).querySelector('#gate .example')?.textContent).toMatch(
      /cut here; the whole text has 1,000,\d{3} characters/,
    );
  });

  it('stay inert whatever they are', () => {
    const nasty = fc.oneof(
      fc.string({ unit: anyCodeUnit, maxLength: 60 }),
      fc
        .array(
          fc.constantFrom(
            '<',
            '>',
            '"',
            "'",
            '&',
            '`',
            '</style>',
            '<!--',
            ']]>',
            '<svg onload=',
            '\u202e',
            '\u001b[2J',
            '\ud800',
            '&lt;',
            'a',
          ),
          { maxLength: 20 },
        )
        .map((parts) => parts.join('')),
    );
    fc.assert(
      fc.property(nasty, (text) => {
        expectInert(renderReport(hostileReport(text)));
      }),
      { numRuns: 10 },
    );
  }, 60_000);
});
