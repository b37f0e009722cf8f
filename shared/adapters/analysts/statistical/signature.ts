import { createHash } from 'node:crypto';
import { distinctWords } from '../../../domain/similarity/keywords.ts';

/** Words that change nothing about what is asked. */
const courtesies = new Set(['the', 'an', 'please', 'hi', 'hello', 'hey', 'thanks', 'thank', 'you']);

/** A digest of the input's word set, courtesies aside: near-identical inputs have the same. Null below two words. */
export function inputSignature(text: string): string | null {
  const words = [...distinctWords(text)].filter((word) => !courtesies.has(word)).sort();
  if (words.length < 2) return null;
  return createHash('sha1').update(words.join(' ')).digest('base64url').slice(0, 12);
}
