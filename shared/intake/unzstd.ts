import { createZstdDecompress, type ZstdDecompress } from 'node:zlib';

const chunkBytes = 2 ** 18;

/**
 * Unpacks zstd, frame by frame: Node's own stream passes over what follows a frame within one chunk, and parallel
 * packers write many.
 * @param mayGrow asked with each piece that was unpacked; throws where it is enough
 * @throws the fault of zlib for what is damaged
 */
export async function* unzstd(
  source: AsyncIterable<Uint8Array>,
  mayGrow: (bytes: number) => void,
): AsyncGenerator<Uint8Array> {
  let frames = openFrames();
  try {
    for await (const chunk of source) {
      for (let input = chunk; input.length > 0; ) {
        const before = frames.bytesWritten;
        yield* await written(frames, input, mayGrow);
        const used = frames.bytesWritten - before;
        if (used === input.length) break;
        frames.destroy();
        frames = openFrames();
        input = input.subarray(used);
      }
    }
    yield* await ended(frames, mayGrow);
  } finally {
    frames.destroy();
  }
}

function written(stream: ZstdDecompress, input: Uint8Array, mayGrow: (bytes: number) => void): Promise<Uint8Array[]> {
  return collected(stream, mayGrow, (done) => stream.write(input, done));
}

/** Tells of a frame that was cut. */
function ended(stream: ZstdDecompress, mayGrow: (bytes: number) => void): Promise<Uint8Array[]> {
  return collected(stream, mayGrow, (done) => stream.once('end', done).end());
}

function collected(
  stream: ZstdDecompress,
  mayGrow: (bytes: number) => void,
  start: (done: () => void) => void,
): Promise<Uint8Array[]> {
  return new Promise((resolve, reject) => {
    const pieces: Uint8Array[] = [];
    const take = (piece: Uint8Array): void => {
      try {
        mayGrow(piece.length);
        pieces.push(piece);
      } catch (error) {
        fail(error);
      }
    };
    const leave = (): void => {
      stream.off('data', take).off('error', fail).off('end', done);
    };
    const fail = (error: unknown): void => {
      leave();
      stream.destroy();
      reject(error);
    };
    const done = (): void => {
      leave();
      resolve(pieces);
    };
    stream.on('data', take).on('error', fail).on('end', done);
    start(done);
  });
}

function openFrames(): ZstdDecompress {
  // A fault between two pieces is met by the next one.
  return createZstdDecompress({ chunkSize: chunkBytes }).on('error', () => undefined);
}
