import { describe, expect, test } from 'vitest';
import { evidenceLines } from '../../../cli/evidence-lines.ts';
import { classification } from '../../../shared/tasks/classification/classification.ts';
import { extraction } from '../../../shared/tasks/extraction/extraction.ts';

describe('evidenceLines', () => {
  const scores = {
    before: { traffic: 0.9146, failures: 0, passes: 1 },
    after: { traffic: 0.9693, failures: 0.7403, passes: 0.9907 },
  };
  const gain = { of: 2_588, gained: 163, lost: 22, net: 0.0545, lower: 0.0458 };

  test('say out of fold how often both are right, what is gained and lost, and what is forgotten', () => {
    const memory = {
      preceding: { lost: 12, gained: 9, allowed: 12, of: 1_240 },
      earlier: { lost: 12, gained: 14, allowed: 19, of: 1_902 },
    };
    expect(evidenceLines({ scores, gain, memory }, classification)).toEqual([
      "Out of fold, by models that have not seen the traces, suspect judgements left out: 91.5 % before, 96.9 % after (74.0 % of the champion's failures fixed, 99.1 % of its passes kept).",
      'Near-duplicates counted once, a change of +5.45 points, with 95 % certainty above +4.58. Of what earlier promotions froze, 3 are lost net (12 allowed).',
    ]);
  });

  test('say how a share kept for the report does, and that a loss is one', () => {
    const lines = evidenceLines(
      {
        scores: { before: { traffic: 0.9, report: 0.91 }, after: { traffic: 0.89, report: 0.9 } },
        gain: { of: 1_000, gained: 5, lost: 15, net: -0.01, lower: -0.0166 },
        memory: {},
      },
      classification,
    );
    expect(lines).toEqual([
      'Out of fold, by models that have not seen the traces, suspect judgements left out: 90.0 % before, 89.0 % after.',
      'Near-duplicates counted once, a change of −1.00 points, with 95 % certainty above −1.66.',
      'On the traffic kept for the report alone: 91.0 % before, 90.0 % after.',
    ]);
  });

  test('show the champion alone where there is no candidate, and nothing where nothing was weighed', () => {
    const before = { traffic: 0.9 };
    expect(evidenceLines({ scores: { before, after: null }, gain: null, memory: {} }, classification)).toEqual([
      'Out of fold the champion scores 90.0 %.',
    ]);
    expect(evidenceLines({ scores: { before: {}, after: null }, gain: null, memory: {} }, classification)).toEqual([]);
  });

  test('name the score and the share of right answers apart where they are two measures', () => {
    const measured = {
      scores: {
        before: { traffic: 0.455, failures: 0, passes: 1, report: 0.4 },
        after: { traffic: 0.767, failures: 0.6, passes: 0.95, report: 0.7 },
      },
      gain: { of: 500, gained: 180, lost: 15, net: 0.3293, lower: 0.29 },
      memory: {},
    };
    expect(evidenceLines(measured, extraction)).toEqual([
      "Entity F1 out of fold, by models that have not seen the traces, suspect judgements left out: 45.5 % before, 76.7 % after (60.0 % of the champion's failures fixed, 95.0 % of its passes kept).",
      'Near-duplicates counted once, a change of +32.93 points of traces wholly right, with 95 % certainty above +29.00.',
      'On the traffic kept for the report alone: 40.0 % of traces wholly right before, 70.0 % after.',
    ]);
    const inParts = {
      ...measured,
      gain: { ...measured.gain, partly: { more: 240, less: 31 }, net: 0.1271, lower: 0.0954 },
      memory: { preceding: { lost: 4, gained: 1, lostNet: 0.5, allowed: 2, of: 140 } },
    };
    expect(evidenceLines(inParts, extraction)[1]).toBe(
      'Near-duplicates counted once, a change of +12.71 points of entities right, with 95 % certainty above +9.54; traces wholly right: 180 gained, 15 lost. Of what earlier promotions froze, records worth 0.50 are lost net (2 allowed).',
    );
    const kept = { preceding: { lost: 1, gained: 1, lostNet: 0, allowed: 2, of: 140 } };
    expect(evidenceLines({ ...inParts, memory: kept }, extraction)[1]).toMatch(
      /froze, none is lost net \(2 allowed\)\.$/,
    );
    expect(evidenceLines({ ...measured, scores: { ...measured.scores, after: null }, gain: null }, extraction)).toEqual(
      ["Out of fold the champion's entity F1 is 45.5 %."],
    );
  });
});
