import { isUnspaced } from '../../../../domain/base/unspaced.ts';

const lastCharacter = 0x10ffff;
const lastUnit = 0xffff;

/**
 * What the readers of an export know of characters, as this program knows it, so that they do not go by another version
 * of Unicode. Ranges: first, last, first, last …
 */
export function unicodeTables(): Readonly<Record<string, readonly number[]>> {
  return {
    space: Array.from({ length: lastUnit + 1 }, (_, unit) => unit).filter((unit) => has(/\s/u, unit)),
    word: ranges((unit) => !has(/\s/u, unit) && has(/[\p{L}\p{N}\p{M}_\p{Cs}]/u, unit), lastUnit),
    visible: ranges((character) => has(/[^\p{Z}\p{C}]/u, character), lastCharacter),
    capital: ranges((character) => has(/\p{Lu}/u, character), lastCharacter),
    small: ranges((character) => has(/\p{Ll}/u, character), lastCharacter),
    letter: ranges((character) => has(/[\p{L}\p{N}]/u, character), lastCharacter),
    mark: ranges((character) => has(/\p{M}/u, character), lastCharacter),
    unspaced: ranges((character) => isUnspaced(String.fromCodePoint(character)), lastCharacter),
  };
}

/** Characters that a pattern of one character matches. */
export function rangesOf(pattern: RegExp): readonly number[] {
  return ranges((character) => has(pattern, character), lastCharacter);
}

function has(pattern: RegExp, character: number): boolean {
  return pattern.test(String.fromCodePoint(character));
}

function ranges(isIn: (character: number) => boolean, last: number): number[] {
  const bounds: number[] = [];
  let before = false;
  for (let character = 0; character <= last + 1; character += 1) {
    const now = character <= last && isIn(character);
    if (now && !before) bounds.push(character);
    if (!now && before) bounds.push(character - 1);
    before = now;
  }
  return bounds;
}
