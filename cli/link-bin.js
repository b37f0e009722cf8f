// Run by npm's `prepare`: npm links the binaries of dependencies, not the project's own.
import { chmodSync, lstatSync, mkdirSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import process from 'node:process';
import { fileURLToPath } from 'node:url';

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const target = join(root, 'cli', 'bin', 'ratchet.js');
const link = join(root, 'node_modules', '.bin', 'ratchet');
const path = relative(dirname(link), target);

try {
  chmodSync(target, 0o755);
  mkdirSync(dirname(link), { recursive: true });
  if (pathOf(link) !== path) {
    rmSync(link, { force: true });
    symlinkSync(path, link);
  }
} catch (error) {
  process.stderr.write(
    `Cannot link node_modules/.bin/ratchet (${error.message}); start it as: node cli/bin/ratchet.js\n`,
  );
}

function pathOf(file) {
  try {
    return lstatSync(file).isSymbolicLink() ? readlinkSync(file) : undefined;
  } catch {
    return undefined;
  }
}
