import { readFile, writeFile } from 'node:fs/promises';
import { cpus, loadavg } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { benchCommand } from '../bench-command.ts';
import { inChild } from '../trainer/child.ts';
import { type EncoderName, encoderNames, type Place } from './encoders.ts';
import { type Measurement, measurementSchema } from './measurement.ts';
import { loadTexts, prepare } from './prepare.ts';

const usage = `npm run bench:encoder [-- --rounds 3]

The product's own sentence encoder beside ONNX Runtime (native and WebAssembly) and TensorFlow.js with the same weights: texts a second
on one thread, time to the first embedding, memory, the largest difference of any float from TensorFlow.js, and how many of 100 texts
get another embedding when they are alone in their batch. Each measurement is a process of its own; the libraries take turns, and the medians of the rounds are told. ONNX Runtime is installed under node_modules/.cache.`;

const { values } = parseArgs({
  options: { rounds: { type: 'string', default: '3' }, help: { type: 'boolean', default: false } },
});
const folder = fileURLToPath(new URL('../../node_modules/.cache/ratchet-encoder', import.meta.url));
const child = fileURLToPath(new URL('./measure-encoder.ts', import.meta.url));

const { output, run } = benchCommand(usage);
await run(values.help, () => bench(Number(values.rounds)));

async function bench(rounds: number): Promise<void> {
  const place = await prepare(folder);
  const lines = [
    `${cpus()[0]?.model.trim()}, Node ${process.versions.node}, load ${loadavg()[0]?.toFixed(1)} before`,
    '',
    '| texts | encoder | texts/s | texts/s of CPU | first embedding, s | peak, MiB | largest difference | other alone |',
    '| --- | --- | --- | --- | --- | --- | --- | --- |',
  ];
  for (const [kind, texts] of Object.entries(await loadTexts())) {
    await writeFile(textsFile(), JSON.stringify(texts));
    const found = new Map<EncoderName, Measurement[]>(encoderNames.map((name) => [name, []]));
    for (let round = 0; round < rounds; round++) {
      for (const name of encoderNames) found.get(name)?.push(await measure(name, place));
    }
    const reference = await embeddings('tfjs');
    for (const [name, measurements] of found) {
      const median = (figure: (one: Measurement) => number) => medianOf(measurements.map(figure));
      const cells = [
        `${kind} (${texts.length})`,
        name,
        median((one) => one.texts / one.seconds).toFixed(0),
        median((one) => one.texts / one.cpuSeconds).toFixed(0),
        median((one) => one.firstSeconds).toFixed(2),
        median((one) => one.peakMiB).toFixed(0),
        largestDifference(await embeddings(name), reference).toExponential(1),
        `${median((one) => one.otherAlone)} of 100`,
      ];
      lines.push(`| ${cells.join(' | ')} |`);
    }
  }
  lines.push('', `Load ${loadavg()[0]?.toFixed(1)} after.`);
  await output.result(lines, lines);
}

async function measure(name: EncoderName, place: Place): Promise<Measurement> {
  const told = await inChild(process.execPath, [
    child,
    ...['--encoder', name, '--place', JSON.stringify(place), '--texts', textsFile(), '--out', rowsFile(name)],
  ]);
  return measurementSchema.parse(JSON.parse(told.trim().split('\n').at(-1) ?? ''));
}

async function embeddings(name: EncoderName): Promise<Float32Array> {
  return new Float32Array(new Uint8Array(await readFile(rowsFile(name))).buffer);
}

function textsFile(): string {
  return join(folder, 'texts.json');
}

function rowsFile(name: EncoderName): string {
  return join(folder, `${name}.f32`);
}

function medianOf(figures: readonly number[]): number {
  return figures.toSorted((a, b) => a - b)[Math.floor(figures.length / 2)] ?? Number.NaN;
}

function largestDifference(rows: Float32Array, reference: Float32Array): number {
  if (rows.length !== reference.length) return Number.NaN;
  return rows.reduce((most, value, at) => Math.max(most, Math.abs(value - (reference[at] ?? 0))), 0);
}
