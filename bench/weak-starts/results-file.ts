import { mkdir, readFile, rename, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { dirname } from 'node:path';
import type { Random } from '../../shared/ports/random.ts';
import { type CellResult, protocol } from './cell-result.ts';
import { summarise } from './summarise.ts';

/** What an earlier call has finished, under this protocol. */
export async function readResults(file: string): Promise<readonly CellResult[]> {
  const text = await readFile(file, 'utf8').catch(() => null);
  if (text === null) return [];
  const { results = [] } = JSON.parse(text) as { results?: CellResult[] };
  return results.filter((result) => result.protocol === protocol);
}

/** Writes all results with their summary. */
export async function writeResults(file: string, results: readonly CellResult[], random: Random): Promise<void> {
  const document = {
    benchmark: 'weak-starts',
    protocol,
    machine: { cpu: cpus()[0]?.model ?? '', cores: cpus().length, node: process.version },
    ...summarise(results, random),
    results,
  };
  await mkdir(dirname(file), { recursive: true });
  await writeWhole(file, `${JSON.stringify(document)}\n`);
}

/** Writes a file whole, or not at all. */
export async function writeWhole(path: string, text: string): Promise<void> {
  await writeFile(`${path}.tmp`, text);
  await rename(`${path}.tmp`, path);
}
