// Run after `npm install` changed package-lock.json: `node .ci/complete-lock.js`.
// A registry that mirrors only some platforms makes npm leave the other platforms' optional packages out of the lock file,
// and `npm ci` then calls it out of sync. This enters them by name, version, os and cpu, so that `npm ci` works everywhere.
import { readFileSync, writeFileSync } from 'node:fs';

const path = new URL('../package-lock.json', import.meta.url);
const lock = JSON.parse(readFileSync(path, 'utf8'));

const systems = {
  android: 'android',
  darwin: 'darwin',
  freebsd: 'freebsd',
  linux: 'linux',
  netbsd: 'netbsd',
  openbsd: 'openbsd',
  openharmony: 'openharmony',
  sunos: 'sunos',
  win32: 'win32',
  aix: 'aix',
};
const processors = {
  arm64: 'arm64',
  x64: 'x64',
  ia32: 'ia32',
  arm: 'arm',
  armv7: 'arm',
  ppc64: 'ppc64',
  ppc64le: 'ppc64',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loong64',
  mips64el: 'mips64el',
  wasm32: 'wasm32',
};

const added = [];
for (const [parent, entry] of Object.entries(lock.packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    const words = name.split('/').at(-1).split('-');
    const os = words.map((word) => systems[word]).find(Boolean);
    const cpu = words.map((word) => processors[word]).find(Boolean);
    if (isLocked(parent, name) || (os === undefined && cpu === undefined) || !/^\d/.test(version)) continue;
    const libc = os === 'linux' && words.some((word) => word.startsWith('musl')) ? { libc: ['musl'] } : {};
    lock.packages[`node_modules/${name}`] = {
      version,
      ...(cpu === undefined ? {} : { cpu: [cpu] }),
      ...(entry.dev === true ? { dev: true } : {}),
      ...libc,
      optional: true,
      ...(os === undefined ? {} : { os: [os] }),
    };
    added.push(`${name}@${version}`);
  }
}
for (const entry of Object.values(lock.packages)) delete entry.resolved;
lock.packages = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
writeFileSync(path, `${JSON.stringify(lock, null, 2)}\n`);
process.stderr.write(`${added.length} packages of other platforms entered.\n`);

/** Whether the lock holds the package, below its parent or at the root. */
function isLocked(parent, name) {
  return [`${parent}/node_modules/${name}`, `node_modules/${name}`].some((path) => Object.hasOwn(lock.packages, path));
}
