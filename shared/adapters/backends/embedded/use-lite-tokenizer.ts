/** One entry of the vocabulary: the piece and its log probability. */
export type Piece = readonly [text: string, score: number];

const separator = '\u2581';
/** The first pieces are control symbols, which no text contains. */
const reservedPieces = 6;
const unknown = 0;

/**
 * SentencePiece unigram tokenizer of USE-Lite: the segmentation of highest total log probability (Kudo 2018, arXiv
 * 1804.10959), found by Viterbi, in time linear in the text. Same ids as `@energetic-ai/embeddings`, but for a text
 * that begins with a colon or a smiley: their scores are missing in the vocabulary and count 0, which the package takes
 * for "nothing found yet".
 */
export class UseLiteTokenizer {
  readonly #pieces: readonly Piece[];
  /** Piece lengths in code points. */
  readonly #lengths: Int32Array;
  readonly #root: TrieNode = new TrieNode();

  constructor(pieces: readonly Piece[]) {
    this.#pieces = pieces;
    this.#lengths = new Int32Array(pieces.length);
    pieces.forEach(([text], id) => {
      const symbols = [...text];
      this.#lengths[id] = symbols.length;
      if (id < reservedPieces) {
        return;
      }
      let node = this.#root;
      for (const symbol of symbols) {
        node = node.childFor(symbol);
      }
      node.id = id;
    });
  }

  /** Piece ids of the text; a run of unknown characters is one id 0. Empty for an empty text. */
  encode(text: string): number[] {
    const normalized = text.normalize('NFKC');
    if (normalized.length === 0) {
      return [];
    }
    const symbols = [...(separator + normalized.replaceAll(' ', separator))];
    const length = symbols.length;
    const best = new Float64Array(length + 1).fill(Number.NEGATIVE_INFINITY);
    const last = new Int32Array(length + 1);
    best[0] = 0;
    for (let start = 0; start < length; start++) {
      const base = best[start] ?? 0;
      let matched = false;
      let node = this.#root.children.get(symbols[start] ?? '');
      for (let end = start + 1; node !== undefined; end++) {
        if (node.id >= 0) {
          matched = true;
          const score = base + (this.#pieces[node.id]?.[1] ?? 0);
          if (score >= (best[end] ?? 0)) {
            best[end] = score;
            last[end] = node.id;
          }
        }
        node = end < length ? node.children.get(symbols[end] ?? '') : undefined;
      }
      if (!matched && base >= (best[start + 1] ?? 0)) {
        best[start + 1] = base;
        last[start + 1] = unknown;
      }
    }
    return this.#backtrack(last);
  }

  #backtrack(last: Int32Array): number[] {
    const ids: number[] = [];
    let previous = -1;
    for (let end = last.length - 1; end > 0; ) {
      const id = last[end] ?? unknown;
      if (id !== unknown || previous !== unknown) {
        ids.push(id);
      }
      previous = id;
      end -= this.#lengths[id] ?? 1;
    }
    return ids.reverse();
  }
}

class TrieNode {
  readonly children = new Map<string, TrieNode>();
  id = -1;

  childFor(symbol: string): TrieNode {
    let child = this.children.get(symbol);
    if (child === undefined) {
      child = new TrieNode();
      this.children.set(symbol, child);
    }
    return child;
  }
}
