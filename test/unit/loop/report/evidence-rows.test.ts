import { describe, expect, it } from 'vitest';
import {
  evidenceDays,
  evidenceRows,
  heldForNames,
  isAllRight,
  reviewIsEnough,
  shortEvidence,
  withoutAnswer,
} from '../../../../shared/loop/report/evidence-rows.ts';
import type { ReportData } from '../../../../shared/loop/report/report-data.ts';
import { tooLittleEvidenceReport } from '../../../helpers/report-data.ts';

/** A run of a model that needs 20 failures and 50 records. */
function having(failures: number, records: number, change: Partial<ReportData> = {}): ReportData {
  const none = { review: { counts: [], lines: 0 }, rates: { failures: 2, records: 5 } };
  return { ...tooLittleEvidenceReport(), ...none, evidence: { failures, records }, ...change };
}

const waiting = (why: 'fail-without-correction' | 'unknown-output', count: number) => ({
  review: {
    counts: [
      { why: 'sure-mistake' as const, count: 99 },
      { why, count },
    ],
    lines: count,
  },
});

describe('the evidence of a run', () => {
  it('is counted against what the gate needs, with what comes a day', () => {
    expect(evidenceRows(having(7, 50))).toMatchObject([
      { kind: 'failures', wanted: 'judged failure', have: 7, need: 20, perDay: 2 },
      { kind: 'records', wanted: 'judged trace', have: 50, need: 50, perDay: 5 },
    ]);
    expect(evidenceRows(having(7, 50, { rates: null })).map(({ perDay }) => perDay)).toEqual([null, null]);
    expect(evidenceRows({ ...having(7, 50), evidence: null })).toEqual([]);
  });

  it('is short of what is below what is needed, which few fold models raise', () => {
    const short = (data: ReportData) => shortEvidence(data).map(({ kind, need }) => [kind, need]);
    expect(short(having(19, 50))).toEqual([['failures', 20]]);
    expect(short(having(20, 49))).toEqual([['records', 50]]);
    expect(short(having(20, 50))).toEqual([]);
    expect(short(having(20, 200, { moreForFolds: 30 }))).toEqual([['records', 230]]);
    expect(short(having(20, 10, { moreForFolds: 30 }))).toEqual([['records', 50]]);
  });

  it('is there in so many days as what takes longest, where anybody can tell', () => {
    expect(evidenceDays(having(10, 20))).toBe(6);
    expect(evidenceDays(having(0, 45))).toBe(10);
    expect(evidenceDays(having(20, 50))).toBeNull();
    expect(evidenceDays(having(10, 20, { rates: { failures: 0, records: 5 } }))).toBeNull();
    expect(evidenceDays(having(10, 20, { rates: { failures: 2, records: 0 } }))).toBeNull();
  });
});

describe('what waits for a person', () => {
  it('is counted by what is missing of it', () => {
    expect(withoutAnswer(having(0, 0, waiting('fail-without-correction', 4)))).toBe(4);
    expect(heldForNames(having(0, 0, waiting('fail-without-correction', 4)))).toBe(0);
    expect(heldForNames(having(0, 0, waiting('unknown-output', 3)))).toBe(3);
    expect(withoutAnswer(having(0, 0, waiting('unknown-output', 3)))).toBe(0);
  });

  it('is enough where failures alone are missing, and so many of them lack their right answer', () => {
    const open = waiting('fail-without-correction', 5);
    expect(reviewIsEnough(having(15, 50, open))).toBe(true);
    expect(reviewIsEnough(having(14, 50, open))).toBe(false);
    expect(reviewIsEnough(having(15, 49, open))).toBe(false);
    expect(reviewIsEnough(having(20, 49, open))).toBe(false);
    expect(reviewIsEnough(having(20, 50, open))).toBe(false);
  });
});

describe('a champion', () => {
  const right = { weighed: { size: 320, right: 320 } };

  it('has everything right where it fails nothing of what was judged', () => {
    expect(isAllRight(having(0, 320, right))).toBe(true);
    expect(isAllRight(having(1, 320, right))).toBe(false);
    expect(isAllRight(having(0, 320, { weighed: { size: 320, right: 319 } }))).toBe(false);
    expect(isAllRight(having(0, 320, { weighed: { size: 0, right: 0 } }))).toBe(false);
    expect(isAllRight(having(0, 40, right))).toBe(false);
    expect(isAllRight(having(20, 0, right))).toBe(false);
    expect(isAllRight(having(0, 320, { ...right, ...waiting('fail-without-correction', 1) }))).toBe(false);
  });
});
