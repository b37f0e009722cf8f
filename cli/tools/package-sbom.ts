import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, posix } from 'node:path';

/** What `package.json` says of a package. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Readonly<Record<string, string>>;
}

interface Locked {
  readonly version?: string;
  readonly dependencies?: Readonly<Record<string, string>>;
  readonly optionalDependencies?: Readonly<Record<string, string>>;
  readonly peerDependencies?: Readonly<Record<string, string>>;
  readonly peerDependenciesMeta?: Readonly<Record<string, { readonly optional?: boolean }>>;
}

/** A `package-lock.json`: packages by their folder, the project itself by `''`. */
export interface Lock {
  readonly lockfileVersion: number;
  readonly packages: Readonly<Record<string, Locked>>;
}

/**
 * The list of the software that a package is installed with (CycloneDX, as JSON): itself, its dependencies at the versions
 * of the project's lock, and what those need.
 */
export function packageSbom(manifest: Manifest, lock: Lock): string {
  const folder = mkdtempSync(join(tmpdir(), 'ratchet-sbom-'));
  try {
    writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
    writeFileSync(join(folder, 'package-lock.json'), JSON.stringify(lockOf(manifest, lock)));
    const args = ['sbom', '--sbom-format', 'cyclonedx', '--package-lock-only'];
    const listed = JSON.parse(execFileSync('npm', args, { cwd: folder, encoding: 'utf8', maxBuffer: 2 ** 28 }));
    // npm calls a project by its folder.
    listed.metadata.component.name = manifest.name;
    return `${JSON.stringify(listed, null, 2)}\n`;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The part of a project's lock that a package with some of its dependencies needs. */
export function lockOf(manifest: Manifest, { lockfileVersion, packages }: Lock): Lock {
  const { name, version, dependencies } = manifest;
  const needed = new Map<string, Locked>([['', { version, dependencies }]]);
  // A map goes on to what is added to it meanwhile.
  for (const [folder, one] of needed) {
    for (const dependency of neededBy(one)) {
      const found = resolved(dependency, folder, packages);
      const locked = found === null ? undefined : packages[found];
      if (found === null || locked === undefined) continue;
      if (!needed.has(found)) needed.set(found, locked);
    }
  }
  return { ...{ name, version }, lockfileVersion, packages: Object.fromEntries(needed) };
}

function neededBy({ dependencies, optionalDependencies, peerDependencies, peerDependenciesMeta }: Locked): string[] {
  const peers = Object.keys(peerDependencies ?? {}).filter((name) => peerDependenciesMeta?.[name]?.optional !== true);
  return [...Object.keys(dependencies ?? {}), ...Object.keys(optionalDependencies ?? {}), ...peers];
}

/** The folder that Node.js finds a package in from another's: the nearest `node_modules` up the tree that has it. */
function resolved(name: string, from: string, packages: Lock['packages']): string | null {
  for (let folder = from; ; folder = folder.slice(0, Math.max(0, folder.lastIndexOf('node_modules') - 1))) {
    const place = posix.join(folder, 'node_modules', name);
    if (Object.hasOwn(packages, place)) return place;
    if (folder === '') return null;
  }
}
