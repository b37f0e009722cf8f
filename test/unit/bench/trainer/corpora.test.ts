import { describe, expect, it } from 'vitest';
import { enlarge } from '../../../../bench/trainer/corpora.ts';

const texts = [
  { text: 'play a song', label: 'music' },
  { text: 'book a table', label: 'restaurant' },
];

function maker(made: readonly string[]) {
  let at = 0;
  return { next: () => ({ text: made[at++ % made.length] ?? '', label: 'music' }) };
}

describe('a corpus enlarged by made-up texts', () => {
  it('keeps the real texts and adds made-up ones up to the size', () => {
    const all = enlarge(texts, [], 4, maker(['play a tune', 'play this song']));
    expect(all.slice(0, 2)).toEqual(texts);
    expect(all.map(({ text }) => text)).toEqual(['play a song', 'book a table', 'play a tune', 'play this song']);
  });

  it('takes no text of the test set, whatever its case and spacing', () => {
    const held = [{ text: 'Play  some jazz', label: 'music' }];
    const all = enlarge(texts, held, 3, maker(['play some jazz', 'play some rock']));
    expect(all.at(-1)?.text).toBe('play some rock');
  });

  it('takes each text once, and ends when nothing new comes', () => {
    const all = enlarge(texts, [], 100, maker(['play a song', 'play a tune', 'PLAY A TUNE', '']));
    expect(all.map(({ text }) => text)).toEqual(['play a song', 'book a table', 'play a tune']);
  });
});
