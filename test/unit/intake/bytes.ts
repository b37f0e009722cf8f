/** Bytes as a file gives them, in pieces of a size that cuts lines and characters anywhere. */
export async function* bytesOf(content: string | Uint8Array, pieceSize = 7): AsyncGenerator<Uint8Array> {
  const bytes = typeof content === 'string' ? new TextEncoder().encode(content) : content;
  for (let start = 0; start < bytes.length; start += pieceSize) yield bytes.subarray(start, start + pieceSize);
}
