import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DiscordantPair, independentPairs } from '../../../../shared/domain/evaluation/independent-pairs.ts';

const storm = (count: number, gained: boolean, input = 'how long is the line'): DiscordantPair[] =>
  Array.from({ length: count }, (_, at) => ({ exampleId: `${input[0]}${gained ? 'g' : 'l'}${at}`, input, gained }));

describe('independentPairs', () => {
  it('counts a request that was sent eight times once', () => {
    expect(independentPairs([...storm(8, false), ...storm(1, true, 'book a table for two')])).toEqual({
      gained: ['bg0'],
      lost: ['hl0'],
    });
  });

  it('counts near-duplicates as what most of them are, and as nothing when there are as many of both', () => {
    const near = storm(2, false, 'please tell me how long the line at the desk is');
    expect(
      independentPairs([...storm(3, true, 'please tell me how long the line at the desk is now'), ...near]),
    ).toEqual({
      gained: ['pg0'],
      lost: [],
    });
    expect(independentPairs([...storm(2, true), ...storm(2, false)])).toEqual({ gained: [], lost: [] });
  });

  it('keeps distinct requests apart, in the order of their ids whatever the order given', () => {
    const pairs: DiscordantPair[] = ['call my bank', 'what is the weather', 'play some jazz', 'set an alarm'].map(
      (input, at) => ({ exampleId: `e${at}`, input, gained: at % 2 === 0 }),
    );
    fc.assert(
      fc.property(fc.shuffledSubarray(pairs, { minLength: pairs.length }), (shuffled) => {
        expect(independentPairs(shuffled)).toEqual({ gained: ['e0', 'e2'], lost: ['e1', 'e3'] });
      }),
    );
  });
});
