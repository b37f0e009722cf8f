import { execFileSync } from 'node:child_process';
import { copyFileSync, existsSync, globSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, sep } from 'node:path';
import { argv } from 'node:process';
import { fileURLToPath } from 'node:url';
import { withoutDeadLinks } from './package-links.ts';
import { packageSbom } from './package-sbom.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

/** What people read. */
const documents = ['docs/*.md', 'README.md', 'CHANGELOG.md'];
/** What modules read beside themselves, what messages and documents point to, and under what licence. */
const beside = [
  'docs/*.schema.json',
  'docs/results/*.schema.json',
  'shared/**/*.{md,py,mjs}',
  'infra/state-machines/improvement-loop.asl.json',
  'cli/bin/{launch,ratchet}.js',
  'console/dist/**/*.{html,js,css,svg}',
  'training/{pyproject.toml,constraints.txt}',
  'training/ratchet_training/**/*.{py,json}',
  'LICENSE',
  'NOTICE',
];

/**
 * Builds the npm package into a directory, which is emptied first: the modules as JavaScript with their types, what they
 * read, documents without links to what is not in it, the console's page (built before where there is none), and a list of the software that it is installed with (CycloneDX).
 */
export function buildPackage(target: string): void {
  rmSync(target, { recursive: true, force: true });
  run(process.execPath, ['node_modules/typescript/bin/tsc', '-p', 'tsconfig.package.json', '--outDir', target]);
  if (!existsSync(join(root, 'console', 'dist', 'index.html'))) run(process.execPath, ['console/build.js']);
  for (const file of globSync([...beside, ...documents], { cwd: root })) {
    mkdirSync(dirname(join(target, file)), { recursive: true });
    copyFileSync(join(root, file), join(target, file));
  }
  const isThere = (path: string): boolean => existsSync(join(target, path));
  for (const file of globSync(documents, { cwd: target })) {
    const read = readFileSync(join(target, file), 'utf8');
    writeFileSync(join(target, file), withoutDeadLinks(read, file.replaceAll(sep, '/'), isThere));
  }
  const whole = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const { name, version, description, license, bin } = whole;
  const described = {
    name,
    version,
    description,
    license,
    type: 'module',
    engines: { node: '>=22.13' },
    bin,
    exports: { '.': { types: './cli/library.d.ts', default: './cli/library.js' }, './package.json': './package.json' },
    dependencies: usedOf(whole.dependencies, target),
    // Loaded by those alone who have a foundation of their own.
    peerDependencies: whole.peerDependencies,
    peerDependenciesMeta: whole.peerDependenciesMeta,
  };
  writeFileSync(join(target, 'package.json'), `${JSON.stringify(described, null, 2)}\n`);
  const lock = JSON.parse(readFileSync(join(root, 'package-lock.json'), 'utf8'));
  writeFileSync(join(target, 'sbom.cdx.json'), packageSbom(described, lock));
}

/** The dependencies that a module of the package names: the functions on AWS have others. */
function usedOf(dependencies: Readonly<Record<string, string>>, target: string): Readonly<Record<string, string>> {
  const code = globSync('**/*.js', { cwd: target })
    .map((file) => readFileSync(join(target, file), 'utf8'))
    .join('\n');
  return Object.fromEntries(
    Object.entries(dependencies).filter(([name]) => code.includes(`'${name}'`) || code.includes(`'${name}/`)),
  );
}

function run(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { cwd: root, encoding: 'utf8', maxBuffer: 2 ** 28 });
}

if (argv[1] === fileURLToPath(import.meta.url)) {
  const target = join(root, 'dist', 'package');
  buildPackage(target);
  const tarball = run('npm', ['pack', target, '--pack-destination', join(root, 'dist'), '--silent']).trim();
  process.stdout.write(`dist/${tarball}\nInstall it anywhere: npm install /path/to/dist/${tarball}\n`);
}
