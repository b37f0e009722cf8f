import { normalisedText } from './text.ts';

/** Nobody mistypes a word of more letters, and looking through one would cost the square of them. */
const longestWord = 60;

/**
 * Swaps two neighbouring letters inside one of the text's words of five letters and more; null when it has none in which
 * that changes anything.
 * @param seed which word, and where in it
 * @param mayChange whether the text may be changed from one UTF-16 unit up to another; everywhere by default
 */
export function swapLetters(
  text: string,
  seed: number,
  mayChange: (start: number, end: number) => boolean = () => true,
): string | null {
  const words = [...text.matchAll(/\p{L}{5,}/gu)].filter(
    ({ 0: word, index }) =>
      word.length <= longestWord && word.length === [...word].length && mayChange(index, index + word.length),
  );
  const match = words[seed % Math.max(1, words.length)];
  if (match === undefined) return null;
  const word = match[0];
  for (let step = 0; step < word.length - 3; step += 1) {
    const at = 1 + ((seed + step) % (word.length - 3));
    const swapped = word.slice(0, at) + word.charAt(at + 1) + word.charAt(at) + word.slice(at + 2);
    if (normalisedText(swapped) !== normalisedText(word)) {
      return text.slice(0, match.index) + swapped + text.slice(match.index + word.length);
    }
  }
  return null;
}
