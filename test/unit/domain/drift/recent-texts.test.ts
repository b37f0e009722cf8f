import { describe, expect, test } from 'vitest';
import { BurstFilter, noRecentTexts } from '../../../../shared/domain/drift/recent-texts.ts';

const memory = 20;
const text = (at: number) => Array.from({ length: 10 }, (_, word) => `t${at}w${word}`).join(' ');

function filled(): BurstFilter {
  const filter = new BurstFilter(noRecentTexts, memory);
  for (let at = 0; at < memory; at += 1) expect(filter.takeIn(text(at))).toBe(false);
  return filter;
}

describe('a burst', () => {
  test('counts once, however long it is and though a word differs', () => {
    const filter = filled();
    const burst = Array.from({ length: 200 }, (_, at) => `${text(100)} ${at}`);
    expect(burst.filter((one) => filter.takeIn(one))).toHaveLength(1);
  });

  test('of texts without words is told by the texts', () => {
    const filter = filled();
    expect([filter.takeIn('!!!'), filter.takeIn('!!!'), filter.takeIn('???')]).toEqual([true, false, true]);
  });
});

describe('what comes rarely', () => {
  test('counts each time, so that a year is like its first month', () => {
    const filter = filled();
    let counted = 0;
    for (let at = 0; at < 300; at += 1) {
      // Between two of it more texts than are remembered.
      if (at % 30 === 0 && filter.takeIn(text(500))) counted += 1;
      filter.takeIn(text(1_000 + at));
    }
    expect(counted).toBe(10);
  });

  test('is remembered over looks', () => {
    const state = filled().state();
    const next = new BurstFilter(JSON.parse(JSON.stringify(state)), memory);
    expect([next.takeIn(text(memory - 1)), next.takeIn(text(900))]).toEqual([false, true]);
    expect(next.state().sketches).toHaveLength(memory);
  });
});
