import { createHash } from 'node:crypto';
import { describe, expect, test } from 'vitest';
import { driftOf } from '../../../../shared/domain/drift/drift-findings.ts';
import { type DriftState, newDriftState } from '../../../../shared/domain/drift/drift-state.ts';
import type { Signal } from '../../../../shared/domain/drift/signals.ts';
import { memory, takeIn } from '../../../../shared/domain/drift/take-in.ts';

/** A text that is like none of another number. */
function textOf(number: number): string {
  return (createHash('sha256').update(`${number}`).digest('hex').match(/.{8}/g) ?? []).join(' ');
}

/** A state after so many that count, the later of which are all of one kind, in looks of a size. */
function after(size: number, counts: number, changesAfter: number): DriftState {
  let state = newDriftState({ checkpointId: 'c', position: 0, level: 0.05, labels: ['old', 'new'], farFrom: 0.5 });
  for (let from = 0; from < memory + counts; from += size) {
    const arrived = Array.from({ length: Math.min(size, memory + counts - from) }, (_, at) => {
      const number = from + at - memory;
      const isLate = number >= changesAfter;
      const name = `${number}`;
      return { trace: name, input: textOf(number), labels: [isLate ? 'new' : 'old'], isLate };
    });
    state = takeIn(
      state,
      {
        position: from + size,
        at: '2026-01-01T00:00:00.000Z',
        answered: arrived.map(({ isLate, ...one }) => ({ ...one, confidence: isLate ? 0.5 : 0.9 })),
        judged: [],
      },
      ({ labels }) => (labels[0] === 'new' ? 0.8 : 0.2),
      () => 0.5,
    );
  }
  return state;
}

function figuresOf(state: DriftState, signal: Signal) {
  const { first, latest } = driftOf(state).findings.find((one) => one.signal === signal) ?? {};
  return [first, latest];
}

describe('what is told of the first and of the latest', () => {
  test.each([
    [60, 60, 30, [null, null]],
    [120, 50, 60, [0, 1]],
    [300, 300, 150, [0, 1]],
    [300, 37, 200, [0, 2 / 3]],
    [399, 50, 199, [0, 1]],
    [800, 90, 700, [0, 0.5]],
  ])('of %i that count is of two halves, or windows, that share none', (counts, size, changesAfter, shares) => {
    const state = after(size, counts, changesAfter);
    expect(driftOf(state).counted).toBe(counts);
    const close = shares.map((share) => (share === null ? null : expect.closeTo(share, 9)));
    expect(figuresOf(state, 'novelty')).toEqual(close);
    expect(figuresOf(state, 'confidence')).toEqual(
      shares.map((share) => (share === null ? null : expect.closeTo(0.9 - 0.4 * share, 9))),
    );
    // Of two labels either may be the one that moved most.
    const { label, first, latest } = driftOf(state).findings.find(({ signal }) => signal === 'labels') ?? {};
    const ofLabel = (share: number | null) => (share === null || label === 'new' ? share : 1 - share);
    expect([first, latest]).toEqual(
      shares.map((share) => (share === null ? null : expect.closeTo(ofLabel(share) ?? 0, 9))),
    );
  });

  test('is read of states that were kept before it was noted how many counted', () => {
    const { counted: _, ...before } = after(300, 300, 150);
    expect(figuresOf(before, 'novelty')).toEqual([0, 1]);
  });

  test('is of two halves of judged answers too', () => {
    const judged = Array.from({ length: 180 }, (_, at) => ({ failed: at >= 115, trace: `${at}`, input: textOf(at) }));
    const next = takeIn(
      newDriftState({ checkpointId: 'c', position: 0, level: 0.05, labels: [], farFrom: null }),
      { position: 9_999, at: '2026-01-01T00:00:00.000Z', answered: [], judged },
      () => null,
      () => 0.5,
    );
    expect(figuresOf(next, 'failures')).toEqual([0, 1]);
  });
});
