import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokensOf } from '../../../../../shared/adapters/backends/tagger/tokens.ts';

const texts = (input: string): string[] => tokensOf(input).map(({ start, end }) => input.slice(start, end));

describe('tokens', () => {
  it('are words, numbers and single characters, at their offsets', () => {
    expect(texts("Ana's flight BA-117 costs $3.50!")).toEqual([
      ...['Ana', "'", 's', 'flight', 'BA', '-', '117', 'costs', '$', '3', '.', '50', '!'],
    ]);
    expect(texts('e\u0301te\u0301 👍🏽 שלום\r\nx')).toEqual(['e\u0301te\u0301', '👍🏽', 'שלום', 'x']);
  });

  it('are words of scripts without spaces, too', () => {
    expect(texts('我在东京吃寿司')).toContain('东京');
    expect(texts('ฉันกินข้าวที่กรุงเทพ').length).toBeGreaterThan(3);
    expect(texts('東京でラーメンを食べた')).toContain('ラーメン');
  });

  it('cover every visible character once and in order, whatever the text', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (input) => {
        let end = 0;
        for (const token of tokensOf(input)) {
          expect(token.start).toBeGreaterThanOrEqual(end);
          expect(token.end).toBeGreaterThan(token.start);
          expect(input.slice(end, token.start)).not.toMatch(/[\p{L}\p{N}\p{P}]/u);
          expect(input.slice(token.start, token.end).isWellFormed()).toBe(true);
          end = token.end;
        }
        expect(input.slice(end)).not.toMatch(/[\p{L}\p{N}\p{P}]/u);
      }),
    );
  });
});
