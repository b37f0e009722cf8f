import { describe, expect, test } from 'vitest';
import { evidenceLines } from '../../../cli/evidence-lines.ts';

describe('evidenceLines', () => {
  test('show each score before and after, and regressions against what was allowed', () => {
    const scores = { before: { 'traffic-validation': 0.8955 }, after: { 'traffic-validation': 0.9636 } };
    expect(evidenceLines({ scores, regressions: { current: { lost: 1, allowed: 2, of: 197 } } })).toEqual([
      '  traffic-validation: 0.8955 → 0.9636',
      '  regressions, current sets: 1 of 197 (2 allowed)',
    ]);
  });

  test('show only the champion where no candidate was trained', () => {
    const scores = { before: { 'traffic-validation': 0.9 }, after: null };
    expect(evidenceLines({ scores, regressions: {} })).toEqual(['  traffic-validation: 0.9000']);
  });
});
