import { execFileSync } from 'node:child_process';
import {
  existsSync,
  globSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  realpathSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { stripTypeScriptTypes } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { buildPackage } from '../../../cli/tools/build-package.ts';
import { SeededRandom } from '../../../shared/adapters/local/seeded-random.ts';
import { judgedTraces, samples } from '../../helpers/made-up-traffic.ts';
import { writeTinyEncoder } from '../../helpers/tiny-encoder.ts';

const root = fileURLToPath(new URL('../../../', import.meta.url));
/** An application of somebody's with the package in it, and nothing else than what the package asks for. */
let app: string;
let installed: string;

beforeAll(() => {
  app = realpathSync(mkdtempSync(join(tmpdir(), 'ratchet-package-')));
  installed = join(app, 'node_modules', 'ratchet-slm');
  mkdirSync(dirname(installed), { recursive: true });
  buildPackage(installed);
  for (const name of Object.keys(manifest().dependencies)) link(name);
  writeFileSync(join(app, 'package.json'), JSON.stringify({ name: 'app', type: 'module' }));
}, 240_000);
afterAll(() => rmSync(app, { recursive: true, force: true }));

function manifest(): {
  readonly name: string;
  readonly version: string;
  readonly dependencies: Record<string, string>;
} {
  return JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
}

function link(name: string): void {
  const at = join(app, 'node_modules', name);
  mkdirSync(dirname(at), { recursive: true });
  symlinkSync(realpathSync(join(root, 'node_modules', name)), at);
}

function node(args: readonly string[], input = ''): string {
  return execFileSync(process.execPath, args, { cwd: app, encoding: 'utf8', input, stdio: ['pipe', 'pipe', 'pipe'] });
}

const ratchet = (args: readonly string[], input = '') => node([join(installed, 'cli/bin/ratchet.js'), ...args], input);
const lines = (values: readonly unknown[]) => values.map((value) => `${JSON.stringify(value)}\n`).join('');

describe('the package', () => {
  test('is as the packer packs it: no tests, no benches, no TypeScript but types', () => {
    const [{ files }] = JSON.parse(
      execFileSync('npm', ['pack', installed, '--dry-run', '--json'], { cwd: app, encoding: 'utf8' }),
    );
    const names: readonly string[] = files.map((file: { readonly path: string }) => file.path);
    expect(names).toEqual(
      expect.arrayContaining([
        'LICENSE',
        'NOTICE',
        'sbom.cdx.json',
        'cli/library.d.ts',
        'console/dist/index.html',
        'shared/agents/prompts/judge.md',
        'training/pyproject.toml',
        'training/constraints.txt',
        'training/ratchet_training/__main__.py',
        'training/ratchet_training/job.schema.json',
        'infra/state-machines/improvement-loop.asl.json',
      ]),
    );
    expect(names.filter((name) => /^console\/(?!dist\/)/.test(name))).toEqual([]);
    expect(names).toContainEqual(expect.stringMatching(/^console\/dist\/assets\/.*\.js$/));
    expect(names.filter((name) => /^(test|bench|functions|cli\/tools)\/|(?<!\.d)\.ts$/.test(name))).toEqual([]);
  });

  test('lists the software that it is installed with, and no other', () => {
    const text = readFileSync(join(installed, 'sbom.cdx.json'), 'utf8');
    const { metadata, components, dependencies } = JSON.parse(text);
    const { name, version } = manifest();
    expect(metadata.component).toMatchObject({ name, version });

    const listed: readonly string[] = components.map((one: { readonly 'bom-ref': string }) => one['bom-ref']);
    const direct = Object.entries(manifest().dependencies).map((one) => one.join('@'));
    expect(listed).toEqual(expect.arrayContaining(direct));
    const needs = new Map<string, readonly string[]>(
      dependencies.map((one: { readonly ref: string; readonly dependsOn: readonly string[] }) => [
        one.ref,
        one.dependsOn,
      ]),
    );
    const needed = new Set(direct);
    for (const one of needed) for (const other of needs.get(one) ?? []) needed.add(other);
    expect(listed.filter((one) => !needed.has(one))).toEqual([]);
    expect(
      listed.filter((one) =>
        /^(@middy|@aws-lambda-powertools|@aws-sdk\/client-eventbridge|vitest|typescript)\b/.test(one),
      ),
    ).toEqual([]);
    expect(text.match(/https?:\/\/[^/"]+/g)).toEqual(['http://cyclonedx.org']);
  });

  test('has documents whose links lead to what is in it', () => {
    const documents = globSync(['*.md', 'docs/*.md'], { cwd: installed });
    expect(documents).toEqual(expect.arrayContaining(['README.md', 'docs/library.md']));
    const targets = documents.flatMap((file) =>
      [...readFileSync(join(installed, file), 'utf8').matchAll(/\]\(([^()\s]+)\)/g)].map(([, target = '']) => [
        file,
        target,
      ]),
    );
    const relative = targets.filter(([, target = '']) => !/^(?:[a-z]+:|#)/.test(target));
    expect(relative.length).toBeGreaterThan(20);
    const dead = relative.filter(
      ([file = '', target = '']) => !existsSync(join(installed, dirname(file), target.replace(/#.*$/, ''))),
    );
    expect(dead).toEqual([]);
  });

  test('has the files that its messages and the documentation of its command name', () => {
    const named = (text: string) => text.match(/(?<![\w./-])(?:docs|results)\/[\w./-]+\.(?:json|md)\b/g) ?? [];
    const modules = globSync('{cli,shared}/**/*.js', { cwd: installed });
    // What a comment names is where the project's own files are.
    const messages = modules.flatMap((file) =>
      named(readFileSync(join(installed, file), 'utf8').replace(/\/\*[\s\S]*?\*\/|^\s*\/\/.*$/gm, '')),
    );
    expect(messages).toEqual(expect.arrayContaining(['docs/trace.schema.json', 'docs/back-ends.md']));
    const reference = named(readFileSync(join(installed, 'docs/command-line.md'), 'utf8'));
    expect(reference).toContain('results/status.schema.json');
    const files = [...messages, ...reference].map((name) => name.replace(/^results/, 'docs/results'));
    expect([...new Set(files)].filter((file) => !existsSync(join(installed, file)))).toEqual([]);
  });

  test('answers, exports and examines itself by its command', () => {
    const examples = samples(60, 0, new SeededRandom().stream(1, 'package'));
    writeFileSync(join(app, 'examples.jsonl'), lines(examples));
    expect(ratchet(['--version']).trim()).toBe(manifest().version);
    ratchet(['create', 'desk', '--examples', 'examples.jsonl', '--no-evaluate']);
    const answers = ratchet(['predict', 'desk'], lines(examples.slice(0, 5).map(({ input }) => ({ input }))));
    expect(
      answers
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line).output),
    ).toEqual(examples.slice(0, 5).map(({ output }) => output));

    ratchet(['export', 'desk', '--to', 'exported']);
    const [first] = answers.trim().split('\n');
    const alone = node(['exported/predict.mjs'], lines([{ input: examples[0]?.input }]));
    expect(JSON.parse(alone).output).toBe(JSON.parse(first ?? '').output);
    expect(ratchet(['doctor'])).toContain('✔ USE-Lite');
  });

  test('says what to install for a foundation of one’s own', async () => {
    await writeTinyEncoder(join(app, 'encoder'));
    writeFileSync(join(app, 'few.jsonl'), lines(samples(9, 0, new SeededRandom().stream(1, 'package'))));
    expect(() => ratchet(['create', 'own', '--examples', 'few.jsonl', '--foundation', './encoder'])).toThrow(
      /Install it beside Ratchet: npm install @huggingface\/transformers/,
    );
  });

  test('serves the program that the documentation shows, whose types hold', () => {
    const traffic = samples(400, 0.6, new SeededRandom().stream(2, 'package'));
    writeFileSync(join(app, 'labelled.jsonl'), lines(samples(60, 0, new SeededRandom().stream(1, 'package'))));
    writeFileSync(join(app, 'traces.jsonl'), lines(judgedTraces('spam-filter', traffic, [])));
    const shown = /```ts\n([\s\S]*?)```/.exec(readFileSync(join(root, 'docs/library.md'), 'utf8'))?.[1] ?? '';
    expect(shown).not.toBe('');
    writeFileSync(join(app, 'example.ts'), shown);
    writeFileSync(
      join(app, 'tsconfig.json'),
      JSON.stringify({
        compilerOptions: {
          module: 'nodenext',
          target: 'es2024',
          strict: true,
          noEmit: true,
          types: ['node'],
          skipLibCheck: true,
        },
        files: ['example.ts'],
      }),
    );
    link('@types/node');
    node([join(root, 'node_modules/typescript/bin/tsc'), '-p', 'tsconfig.json']);

    writeFileSync(join(app, 'example.js'), stripTypeScriptTypes(shown));
    const told = node(['example.js']);
    expect(told).toMatch(/^400 traces are in, 0 lines were refused$/m);
    expect(told).toMatch(/^(promoted|kept): \S/m);
  }, 120_000);
});
