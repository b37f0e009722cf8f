import { describe, expect, test } from 'vitest';
import { exampleList } from '../../../../shared/loop/report/example-card.ts';
import { markedText, piecesToShow } from '../../../../shared/loop/report/highlight.ts';
import type { ExampleText } from '../../../../shared/loop/report/report-data.ts';

const at = (start: number, end: number, facet = 'city') => ({ start, end, facet });
const shown = (text: string, marks: ReturnType<typeof at>[], expected: ReturnType<typeof at>[] | null = null) =>
  String(markedText(text, marks, expected, piecesToShow(text, marks)));

describe('a text with its places', () => {
  test('names each place beside it, apart in direction', () => {
    expect(shown('to Paris!', [at(3, 8)])).toContain(
      'to <mark class="place"><bdi>Paris</bdi><bdi class="type">city</bdi></mark>!</blockquote>',
    );
    expect(shown('to Paris!', [at(3, 8)])).toContain('<blockquote class="marked" dir="auto">');
  });

  test('tells right places from wrong ones by a sign', () => {
    const marked = shown('Rome Paris', [at(0, 4), at(5, 10, 'duke')], [at(0, 4), at(5, 10)]);
    expect(marked).toContain('<bdi>Rome</bdi><bdi class="type">✓ city</bdi>');
    expect(marked).toContain('<bdi>Paris</bdi><bdi class="type">✗ duke</bdi>');
  });

  test('is inert', () => {
    const marked = shown('<b>\u202e</b>', [at(0, 3, '<i>')]);
    expect(marked).not.toMatch(/<b>|<i>|\u202e/);
    expect(marked).toContain('<bdi>&lt;b&gt;</bdi><bdi class="type">&lt;i&gt;</bdi>');
    expect(marked).toContain('⟨U+202E⟩');
  });

  test('has places within others named below it', () => {
    const marked = shown('University of Paris', [at(0, 19, 'school'), at(14, 19)]);
    expect(marked.indexOf('Within or across these')).toBeGreaterThan(marked.indexOf('</blockquote>'));
    expect(marked.match(/<mark/g)).toHaveLength(2);
  });

  test('of a long text is what stands around its places, with no character cut in half', () => {
    const text = `${'😀'.repeat(2_000)}Paris${'😀'.repeat(2_000)}Rome${'x'.repeat(9_000)}`;
    const marks = [at(4_000, 4_005), at(8_005, 8_009)];
    const marked = shown(text, marks);
    expect(marked).toContain('<bdi>Paris</bdi>');
    expect(marked).toContain('<bdi>Rome</bdi>');
    expect(marked.length).toBeLessThan(2_000);
    expect(marked.isWellFormed()).toBe(true);
    expect(marked).not.toContain('U+D');
  });

  test('of many thousand places shows some and counts the others', () => {
    const text = 'ab '.repeat(5_000);
    const marks = Array.from({ length: 5_000 }, (_, index) => at(index * 3, index * 3 + 2));
    const marked = shown(text, marks);
    expect(marked.match(/<mark/g)?.length).toBeLessThan(80);
    expect(marked).toMatch(/4,9\d\d more further on/);
  });
});

describe('the pieces of a text that are shown', () => {
  const long = 'x'.repeat(2_000);

  test('are the whole of a short one', () => {
    const short = 'x'.repeat(400);
    expect(piecesToShow(short, [at(200, 201)])).toEqual([{ start: 0, end: 400 }]);
    expect(piecesToShow(`${short}x`, [at(200, 201)])).toEqual([{ start: 140, end: 261 }]);
  });

  test('are the beginning of a long one that names no place', () => {
    expect(piecesToShow(long, [])).toEqual([{ start: 0, end: 400 }]);
    expect(piecesToShow(`${'x'.repeat(399)}😀${long}`, [])).toEqual([{ start: 0, end: 399 }]);
  });

  test('are in the order of the text, and one where they meet', () => {
    const pieces = piecesToShow(long, [at(1_000, 1_010), at(300, 310), at(350, 352)]);
    expect(pieces).toEqual([
      { start: 240, end: 412 },
      { start: 940, end: 1_070 },
    ]);
    expect(piecesToShow(long, [at(100, 110), at(230, 240)])).toEqual([{ start: 40, end: 300 }]);
    expect(piecesToShow(long, [at(100, 200), at(110, 120)])).toEqual([{ start: 40, end: 260 }]);
  });

  test('end with the text, and hold no more than the beginning of a long place', () => {
    expect(piecesToShow(long, [at(0, 5), at(1_990, 2_000)])).toEqual([
      { start: 0, end: 65 },
      { start: 1_930, end: 2_000 },
    ]);
    expect(piecesToShow(long, [at(500, 1_500)])).toEqual([{ start: 440, end: 860 }]);
  });

  test('say where something is left out', () => {
    const gapBefore = '<blockquote class="marked" dir="auto"><span class="quiet">… </span>';
    const middle = shown(long, [at(500, 510), at(1_000, 1_010)]);
    expect(middle).toContain(gapBefore);
    expect(middle.match(/<span class="quiet"> … <\/span>/g)).toHaveLength(1);
    expect(middle).toContain('<span class="quiet"> …</span></blockquote>');
    const ends = shown(long, [at(0, 5), at(1_990, 2_000)]);
    expect(ends).not.toContain(gapBefore);
    expect(ends).not.toContain(' …</span></blockquote>');
    expect(shown('to Paris!', [at(3, 8)])).not.toContain('…');
    expect(shown(long, [at(500, 1_500)])).toContain(`<bdi>${'x'.repeat(300)}…</bdi>`);
  });

  test('have each place once, in the order of the text, and nothing more told where all are seen', () => {
    const marked = shown('Rome Paris', [at(5, 10, 'b'), at(0, 4, 'a')]);
    expect(marked.replaceAll(/<[^>]*>/g, '').trim()).toBe('Romea Parisb');
    expect(marked).not.toMatch(/Within or across|more further on/);
    expect(shown('RomeParis', [at(0, 4), at(4, 9)])).not.toContain('Within or across');
    const nested = shown('University of Paris', [at(0, 10, 'inner'), at(0, 19, 'outer')]);
    expect(nested.indexOf('outer')).toBeLessThan(nested.indexOf('inner'));
    const wrong = shown('Rome', [at(0, 4)], []);
    expect(wrong).toContain('<mark class="place place-wrong">');
    expect(shown('Rome', [at(0, 4)], [at(0, 4)])).toContain('<mark class="place place-right">');
  });
});

describe('the card of an example whose answers name places', () => {
  const example: ExampleText = {
    traceId: 't1',
    input: 'from Rome to Paris',
    expected: 'city "Rome", city "Paris"',
    expectedMarks: [at(5, 9), at(13, 18)],
    before: { output: 'duke "Rome"', right: false, marks: [at(5, 9, 'duke')] },
    after: { output: 'city "Rome", city "Paris"', right: true, marks: [at(5, 9), at(13, 18)] },
  };

  test('shows the text with what was right, answered before and answered after', () => {
    const card = String(exampleList([example], 1, false));
    expect(card.match(/<blockquote/g)).toHaveLength(3);
    expect(card).toContain('✗ duke');
    expect(card.match(/✓ city/g)).toHaveLength(2);
    expect(card.indexOf('✗ wrong')).toBeLessThan(card.indexOf('✓ right'));
  });

  test('says where nothing is named, nobody has said what is right, and nothing was answered', () => {
    const none = String(exampleList([{ ...example, expectedMarks: [], after: null }], 1, true));
    expect(none).toContain('no entity');
    expect(none).toContain('(no answer)');
    const { expectedMarks: _, ...unknown } = { ...example, expected: null };
    const card = String(exampleList([unknown], 1, false));
    expect(card).toContain('nobody has said');
    expect(card).not.toContain('✗ duke');
  });
});
