import type { Mark } from '../../domain/base/task-kind.ts';
import { type ExampleWriter, lines, type Written, type WrittenExample } from './example-writer.ts';

/**
 * Columns of tokens and BIO tags, parted by a tab, a blank line after each text. Texts are cut where words, and where
 * entities begin and end; white space between tokens is not kept.
 */
export const conllWriter: ExampleWriter = {
  name: 'conll',
  ofPlaces: true,
  frame: { ...lines, between: '\n\n' },
  write: writeTokens,
};

function writeTokens({ input, marks }: WrittenExample): Written {
  const places = marks ?? [];
  if (places.some((mark, index) => places.slice(0, index).some((other) => shareCharacters(mark, other)))) {
    return refused('entities that share characters');
  }
  if (places.some(({ facet }) => /[\t\n\r]/.test(facet))) return refused('types with a tab or a line break');
  const tokens = tokensOf(input, places);
  if (tokens.length === 0) return refused('texts of white space alone');
  if (places.some(({ start, end }) => !tokens.some((token) => token.start >= start && token.end <= end))) {
    return refused('entities of white space alone');
  }
  const rows = tokens.map(({ start, end }) => {
    const mark = places.find((place) => start >= place.start && end <= place.end);
    const isFirst = mark !== undefined && !/\S/.test(input.slice(mark.start, start));
    return `${input.slice(start, end)}\t${mark === undefined ? 'O' : `${isFirst ? 'B' : 'I'}-${mark.facet}`}`;
  });
  const cut = places.filter(({ start, end }) => cutsWord(input, start) || cutsWord(input, end));
  return { ok: true, text: rows.join('\n'), altered: cut.map(() => 'words cut in two where an entity begins or ends') };
}

/** So many UTF-16 units on either side of a place are looked at for a word that goes on over it. */
const reach = 64;

function cutsWord(input: string, at: number): boolean {
  const from = Math.max(0, at - reach);
  const bound = at - from;
  return [...words.segment(input.slice(from, at + reach))].some(
    ({ segment, index, isWordLike }) => isWordLike === true && index < bound && bound < index + segment.length,
  );
}

function refused(reason: string): Written {
  return { ok: false, reason };
}

function shareCharacters(a: Mark, b: Mark): boolean {
  return a.start < b.end && b.start < a.end;
}

interface Token {
  readonly start: number;
  readonly end: number;
}

const words = new Intl.Segmenter('und', { granularity: 'word' });

/** Words and other signs without white space, cut also where places begin and end. */
function tokensOf(input: string, places: readonly Mark[]): readonly Token[] {
  const cuts = [...new Set(places.flatMap(({ start, end }) => [start, end]))].sort((a, b) => a - b);
  const tokens: Token[] = [];
  for (const { 0: run, index: at } of input.matchAll(/\S+/gu)) {
    const bounds = [at, ...cuts.filter((cut) => cut > at && cut < at + run.length), at + run.length];
    for (const [index, start] of bounds.entries()) {
      // What stands between two cuts is segmented alone, as it would be if it were read again.
      for (const { segment, index: within } of words.segment(input.slice(start, bounds[index + 1] ?? start))) {
        tokens.push({ start: start + within, end: start + within + segment.length });
      }
    }
  }
  return tokens;
}
