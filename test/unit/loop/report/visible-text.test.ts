import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  cutText,
  visibleLine,
  visibleName,
  visibleProse,
  visibleText,
} from '../../../../shared/loop/report/visible-text.ts';

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

  it('shows line breaks and tabs of a line by signs, and has no blank before the ellipsis', () => {
    expect(visibleText('one\r\ntwo')).toBe('one\ntwo');
    expect(visibleLine('one\ttwo')).toBe('one ⇥ two');
    expect(visibleLine('four five', 6)).toBe('four…');
    expect(visibleLine('x'.repeat(20), 20)).toBe('x'.repeat(20));
    expect(visibleLine('x'.repeat(21), 20)).toBe(`${'x'.repeat(19)}…`);
    expect(visibleText('\u200dpal')).toBe('⟨U+200D⟩pal');
  });

  it('cuts a name in its middle, never inside a character', () => {
    expect(visibleName('refund_request_status', 15)).toBe('refund_…_status');
    expect(visibleName('refund_status', 13)).toBe('refund_status');
    expect(visibleName('refund_request_status', 14)).toBe('refund_…status');
    expect(visibleName('abcdefgh😀xyz', 10)).toBe('abcde…xyz');
    expect(visibleName('a name of 😀 in the middle of it', 12)).toBe('a name…of it');
  });

  it('keeps the line breaks of prose, and cuts what goes on too long', () => {
    expect(visibleProse('one\ntwo\u202e')).toBe('one\ntwo⟨U+202E⟩');
    expect(visibleProse('x'.repeat(9), 9)).toBe('x'.repeat(9));
    expect(visibleProse('x'.repeat(10), 9)).toBe(`${'x'.repeat(8)}…`);
    expect(visibleProse('four five six', 6)).toBe('four…');
    expect(visibleProse('\u202e\u202e', 9)).toBe('⟨U+202E⟩…');
    expect(visibleProse('x'.repeat(601))).toHaveLength(600);
  });

  it('cuts a text before a character that does not fit, and keeps one that does', () => {
    expect(cutText('ab', 2)).toBe('ab');
    expect(cutText('a😀b', 3)).toBe('a😀');
    expect(cutText('ab\uffffc', 3)).toBe('ab\uffff');
    for (const first of ['\ud800\udc00', '\udbff\udfff']) expect(cutText(`ab${first}`, 3)).toBe('ab');
  });
});
