import { type Edit, pick } from './edit.ts';
import { around, joined, textOf, wordsOf } from './edited.ts';

const fillers = ['please', 'now', 'thanks', 'again', 'ok', 'hey', 'just'];

/**
 * The same input in other words, hardly: one word more or another order, so that the word sets' Jaccard similarity
 * stays at 0.8 or more.
 */
export const nearDuplicate: Edit = (text, random) => {
  const tokens = wordsOf(text);
  const words = new Set(tokens.map((token) => token.text.toLowerCase()));
  const filler = pick(fillers, random);
  if (words.size >= 4 && !words.has(filler) && random.below(2) === 0) {
    return random.below(2) === 0 ? around(text, '', ` ${filler}`) : around(text, `${filler} `);
  }
  const at = random.below(Math.max(1, tokens.length - 1));
  const swapped = joined([...tokens.slice(0, at), ...tokens.slice(at, at + 2).reverse(), ...tokens.slice(at + 2)]);
  return textOf(swapped) === text ? around(text, '', ' ') : swapped;
};
