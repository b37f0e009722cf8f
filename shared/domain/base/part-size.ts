/** How many of `total` things make a part: as many as are wanted, more where that would make more than `most` parts. */
export function partSize(total: number, wanted: number, most: number): number {
  return Math.max(wanted, Math.ceil(total / most));
}

/** The things in parts of that size, in their order; the last one may be smaller. */
export function partsOf<T>(things: readonly T[], size: number): T[][] {
  const parts: T[][] = [];
  for (let from = 0; from < things.length; from += size) parts.push(things.slice(from, from + size));
  return parts;
}
