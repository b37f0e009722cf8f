import type { RandomStream } from '../../shared/ports/random.ts';
import type { Labelled } from '../improvement/load-clinc.ts';

const start = '\u0002';
const end = '\u0003';
const mostWords = 40;

/**
 * Makes up texts of a label by a walk over the word pairs of its real texts: synthetic, of about their lengths and
 * words.
 */
export class BigramTraffic {
  readonly labels: readonly string[];
  readonly #followers = new Map<string, Map<string, string[]>>();
  readonly #random: RandomStream;

  constructor(rows: readonly Labelled[], random: RandomStream) {
    this.#random = random;
    for (const { text, label } of rows) {
      const chain = this.#followers.get(label) ?? new Map<string, string[]>();
      this.#followers.set(label, chain);
      let before = start;
      for (const word of [...text.split(/\s+/).filter(Boolean), end]) {
        const followers = chain.get(before);
        if (followers === undefined) chain.set(before, [word]);
        else followers.push(word);
        before = word;
      }
    }
    this.labels = [...this.#followers.keys()].sort();
  }

  next(): Labelled {
    const label = this.labels[this.#random.below(this.labels.length)] ?? '';
    const chain = this.#followers.get(label);
    const words: string[] = [];
    let before = start;
    while (words.length < mostWords) {
      const followers = chain?.get(before) ?? [end];
      const word = followers[this.#random.below(followers.length)] ?? end;
      if (word === end) break;
      words.push(word);
      before = word;
    }
    return { text: words.join(' '), label };
  }
}

/** Stands in for the data when there is none: plain templates. */
export function templates(): Labelled[] {
  const verbs = ['show', 'find', 'cancel', 'change', 'explain', 'book', 'check', 'pay', 'send', 'stop'];
  const things = [
    'my order',
    'the invoice',
    'a flight',
    'my card',
    'the meeting',
    'a table',
    'my password',
    'the alarm',
  ];
  const ends = ['please', 'now', 'for me', 'by tomorrow', 'if you can', 'today', 'again', 'for next week'];
  return Array.from({ length: 30 }, (_, label) => label).flatMap((label) =>
    things.flatMap((thing, at) =>
      ends.map((last, place) => ({
        text: `can you ${verbs[(label + at) % verbs.length]} ${thing} ${last} word${label} item${(at * 7 + place) % 50}`,
        label: `intent-${String(label).padStart(2, '0')}`,
      })),
    ),
  );
}
