import { describe, expect, test } from 'vitest';
import { evidenceOf, type KnownRecord } from '../../../../shared/domain/triage/evidence.ts';

function known(made: {
  readonly first: readonly number[];
  readonly second?: readonly number[];
  readonly recorded?: string | null;
  readonly corrected?: number | null;
}): KnownRecord {
  const { first, second = first, recorded = 'a', corrected = null } = made;
  const record = {
    traceId: 't',
    given: 'a',
    judgeKind: 'llm' as const,
    recorded,
    timestamp: '2026-01-01T00:00:00Z',
    first,
    second,
  };
  return { record, given: 0, recorded: corrected };
}

/** Enough records on which models are right for the greatest sharpness, which is 3. */
const right = Array.from({ length: 40 }, () => known({ first: [0.6, 0.4] }));

/** How many times likelier the first label is than the second, in logarithms, of a record among them. */
function oddsOf(record: KnownRecord): number {
  const [p = 0, q = 0] = evidenceOf([record, ...right])[0] ?? [];
  expect(p + q).toBeCloseTo(1, 10);
  return Math.log(p / q);
}

describe('what two passes say of a record', () => {
  test('is the mean of both, sharpened to fit all records', () => {
    expect(oddsOf(known({ first: [0.8, 0.2] }))).toBeCloseTo(3 * Math.log(4), 8);
    expect(oddsOf(known({ first: [0.8, 0.2], second: [0.5, 0.5] }))).toBeCloseTo((3 * Math.log(4)) / 2, 8);
  });

  test('is less sure of a correction', () => {
    const odds = 0.8 * 3 * Math.log(4);
    expect(oddsOf(known({ first: [0.8, 0.2], recorded: 'elsewhere' }))).toBeCloseTo(odds, 8);
    expect(oddsOf(known({ first: [0.8, 0.2], recorded: null }))).toBeCloseTo(odds, 8);
  });

  test('is less for the output that was corrected, since that it was wrong is counted already', () => {
    expect(oddsOf(known({ first: [0.2, 0.8], recorded: 'b', corrected: 1 }))).toBeCloseTo(2 - 0.8 * 3 * Math.log(4), 8);
  });

  test('is never so sure that nothing could change it', () => {
    expect(oddsOf(known({ first: [1, 0], second: [0.5, 0.5] }))).toBeCloseTo((3 * Math.log(1e5)) / 2, 6);
    expect(oddsOf(known({ first: [0.5, 0.5], second: [1, 0] }))).toBeCloseTo((3 * Math.log(1e5)) / 2, 6);
  });

  test('is nothing where there are no records', () => {
    expect(evidenceOf([])).toEqual([]);
  });
});
