import type { CorpusProfile } from './corpus-profile.ts';

/** Longer words are no words that a hand slips in. */
const longestWord = 30;
/** Common words taken at most, the commonest. */
const mostWords = 20_000;

/**
 * The common words of a traffic, to be found by what a slip of the hand or the ear makes of them. Words at edit
 * distance one share a form with one character deleted (symmetric delete spelling correction, Garbe 2012).
 */
export class Vocabulary {
  readonly #frequency: ReadonlyMap<string, number>;
  readonly #common: ReadonlySet<string>;
  readonly #deletes = new Map<string, string[]>();
  readonly #sounds = new Map<string, string>();
  readonly #beginnings = new Map<string, string>();

  constructor(profile: CorpusProfile) {
    this.#frequency = profile.documentFrequency;
    const least = Math.max(5, 0.001 * profile.texts);
    const common = [...profile.documentFrequency]
      .filter(
        ([word, frequency]) =>
          frequency >= least && word.length >= 4 && word.length <= longestWord && /^[\p{L}\p{M}']+$/u.test(word),
      )
      .sort((a, b) => b[1] - a[1] || (a[0] < b[0] ? -1 : 1))
      .slice(0, mostWords)
      .map(([word]) => word);
    this.#common = new Set(common);
    for (const word of common) {
      for (const form of deletions(word)) {
        const known = this.#deletes.get(form);
        if (known === undefined) this.#deletes.set(form, [word]);
        else known.push(word);
      }
      const sound = soundOf(word);
      if (!this.#sounds.has(sound)) this.#sounds.set(sound, word);
      for (let end = 2; end < word.length; end += 1) {
        const beginning = word.slice(0, end);
        if (!this.#beginnings.has(beginning)) this.#beginnings.set(beginning, word);
      }
    }
  }

  /** In how many inputs the word occurs. */
  frequency(word: string): number {
    return this.#frequency.get(word) ?? 0;
  }

  isCommon(word: string): boolean {
    return this.#common.has(word);
  }

  /**
   * A common word one edit (insertion, deletion, substitution, transposition) away, the commonest; null when there is
   * none.
   */
  oneEditAway(word: string): string | null {
    if (word.length > longestWord) return null;
    let best: string | null = null;
    for (const form of deletions(word)) {
      for (const candidate of this.#deletes.get(form) ?? []) {
        if (candidate === word || !withinOneEdit(word, candidate)) continue;
        if (best === null || this.frequency(candidate) > this.frequency(best)) best = candidate;
      }
    }
    return best;
  }

  /** A common word that sounds the same (English spelling); null when there is none. */
  soundsLike(word: string): string | null {
    const found = this.#sounds.get(soundOf(word));
    return found === undefined || found === word ? null : found;
  }

  /** A common word that begins like this; null when there is none. */
  completions(beginning: string): string | null {
    return this.#beginnings.get(beginning) ?? null;
  }
}

function* deletions(word: string): Generator<string> {
  yield word;
  for (let at = 0; at < word.length; at += 1) yield word.slice(0, at) + word.slice(at + 1);
}

/** Whether two different words that share such a form are one edit apart: of equal length they may be two. */
function withinOneEdit(a: string, b: string): boolean {
  if (a.length !== b.length) return true;
  let at = 0;
  while (a[at] === b[at]) at += 1;
  if (a.slice(at + 1) === b.slice(at + 1)) return true;
  return a[at] === b[at + 1] && a[at + 1] === b[at] && a.slice(at + 2) === b.slice(at + 2);
}

/** A rough sound of an English word: the consonants as they are spoken, vowels only by their place. */
export function soundOf(word: string): string {
  return word
    .replace(/'/g, '')
    .replace(/^kn/, 'n')
    .replace(/^wr/, 'r')
    .replace(/ph/g, 'f')
    .replace(/(?:i|e)?gh(?=t|$)/g, '')
    .replace(/tch/g, 'ch')
    .replace(/(?:t|s|c)i(?:on|an)/g, 'shan')
    .replace(/c(?=[eiy])/g, 's')
    .replace(/ck|c(?!h)|q/g, 'k')
    .replace(/x/g, 'ks')
    .replace(/z/g, 's')
    .replace(/[aeiouyw]+/g, 'a')
    .replace(/(.)\1+/g, '$1');
}
