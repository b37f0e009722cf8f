import { describe, expect, it } from 'vitest';
import { itemIdSchema, reasonSchema, shortReason } from '../../../../shared/loop/state/limits.ts';

describe('what travels in the state', () => {
  it('has a reason cut to the room there is, and well-formed', () => {
    expect(shortReason('x'.repeat(2_000))).toBe('x'.repeat(2_000));
    expect(shortReason('x'.repeat(2_001))).toBe(`${'x'.repeat(1_999)}…`);
    const cut = shortReason('😀'.repeat(1_001));
    expect(cut.isWellFormed()).toBe(true);
    expect(cut).toHaveLength(2_000);
    expect(reasonSchema.safeParse(cut).success).toBe(true);
  });

  it('has ids of forty printable characters at most', () => {
    expect(itemIdSchema.safeParse('x'.repeat(40)).success).toBe(true);
    for (const id of ['x'.repeat(41), 'ü', 'a\nb']) expect(itemIdSchema.safeParse(id).success).toBe(false);
  });
});
