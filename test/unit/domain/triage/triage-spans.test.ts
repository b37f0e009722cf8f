import { describe, expect, test } from 'vitest';
import type { Mark } from '../../../../shared/domain/base/task-kind.ts';
import type { JudgedRecord } from '../../../../shared/domain/traces/trace-record.ts';
import type { SpanRecord } from '../../../../shared/domain/triage/suspect-spans.ts';
import { triageRecords } from '../../../../shared/domain/triage/triage-records.ts';
import { entitiesOutput } from '../../../../shared/tasks/extraction/entity.ts';
import { extraction } from '../../../../shared/tasks/extraction/extraction.ts';
import { facets, type PlantedSpans, plantSpans, spansByRule } from '../../../helpers/planted-spans.ts';

const kind = { ...extraction, triage: extraction.triage.filter((name) => name.endsWith('-span')) };

function triage({ records }: PlantedSpans, judgeOf: (record: SpanRecord) => 'llm' | 'human') {
  const passes = (of: (record: SpanRecord) => SpanRecord['first']) =>
    new Map(records.map((record) => [record.traceId, { labels: [], probabilities: [], places: of(record) }]));
  return triageRecords({
    records: records.map((record) => judged(record, judgeOf(record))),
    kind,
    labels: facets,
    outOfFold: { first: passes(({ first }) => first), second: passes(({ second }) => second) },
  });
}

function judged({ traceId, groupId, input, given, timestamp }: SpanRecord, by: 'llm' | 'human'): JudgedRecord {
  const expected = entitiesOutput(given.map((mark: Mark) => ({ label: mark.facet, start: mark.start, end: mark.end })));
  const judge = { kind: by, id: 'judge', reason: '' };
  return {
    traceId,
    groupId,
    folds: [0],
    use: 'evidence',
    timestamp,
    input,
    slice: null,
    steps: null,
    recorded: expected,
    judgement: { verdict: 'pass', expected, judge },
    answer: expected,
    confidence: 0.9,
    runnerUp: null,
    verdict: 'pass',
    expected,
    judgedBy: judge,
  };
}

describe('triage of spans', () => {
  const planted = plantSpans({ records: 900, judge: spansByRule(0.3, 'city', 'person'), knowing: 0.99 });
  const suspectsOf = (found: ReturnType<typeof triage>) =>
    [...found].filter(([, { category }]) => category === 'suspect-judgement');

  test('sets aside what a judge takes for another type by a rule, with the span in the reason', () => {
    const suspects = suspectsOf(triage(planted, () => 'llm'));
    const right = suspects.filter(([traceId]) => planted.wrong.has(traceId));
    expect(right.length / suspects.length).toBeGreaterThan(0.85);
    expect(right.length / planted.wrong.size).toBeGreaterThan(0.8);
    const ofRule = right.filter(([, { kind: name }]) => name === 'systematic-span');
    expect(ofRule.length / right.length).toBeGreaterThan(0.9);
    for (const [, { reason, suspect }] of ofRule) {
      expect(reason).toMatch(
        /^given person "w\d\dx\d", where models expect city "w\d\dx\d"; wrong with probability [01]\.\d\d, and the judge writes that for "city" (?:about|less than) (?:once|\d+ times) in \d+ \((?:below )?\d+ %\)$/,
      );
      expect(suspect?.likely).toMatch(/^city "w\d\dx\d"$/);
    }
  });

  test('never sets aside what a person judged', () => {
    const byPerson = new Set([...planted.wrong].filter((_, at) => at % 2 === 0));
    const found = triage(planted, ({ traceId }) => (byPerson.has(traceId) ? 'human' : 'llm'));
    const suspects = suspectsOf(found).map(([traceId]) => traceId);
    expect(suspects.length).toBeGreaterThan(20);
    expect(suspects.filter((traceId) => byPerson.has(traceId))).toEqual([]);
  });

  test('says nothing where nobody tells what may stand in a text', () => {
    const records = planted.records.map((record) => judged(record, 'llm'));
    const silent = new Map(records.map(({ traceId }) => [traceId, { labels: [], probabilities: [] }]));
    const found = triageRecords({ records, kind, labels: facets, outOfFold: { first: silent, second: silent } });
    expect([...found.values()].every(({ category }) => category === 'clean')).toBe(true);
  });
});
