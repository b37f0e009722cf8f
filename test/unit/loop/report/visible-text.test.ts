import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cutText, visibleLine, visibleText } from '../../../../shared/loop/report/visible-text.ts';

const anyCodeUnit = fc
  .oneof(fc.nat(0xffff), fc.nat(0x9f), fc.integer({ min: 0x2000, max: 0x206f }))
  .map((code) => String.fromCharCode(code));

describe('visible text', () => {
  it('spells out controls, bidi marks, zero-width characters and lone surrogates', () => {
    expect(visibleText('a\u001b[0m\u202eb\u200bc\udc00')).toBe('a⟨U+001B⟩[0m⟨U+202E⟩b⟨U+200B⟩c⟨U+DC00⟩');
  });

  it('leaves writing alone: accents, right-to-left script, emoji sequences, joiners inside a script, line breaks', () => {
    for (const text of ['naïve', 'שלום', '👩\u200d🔧', '❤\ufe0f', 'می\u200cخواهم', 'a\nb\tc'])
      expect(visibleText(text)).toBe(text);
  });

  it('shows a joiner between Latin letters, where it only hides', () => {
    expect(visibleText('pay\u200dpal')).toBe('pay⟨U+200D⟩pal');
  });

  it('is well-formed and leaves nothing more to spell out', () => {
    fc.assert(
      fc.property(fc.string({ unit: anyCodeUnit }), (text) => {
        const shown = visibleText(text);
        expect(shown.isWellFormed()).toBe(true);
        expect(shown).not.toMatch(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e]/);
      }),
    );
  });

  it('cuts a line to its limit with an ellipsis, and never inside a character', () => {
    expect(visibleLine('one\ntwo')).toBe('one ⏎ two');
    expect(visibleLine('x'.repeat(1_000_000), 20)).toBe(`${'x'.repeat(19)}…`);
    expect(cutText('ab😀', 3)).toBe('ab');
    fc.assert(
      fc.property(
        fc.string({ unit: anyCodeUnit }),
        fc.integer({ min: 2, max: 40 }),
        (text, limit) => visibleLine(text, limit).length <= limit,
      ),
    );
  });
});
