/** The histogram bin of a length in words: four bins for each doubling. */
export function lengthBin(words: number): number {
  return Math.round(4 * Math.log2(1 + words));
}

/** The fewest words that fall into the bin. */
export function smallestOfBin(bin: number): number {
  return Math.max(0, Math.ceil(2 ** ((bin - 0.5) / 4) - 1));
}
