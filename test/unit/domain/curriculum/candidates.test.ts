import { describe, expect, test } from 'vitest';
import { type Claim, collapseDuplicates } from '../../../../shared/domain/curriculum/collapse-duplicates.ts';
import { candidateOf, exampleCandidateSchema } from '../../../../shared/domain/curriculum/example-candidate.ts';
import { datasetIdOf, exampleIdOf } from '../../../../shared/domain/curriculum/example-id.ts';
import { classification } from '../../../../shared/tasks/classification/classification.ts';
import { labelOutput } from '../../../../shared/tasks/classification/label.ts';
import { parentExamples, record } from './records.ts';

describe('candidateOf', () => {
  const options = { clusterId: 'c1', why: 'near', rank: 3 };

  test('of a record that passes carries its margin, of one that fails none', () => {
    const passing = candidateOf({ ...record('p', 'hello', 'a'), confidence: 0.9 }, options);
    expect(passing).toMatchObject({ origin: 'pass', output: 'a', rank: 3 });
    expect(passing.margin).toBeCloseTo(0.8, 12);
    const failing = candidateOf(record('f', 'hello', 'a', { answer: 'b', timestamp: '2026-02-03T00:00:00Z' }), options);
    expect(failing).toEqual({
      input: 'hello',
      output: 'a',
      origin: 'failure',
      provenance: { kind: 'trace', traceId: 'f', judge: 'llm', clusterId: 'c1', why: 'near' },
      judge: 'llm',
      timestamp: '2026-02-03T00:00:00Z',
      rank: 3,
      margin: 0,
    });
    expect(exampleCandidateSchema.parse(failing)).toEqual(failing);
  });

  test('names the judge of the recorded answer, else of today’s answer, else none', () => {
    const judged = record('p', 'hello', 'a', { judge: 'human' });
    const rule = { kind: 'rule', id: 'r', reason: '' } as const;
    const judgeOf = (given: typeof judged): unknown => candidateOf(given, options).judge;
    expect(judgeOf({ ...judged, judgedBy: rule })).toBe('human');
    expect(judgeOf({ ...judged, judgement: null, judgedBy: rule })).toBe('rule');
    expect(judgeOf({ ...judged, judgement: null, judgedBy: null })).toBeNull();
  });
});

describe('collapseDuplicates', () => {
  const claim = (key: string, output: string, options: Partial<Claim> = {}): Claim => ({
    input: 'Same text',
    output: labelOutput(output),
    judge: 'llm',
    timestamp: null,
    preference: 0,
    key,
    ...options,
  });
  const january = '2026-01-01T00:00:00Z';
  const february = '2026-02-01T00:00:00Z';
  const kept = (...claims: Claim[]): string[] => collapseDuplicates(claims, classification).kept.map(({ key }) => key);

  test('keeps the claim of the lowest preference, then the first by key, and counts the others', () => {
    const claims = [claim('3', 'x', { preference: 1 }), claim('2', 'x'), claim('1', 'x')];
    expect(collapseDuplicates(claims, classification)).toEqual({ kept: [claims[2]], duplicates: 2, conflicting: 0 });
    expect(kept(claim('1', 'x', { preference: 2 }), claim('2', 'x', { preference: 1 }))).toEqual(['2']);
  });

  test('keeps claims in order of key', () => {
    expect(kept(claim('c', 'x', { input: 'one' }), claim('a', 'y', { input: 'two' }), claim('b', 'x'))).toEqual([
      'a',
      'b',
      'c',
    ]);
  });

  test('counts duplicates and conflicts apart', () => {
    const claims = [claim('1', 'x'), claim('2', 'x'), claim('3', 'x'), claim('4', 'y'), claim('5', 'y')];
    expect(collapseDuplicates(claims, classification)).toMatchObject({ duplicates: 2, conflicting: 2 });
  });

  test('goes by the latest human judgement even against a newer majority of others', () => {
    expect(
      kept(
        claim('1', 'x', { judge: 'human', timestamp: january }),
        claim('2', 'y', { judge: 'llm', timestamp: february }),
        claim('3', 'y', { judge: 'rule', timestamp: february }),
      ),
    ).toEqual(['1']);
  });

  test('leaves two human judgements of one time that disagree undecided, whatever the others say', () => {
    const human = { judge: 'human', timestamp: january } as const;
    expect(kept(claim('1', 'x', human), claim('2', 'y', human), claim('3', 'y'), claim('4', 'y'))).toEqual([]);
    expect(kept(claim('1', 'x', { judge: 'human' }), claim('2', 'y', human))).toEqual(['2']);
    expect(kept(claim('1', 'x', { judge: 'human' }), claim('2', 'y', { judge: 'human' }))).toEqual([]);
  });

  test('decides an even vote among the most frequent outputs by the newest of their claims', () => {
    expect(
      kept(
        claim('1', 'x', { timestamp: january }),
        claim('2', 'x'),
        claim('3', 'y', { timestamp: february }),
        claim('4', 'y'),
        claim('5', 'z', { timestamp: '2026-03-01T00:00:00Z' }),
      ),
    ).toEqual(['3']);
    expect(
      kept(claim('1', 'x', { timestamp: january }), claim('2', 'y', { timestamp: january }), claim('3', 'z')),
    ).toEqual([]);
  });
});

describe('ids of examples and datasets', () => {
  test('of an example follow from input, output and the kind of its source', () => {
    const id = exampleIdOf('hello', labelOutput('a'), 'trace', classification);
    expect(exampleIdOf('hello', labelOutput('a'), 'trace', classification)).toBe(id);
    expect(
      new Set([
        id,
        exampleIdOf('hello', labelOutput('b'), 'trace', classification),
        exampleIdOf('hello', labelOutput('a'), 'file', classification),
        exampleIdOf('x', labelOutput('a'), 'trace', classification),
      ]).size,
    ).toBe(4);
  });

  test('of a dataset follow from its examples, whatever their order', () => {
    const examples = parentExamples(['a', 'b'], 3);
    expect(datasetIdOf(examples.toReversed())).toBe(datasetIdOf(examples));
    expect(datasetIdOf(examples.slice(1))).not.toBe(datasetIdOf(examples));
    expect(datasetIdOf(examples.map((one) => ({ ...one, weight: 2 })))).not.toBe(datasetIdOf(examples));
  });
});
