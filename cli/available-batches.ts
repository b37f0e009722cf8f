/**
 * Groups items as they come: a batch holds what has arrived while the one before was worked on, at most `limit` items.
 * So a slow writer gets its answers at once, and a fast one large batches. Reads ahead two batches at most.
 */
export async function* availableBatches<T>(items: AsyncIterable<T>, limit: number): AsyncGenerator<readonly T[]> {
  const waiting: T[] = [];
  let ended = false;
  let fault: { readonly error: unknown } | undefined;
  let wakeReader: () => void = () => undefined;
  let wakeWriter: () => void = () => undefined;

  const fill = async (): Promise<void> => {
    try {
      for await (const item of items) {
        waiting.push(item);
        wakeReader();
        while (waiting.length >= 2 * limit && !ended) {
          await new Promise<void>((resolve) => {
            wakeWriter = resolve;
          });
        }
        if (ended) return;
      }
    } catch (error) {
      fault = { error };
    } finally {
      ended = true;
      wakeReader();
    }
  };
  void fill();

  try {
    for (;;) {
      while (waiting.length === 0 && !ended) {
        await new Promise<void>((resolve) => {
          wakeReader = resolve;
        });
      }
      // Lets the lines that came in one piece with the first one join it.
      await new Promise((resolve) => setImmediate(resolve));
      const batch = waiting.splice(0, limit);
      wakeWriter();
      if (batch.length > 0) yield batch;
      else if (ended) break;
    }
  } finally {
    ended = true;
    wakeWriter();
  }
  if (fault !== undefined) throw fault.error;
}
