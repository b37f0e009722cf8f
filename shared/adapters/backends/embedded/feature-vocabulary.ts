/** From the 64-bit hash of an n-gram to a number counted from 0, by open addressing. */
export class FeatureVocabulary {
  #low: Uint32Array;
  #high: Uint32Array;
  /** Id + 1 by slot; 0 is a free slot. */
  #slots: Int32Array;
  #mask: number;
  #size = 0;

  constructor(expected = 1 << 12) {
    const capacity = 2 ** Math.max(4, Math.ceil(Math.log2(expected * 2)));
    this.#slots = new Int32Array(capacity);
    this.#mask = capacity - 1;
    this.#low = new Uint32Array(capacity >> 1);
    this.#high = new Uint32Array(capacity >> 1);
  }

  get size(): number {
    return this.#size;
  }

  /** Of memory. */
  get bytes(): number {
    return this.#slots.byteLength + this.#low.byteLength + this.#high.byteLength;
  }

  /** The hashes' halves by id. */
  keys(): { readonly low: Uint32Array; readonly high: Uint32Array } {
    return { low: this.#low.slice(0, this.#size), high: this.#high.slice(0, this.#size) };
  }

  /** The id, or -1. */
  find(low: number, high: number): number {
    const a = low >>> 0;
    const b = high >>> 0;
    for (let slot = a & this.#mask; ; slot = (slot + 1) & this.#mask) {
      const id = (this.#slots[slot] ?? 0) - 1;
      if (id < 0 || (this.#low[id] === a && this.#high[id] === b)) {
        return id;
      }
    }
  }

  /** The id, a new one when it is not yet known. */
  findOrAdd(low: number, high: number): number {
    const a = low >>> 0;
    const b = high >>> 0;
    let slot = a & this.#mask;
    for (; ; slot = (slot + 1) & this.#mask) {
      const id = (this.#slots[slot] ?? 0) - 1;
      if (id < 0) {
        break;
      }
      if (this.#low[id] === a && this.#high[id] === b) {
        return id;
      }
    }
    if (this.#size >= this.#slots.length >> 1) {
      this.#grow();
      slot = this.#freeSlot(a);
    }
    const id = this.#size++;
    this.#low[id] = a;
    this.#high[id] = b;
    this.#slots[slot] = id + 1;
    return id;
  }

  #freeSlot(low: number): number {
    let slot = low & this.#mask;
    while (this.#slots[slot] !== 0) {
      slot = (slot + 1) & this.#mask;
    }
    return slot;
  }

  #grow(): void {
    const capacity = this.#slots.length * 2;
    const low = new Uint32Array(capacity >> 1);
    const high = new Uint32Array(capacity >> 1);
    low.set(this.#low);
    high.set(this.#high);
    this.#low = low;
    this.#high = high;
    this.#slots = new Int32Array(capacity);
    this.#mask = capacity - 1;
    for (let id = 0; id < this.#size; id++) {
      this.#slots[this.#freeSlot(low[id] ?? 0)] = id + 1;
    }
  }
}

/** A vocabulary in which `low[i]`, `high[i]` has id i. The keys are all different. */
export function vocabularyOf(low: Uint32Array, high: Uint32Array): FeatureVocabulary {
  const vocabulary = new FeatureVocabulary(low.length + 1);
  for (let id = 0; id < low.length; id++) {
    vocabulary.findOrAdd(low[id] ?? 0, high[id] ?? 0);
  }
  return vocabulary;
}
