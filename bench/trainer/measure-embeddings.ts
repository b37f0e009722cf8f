import { readFile, writeFile } from 'node:fs/promises';
import { loadavg, tmpdir } from 'node:os';
import { parseArgs } from 'node:util';
import { EmbeddedRuntime } from '../../shared/adapters/backends/embedded/embedded-runtime.ts';
import { DirectoryObjectStore } from '../../shared/adapters/local/directory-object-store.ts';
import { corpusFileSchema, type Embedding } from './measurement.ts';
import { peakMiB } from './peak-memory.ts';
import { stopwatch } from './stopwatch.ts';

// Embeds a corpus in a process of its own, and writes the rows for scikit-learn: train then test, float32.

const { values } = parseArgs({
  options: {
    corpus: { type: 'string' },
    name: { type: 'string' },
    out: { type: 'string' },
    cache: { type: 'string' },
    threads: { type: 'string' },
  },
});
const { train, test } = corpusFileSchema.parse(JSON.parse(await readFile(values.corpus ?? '', 'utf8')));
const texts = [...train, ...test].map(({ text }) => text);
const [load = 0] = loadavg();
const runtime = new EmbeddedRuntime({
  objects: new DirectoryObjectStore(tmpdir()),
  threads: Number(values.threads),
  ...(values.cache !== undefined && { cacheDirectory: values.cache }),
});
try {
  // Both threads load the foundation before the clock starts.
  await runtime.embed(Array.from({ length: 512 }, (_, at) => `warm up ${at}`));
  const { result, seconds, cpuSeconds } = await stopwatch(() => runtime.embedRows(texts));
  if (values.out !== undefined) await writeFile(values.out, new Uint8Array(result.buffer));
  const embedding: Embedding = {
    corpus: values.name ?? '',
    texts: new Set(texts).size,
    seconds,
    cpuSeconds,
    peakMiB: await peakMiB(),
    load,
  };
  process.stdout.write(`${JSON.stringify(embedding)}\n`);
} finally {
  await runtime.close();
}
