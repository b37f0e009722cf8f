import { describe, expect, it } from 'vitest';
import { asJson, worked } from '../../../../bench/generation/deals.ts';

describe('what the benchmark of generation asks', () => {
  it('tells a worked solution from its last line', () => {
    expect(worked('3 + 4 = <<3+4=7>>7\nSo 7.\nA: 7')).toEqual({ reasoning: '3 + 4 = <<3+4=7>>7\nSo 7.', answer: '7' });
    expect(worked('He runs and runs')).toBe('He runs and runs');
    expect(worked('A: 7')).toBe('A: 7');
  });

  it('writes a slot that comes twice as a list', () => {
    const input = 'play Ana Bo Cy of 1999';
    const entity = (label: string, text: string) => {
      const start = input.indexOf(text);
      return { label, start, end: start + text.length };
    };
    const output = [entity('artist', 'Ana'), entity('artist', 'Bo'), entity('artist', 'Cy'), entity('year', '1999')];
    expect(asJson({ input, intent: 'PlayMusic', output })).toEqual({
      input,
      output: { intent: 'PlayMusic', slots: { artist: ['Ana', 'Bo', 'Cy'], year: '1999' } },
    });
  });
});
