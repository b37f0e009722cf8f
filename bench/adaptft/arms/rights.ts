/** Right and wrong answers in order, a bit each, as base64: what results are compared by, item by item. */
export function packRights(rights: readonly boolean[]): string {
  const bytes = new Uint8Array(Math.ceil(rights.length / 8));
  rights.forEach((right, at) => {
    if (right) bytes[at >> 3] = (bytes[at >> 3] ?? 0) | (1 << (at & 7));
  });
  return Buffer.from(bytes).toString('base64');
}

export function unpackRights(packed: string, length: number): boolean[] {
  const bytes = Buffer.from(packed, 'base64');
  return Array.from({ length }, (_, at) => (((bytes[at >> 3] ?? 0) >> (at & 7)) & 1) === 1);
}
