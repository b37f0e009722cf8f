import { describe, expect, it } from 'vitest';
import { evenCase } from '../../../../../shared/adapters/backends/embedded/even-case.ts';

describe('even case', () => {
  it.each([
    ['WHERE IS MY CARD', 'where is my card'],
    ['wHeRe Is My CaRd', 'where is my card'],
    ['ÜBERWEISUNG 12 ЗДЕСЬ', 'überweisung 12 здесь'],
  ])('takes the capitals from %j', (text, even) => {
    expect(evenCase(text)).toBe(even);
  });

  it.each(['where is my card', 'Play Purple Rain by Prince', '12 €?', '', '你好'])('leaves %j as it is', (text) => {
    expect(evenCase(text)).toBe(text);
  });
});
