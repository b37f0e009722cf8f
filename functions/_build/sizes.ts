import { glob, readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { deflateRaw } from 'node:zlib';
import type { Bundle, LayerName } from './bundle-functions.ts';
import { type Architecture, duckDbLayer, useLiteLayer } from './make-layers.ts';
import { functionsFolder } from './places.ts';

export interface FunctionSize {
  readonly name: string;
  readonly layers: readonly LayerName[];
  /** Bytes of the function's own code as a zip file. */
  readonly zipped: number;
  /** Bytes that Lambda unpacks: the code and its layers. */
  readonly unzipped: number;
}

/** Lambda's own limit on a function with its layers. */
const mostUnzipped = 250 * 2 ** 20;
/** Ours on a function's code: what is heavy belongs in a layer, where it is shared. */
const mostZipped = 1.25 * 2 ** 20;
/** What a zip file adds to the compressed bytes of a file, its name aside. */
const zipEntryBytes = 30 + 46;

/** How large the functions are, each with its layers. */
export async function measureFunctions(
  bundles: readonly Bundle[],
  arch: Architecture,
): Promise<readonly FunctionSize[]> {
  const layers: Record<LayerName, number> = {
    duckdb: await folderBytes(duckDbLayer(arch)),
    'use-lite': await folderBytes(useLiteLayer),
  };
  return Promise.all(
    bundles.map(async ({ name, layers: used }) => {
      const folder = join(functionsFolder, name);
      const unzipped = used.reduce((total, layer) => total + layers[layer], await folderBytes(folder));
      return { name, layers: used, zipped: await zippedBytes(folder), unzipped };
    }),
  );
}

/** @throws Error naming the functions that are too large */
export function checkSizes(sizes: readonly FunctionSize[]): void {
  const problems = sizes.flatMap(({ name, zipped, unzipped }) => [
    ...(zipped > mostZipped ? [`${name}: ${zipped} bytes zipped, more than ${mostZipped}`] : []),
    ...(unzipped > mostUnzipped ? [`${name}: ${unzipped} bytes with its layers, more than ${mostUnzipped}`] : []),
  ]);
  if (problems.length > 0) throw new Error(`Too large:\n${problems.join('\n')}`);
}

async function filesOf(folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  for await (const entry of glob('**/*', { cwd: folder, withFileTypes: true })) {
    if (entry.isFile()) files.push(join(entry.parentPath, entry.name));
  }
  return files;
}

async function folderBytes(folder: string): Promise<number> {
  const sizes = await Promise.all((await filesOf(folder)).map(async (file) => (await stat(file)).size));
  return sizes.reduce((total, size) => total + size, 0);
}

async function zippedBytes(folder: string): Promise<number> {
  let total = 0;
  for (const file of await filesOf(folder)) {
    const packed = await promisify(deflateRaw)(await readFile(file));
    total += packed.length + zipEntryBytes + 2 * (file.length - folder.length);
  }
  return total;
}
