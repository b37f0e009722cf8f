import { describe, expect, it } from 'vitest';
import type { SplitRecord } from '../../../../shared/domain/traces/trace-record.ts';
import { reviewOf } from '../../../../shared/loop/report/review-lines.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { sampleRecord } from '../../../helpers/record-samples.ts';

const judge = { kind: 'llm', id: 'judge', reason: '' } as const;
const suspect = { category: 'suspect-judgement', kind: 'flipped-label', reason: 'nine neighbours say ham' } as const;
const disputed = { category: 'suspect-judgement', kind: 'people-disagree', reason: 'ana says a, ben says b' } as const;
const ham = labelOutput('ham');
const bare = { verdict: 'fail', expected: null, judge } as const;
const failing: Partial<SplitRecord> = {
  verdict: 'fail',
  answer: ham,
  judgement: { verdict: 'fail', expected: labelOutput('spam'), judge },
};

const review = (records: readonly SplitRecord[], limit?: number) => reviewOf(records, classification, null, limit);

describe('what a person should review', () => {
  it('is where people disagree, suspects, outputs nobody knows, failures without a right answer and sure mistakes, in this order', () => {
    const { lines, counts } = review([
      sampleRecord('fine'),
      sampleRecord('sure', { ...failing, confidence: 0.97 }),
      sampleRecord('unsure', { ...failing, confidence: 0.6 }),
      sampleRecord('bare', { judgement: bare, verdict: 'fail', expected: null }),
      sampleRecord('poison', { ...failing, triage: { category: 'poison', kind: 'gibberish', reason: '' } }),
      sampleRecord('suspect', { triage: suspect }),
      sampleRecord('disputed', { triage: disputed, judgement: null }),
      sampleRecord('held', { judgement: null, unsettled: { why: 'held', reason: 'label "x" is not one of 2' } }),
      sampleRecord('unjudged', { judgement: null, verdict: 'unknown', expected: null }),
    ]);
    expect(lines.map(({ traceId, metadata }) => [traceId, metadata.review.why])).toEqual([
      ['disputed', 'people-disagree'],
      ['suspect', 'suspect-judgement'],
      ['held', 'unknown-output'],
      ['bare', 'fail-without-correction'],
      ['sure', 'sure-mistake'],
    ]);
    expect(counts.map(({ count }) => count)).toEqual([1, 1, 1, 1, 1]);
  });

  it('is what a split of its label left open, and examples of it whose text no trace has', () => {
    const unsettled = { why: 'left-open', reason: 'its label was split; say which part it is' } as const;
    const open = { judgement: null, verdict: 'unknown', expected: null, unsettled } as const;
    const example = (input: string, kind: 'file' | 'synthesis' = 'file') => ({
      exampleId: input,
      input,
      output: labelOutput('order'),
      weight: 1,
      slice: 'gold' as const,
      provenance: kind === 'file' ? { kind, line: 1 } : { kind, method: 'typo', traceId: 'a', clusterId: 'c' },
      folds: [],
    });
    const examples = [example('text of open'), example('own'), example('own'), example('made up', 'synthesis')];
    const { lines, counts } = reviewOf([sampleRecord('open', open), sampleRecord('fine')], classification, {
      examples: [...examples, example('text of fine')],
      since: '2026-01-01T00:00:00.000Z',
    });
    expect(counts).toEqual([{ why: 'left-open', count: 2 }]);
    expect(lines.map(({ input, expected }) => [input, expected])).toEqual([
      ['text of open', null],
      ['own', null],
    ]);
    expect(lines[1]).toMatchObject({ traceId: expect.stringMatching(/^example-[0-9a-f]{16}$/), output: null });
    for (const { metadata } of lines)
      expect(metadata.review.reason).toContain('its label was split; say which part it is');
  });

  it('leaves alone a sure mistake that a person has judged', () => {
    const byPerson = { verdict: 'fail', expected: ham, judge: { kind: 'human', id: 'ana', reason: '' } } as const;
    expect(review([sampleRecord('sure', { ...failing, confidence: 0.97, judgement: byPerson })]).lines).toEqual([]);
  });

  it('has all that a person needs, and one field to fill in', () => {
    const [line] = review([sampleRecord('s', { triage: suspect, answer: ham, recorded: ham })]).lines;
    expect(line).toEqual({
      traceId: 's',
      timestamp: '2026-01-01T00:00:00.000Z',
      input: 'text of s',
      output: 'ham',
      expected: null,
      judge: { kind: 'human', id: 'review' },
      metadata: {
        review: {
          why: 'suspect-judgement',
          reason: 'nine neighbours say ham',
          onRecord: { verdict: 'pass', expected: 'spam', judge },
          championAnswers: 'ham',
          confidence: 0.9,
          fillIn: 'Write the right output, such as "label", in place of null at "expected".',
        },
      },
    });
  });

  it('puts first what stands for many alike, then the surest, and each group once before any twice', () => {
    const many = (id: string, groupId: string, confidence: number) =>
      sampleRecord(id, { triage: suspect, groupId, confidence });
    const { lines } = review([
      many('a1', 'a', 0.99),
      many('b1', 'b', 0.5),
      many('b2', 'b', 0.7),
      many('b3', 'b', 0.6),
      many('c1', 'c', 0.8),
    ]);
    expect(lines.map(({ traceId }) => traceId)).toEqual(['b2', 'a1', 'c1', 'b3', 'b1']);
  });

  it('stops at its limit, counts what is left, and leaves each reason its share', () => {
    const suspects = Array.from({ length: 30 }, (_, at) => sampleRecord(`s${at}`, { triage: suspect }));
    const fails = Array.from({ length: 3 }, (_, at) =>
      sampleRecord(`f${at}`, { judgement: bare, verdict: 'fail', expected: null }),
    );
    const { lines, counts } = review([...suspects, ...fails], 10);
    expect(lines).toHaveLength(10);
    expect(lines.filter(({ metadata }) => metadata.review.why === 'fail-without-correction')).toHaveLength(3);
    expect(counts).toEqual([
      { why: 'suspect-judgement', count: 30 },
      { why: 'fail-without-correction', count: 3 },
    ]);
  });

  it('says of each why it is there', () => {
    const told = (change: Partial<SplitRecord>) => review([sampleRecord('t', change)]).lines[0]?.metadata.review;
    const bareFail = { judgement: bare, verdict: 'fail', expected: null } as const;
    expect(told(bareFail)?.reason).toBe('Judged wrong, and nobody has said what is right.');
    const unsettled = (why: 'held' | 'impossible' | 'left-open') =>
      told({ judgement: null, verdict: 'unknown', unsettled: { why, reason: 'so it is' } });
    expect(unsettled('held')?.reason).toBe('The right output that is on record is held: so it is.');
    expect(unsettled('impossible')).toMatchObject({
      why: 'impossible-output',
      reason: 'The right output that is on record cannot be: so it is.',
    });
    expect(unsettled('left-open')?.reason).toBe('It was so it is.');
    expect(told({ ...failing, confidence: 0.9 })).toMatchObject({
      why: 'sure-mistake',
      reason: 'The champion answers ham with a confidence of 0.90, and is judged wrong.',
    });
  });

  it('has neither an answer that was passed without a correction, nor examples of a probe', () => {
    const passed = { ...bare, verdict: 'pass' } as const;
    expect(review([sampleRecord('t', { judgement: passed, expected: null })]).lines).toEqual([]);
    const example = { exampleId: 'e', output: ham, weight: 1, slice: 'gold' as const, folds: [] };
    const probe = { kind: 'probe' as const, probeId: 'p', traceId: 't', clusterId: 'c' };
    const file = { kind: 'file' as const, line: 1 };
    const since = '2026-01-01T00:00:00.000Z';
    const unjudged = sampleRecord('t', { input: 'not judged', judgement: null, verdict: 'unknown', expected: null });
    const examples = [
      { ...example, input: 'of a probe', provenance: probe },
      { ...example, input: 'not judged', provenance: file },
    ];
    const { lines } = reviewOf([unjudged], classification, { examples, since });
    expect(lines).toEqual([
      expect.objectContaining({ input: 'not judged', timestamp: since, judge: { kind: 'human', id: 'review' } }),
    ]);
    expect(lines[0]?.metadata.review).toMatchObject({ why: 'left-open', onRecord: null, championAnswers: null });
  });

  it('has those of one confidence in the order of their ids', () => {
    const ids = ['b', 'a', 'c'].map((id) => sampleRecord(id, { triage: suspect }));
    expect(review(ids).lines.map(({ traceId }) => traceId)).toEqual(['a', 'b', 'c']);
  });
});
