import { readFile } from 'node:fs/promises';
import type { ExportedFile } from '../../../../ports/exporter.ts';
import { plainModule } from '../../own-code.ts';
import { readUseLiteWeights } from '../use-lite-weights.ts';
import { onnxFile } from './onnx-file.ts';
import { useLiteGraph } from './use-lite-graph.ts';

/** Sources of the encoder, which stand alone; they are exported without their types. */
const sources = ['use-lite', 'use-lite-tokenizer', 'kernels', 'wasm-assembler', 'even-case'];

/**
 * The sentence encoder for the readers of an export: in JavaScript this program's own code and the weights it reads, in
 * Python an ONNX graph with the same weights.
 */
export async function encoderFiles(): Promise<readonly ExportedFile[]> {
  const weights = await readUseLiteWeights();
  const encode = (value: unknown) => new TextEncoder().encode(JSON.stringify(value));
  const tensors: Record<string, { offset: number; length: number }> = {};
  const parts: Uint8Array[] = [];
  let offset = 0;
  for (const name of weights.names) {
    const values = weights.tensor(name);
    tensors[name] = { offset, length: values.length };
    parts.push(new Uint8Array(values.buffer, values.byteOffset, values.byteLength));
    offset += values.byteLength;
  }
  const code = await Promise.all(
    sources.map(async (name) => ({
      name: `encoder/${name}.mjs`,
      body: await plainModule(`../${name}`, import.meta.url),
    })),
  );
  return [
    ...code,
    { name: 'encoder/load.mjs', body: await readFile(new URL('./readers/load-encoder.mjs', import.meta.url)) },
    { name: 'encoder/pieces.json', body: encode(weights.pieces) },
    { name: 'encoder/tensors.json', body: encode(tensors) },
    { name: 'encoder/tensors.bin', body: Buffer.concat(parts) },
    { name: 'encoder/encoder.onnx', body: onnxFile(useLiteGraph(weights)) },
    { name: 'encoder.py', body: await readFile(new URL('./readers/encoder.py', import.meta.url)) },
  ];
}
