import { readFile } from 'node:fs/promises';
import { stripTypeScriptTypes } from 'node:module';

/** How modules of this program end: it runs as it is written, and in a package as plain JavaScript. */
const suffix = import.meta.url.endsWith('.ts') ? '.ts' : '.js';

/**
 * Where a module of this program is.
 * @param path relative to `from`, without the suffix
 * @param from `import.meta.url` of who asks
 */
export function moduleAt(path: string, from: string): URL {
  return new URL(`${path}${suffix}`, from);
}

/** A module of this program as an ES module that any JavaScript runtime reads, beside others of its kind. */
export async function plainModule(path: string, from: string): Promise<Uint8Array> {
  const source = await readFile(moduleAt(path, from), 'utf8');
  const code = suffix === '.ts' ? stripTypeScriptTypes(source) : source;
  return new TextEncoder().encode(code.replaceAll(/(from ['"]\.\/[\w-]+)\.[tj]s(?=['"])/g, '$1.mjs'));
}
