import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { tokensOf } from '../../../../../shared/adapters/backends/tagger/tokens.ts';

const texts = (input: string, cutsWords = false): string[] =>
  tokensOf(input, cutsWords).map(({ start, end }) => input.slice(start, end));

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

  it('begin and end between letters and figures, and at capitals inside words where that is asked', () => {
    expect(texts('2x500mg')).toEqual(['2', 'x', '500', 'mg']);
    expect(texts('#NewYork iPhone15Pro')).toEqual(['#', 'NewYork', 'iPhone', '15', 'Pro']);
    expect(texts('#NewYork iPhone15Pro', true)).toEqual(['#', 'New', 'York', 'i', 'Phone', '15', 'Pro']);
    expect(texts('camelCaseName USA McDonald e\u0301E 東京newYork', true)).toEqual([
      ...['camel', 'Case', 'Name', 'USA', 'Mc', 'Donald', 'e\u0301', 'E', '東京', 'new', 'York'],
    ]);
    expect(tokensOf(' anOx', true).map(({ spaced }) => spaced)).toEqual([true, false]);
    expect(texts('Hausboot', true)).toEqual(['Hausboot']);
  });

  it('cover every visible character once and in order, whatever the text', () => {
    const capitals = fc.string({ unit: fc.constantFrom('a', 'B', 'é', 'É', '\u0301', '1', '東', '𝒳', ' ') });
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), capitals), fc.boolean(), (input, cutsWords) => {
        let end = 0;
        for (const token of tokensOf(input, cutsWords)) {
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
