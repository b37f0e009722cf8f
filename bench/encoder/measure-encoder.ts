import { readFile, writeFile } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { peakMiB } from '../trainer/peak-memory.ts';
import { stopwatch } from '../trainer/stopwatch.ts';
import { type EncoderName, openEncoder } from './encoders.ts';
import type { Measurement } from './measurement.ts';

// Measures one encoder on one set of texts in a process of its own, and writes the embeddings: float32, a row a text.

const { values } = parseArgs({
  options: {
    encoder: { type: 'string', default: 'ratchet' },
    place: { type: 'string', default: '{}' },
    texts: { type: 'string', default: '' },
    out: { type: 'string', default: '' },
  },
});
const texts: readonly string[] = JSON.parse(await readFile(values.texts, 'utf8'));
const embed = await openEncoder(values.encoder as EncoderName, JSON.parse(values.place));
await embed(texts.slice(0, 1));
const firstSeconds = performance.now() / 1_000;
await embed(texts.slice(0, 128));
const { result, seconds, cpuSeconds } = await stopwatch(() => embed(texts));
await writeFile(values.out, new Uint8Array(result.buffer));
let otherAlone = 0;
for (const [at, text] of texts.slice(0, 100).entries()) {
  const alone = await embed([text]);
  if (alone.some((value, column) => value !== result[at * alone.length + column])) otherAlone += 1;
}
const measurement: Measurement = {
  texts: texts.length,
  firstSeconds,
  seconds,
  cpuSeconds,
  peakMiB: await peakMiB(),
  otherAlone,
};
process.stdout.write(`${JSON.stringify(measurement)}\n`);
