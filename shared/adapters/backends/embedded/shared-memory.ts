type Numbers = Int32Array | Uint32Array | Float32Array | Float64Array | Uint8Array;

/** The same numbers in memory that worker threads share. */
export function shared<T extends Numbers>(values: T): T {
  const SameType = values.constructor as new (memory: SharedArrayBuffer) => T;
  const copy = new SameType(new SharedArrayBuffer(values.byteLength));
  copy.set(values);
  return copy;
}

/** Texts in memory that worker threads share: text i is the UTF-8 from `starts[i]` to `starts[i + 1]`. */
export interface SharedTexts {
  readonly bytes: Uint8Array;
  readonly starts: Int32Array;
}

/** @param texts well-formed ones, so that they come back as they were */
export function sharedTexts(texts: readonly string[]): SharedTexts {
  const starts = new Int32Array(texts.length + 1);
  texts.forEach((text, index) => {
    starts[index + 1] = (starts[index] ?? 0) + Buffer.byteLength(text);
  });
  const bytes = new Uint8Array(new SharedArrayBuffer(starts[texts.length] ?? 0));
  const encoder = new TextEncoder();
  texts.forEach((text, index) => {
    bytes.set(encoder.encode(text), starts[index]);
  });
  return { bytes, starts: shared(starts) };
}

const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

export function textAt({ bytes, starts }: SharedTexts, index: number): string {
  // TextDecoder refuses shared memory, so the bytes are copied.
  return decoder.decode(bytes.slice(starts[index], starts[index + 1]));
}
