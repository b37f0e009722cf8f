/**
 * Items in their order, in groups of at most so many and of at most so many bytes; one that is larger stands alone.
 * @param sizeOf in bytes
 */
export function chunksOf<T>(
  items: readonly T[],
  { count, bytes, sizeOf }: { readonly count: number; readonly bytes: number; readonly sizeOf: (item: T) => number },
): readonly (readonly T[])[] {
  const chunks: T[][] = [];
  let room = 0;
  for (const item of items) {
    const size = sizeOf(item);
    const last = chunks.at(-1);
    if (last === undefined || last.length >= count || size > room) {
      chunks.push([item]);
      room = bytes - size;
    } else {
      last.push(item);
      room -= size;
    }
  }
  return chunks;
}
