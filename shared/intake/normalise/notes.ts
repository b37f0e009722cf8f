/** Something that was assumed or seen, and how often. */
export interface Note {
  /** A sentence without its end; holds untrusted text. */
  readonly text: string;
  readonly count: number;
}

/** More different ones are only counted: a column of free text could make one of each line. */
const mostNotes = 40;

/** What reading files assumed, each thing said once with how often. */
export class Notes {
  readonly #counts = new Map<string, number>();
  #others = 0;

  add(text: string, count = 1): void {
    const known = this.#counts.get(text);
    if (known === undefined && this.#counts.size >= mostNotes) this.#others += count;
    else this.#counts.set(text, (known ?? 0) + count);
  }

  /** The most frequent first. */
  list(): readonly Note[] {
    const notes = [...this.#counts].map(([text, count]) => ({ text, count })).sort((a, b) => b.count - a.count);
    return this.#others === 0 ? notes : [...notes, { text: 'other things assumed', count: this.#others }];
  }
}
