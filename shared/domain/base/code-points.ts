/** Whether a text has characters that UTF-16 writes in two units, such as emoji. */
export function hasWideCharacters(text: string): boolean {
  return /[\u{10000}-\u{10ffff}]/u.test(text);
}

/** Where each code point of a text begins in UTF-16 units, and where the text ends. */
export function offsetsOfPoints(text: string): readonly number[] {
  const offsets = [0];
  let at = 0;
  for (const character of text) {
    at += character.length;
    offsets.push(at);
  }
  return offsets;
}

/** Offsets in UTF-16 units as counts of code points; one within a character counts as the next. */
export function inCodePoints(text: string, offsets: readonly number[]): readonly number[] {
  if (!hasWideCharacters(text)) return offsets;
  const points = new Map(offsetsOfPoints(text).map((offset, point) => [offset, point]));
  return offsets.map((offset) => points.get(offset) ?? points.get(offset + 1) ?? 0);
}
