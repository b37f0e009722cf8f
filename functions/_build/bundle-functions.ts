import { cp, glob, rm, writeFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { type BuildOptions, build, type Metafile, type Plugin } from 'esbuild';
import { dist, functionsFolder, root } from './places.ts';

/**
 * What the bundles leave to layers: packages with native code or large data, and what starts worker threads from files
 * of its own.
 */
const fromLayers = { duckdb: ['@duckdb/*'], 'use-lite': ['@energetic-ai/*', 'piscina'] } as const;
export type LayerName = keyof typeof fromLayers;

/** A function that was bundled to `dist/functions/<name>/index.js`. */
export interface Bundle {
  readonly name: string;
  readonly layers: readonly LayerName[];
}

/** What reads prompts, from the folder beside its code. */
const promptReader = 'shared/agents/prompt.ts';
const prompts = 'prompts';

const workerEntry = 'shared/adapters/backends/embedded/worker.ts';

/** zod's messages in English alone: its other languages would be a fifth of a small function. */
const englishOnly: Plugin = {
  name: 'english-only',
  setup({ onLoad }) {
    onLoad({ filter: /[\\/]zod[\\/]v4[\\/]locales[\\/]index\.js$/ }, () => ({
      contents: "export { default as en } from './en.js';",
    }));
  },
};

/**
 * CommonJS, since modules of layers are found by `require` alone (NODE_PATH is nothing to `import`). Names are kept:
 * error names and class names are part of what functions tell.
 */
const options = {
  absWorkingDir: root,
  outdir: functionsFolder,
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'cjs',
  minify: true,
  keepNames: true,
  legalComments: 'external',
  mainFields: ['module', 'main'],
  // No function trains on SageMaker, whose client is large (Lambda has one of its own), nor by an encoder of one's own.
  external: [
    ...Object.values(fromLayers).flat(),
    '@aws-sdk/client-sagemaker',
    '@huggingface/transformers',
    'onnxruntime-node',
  ],
  banner: { js: "const importMetaUrl=require('node:url').pathToFileURL(__filename).href;" },
  define: { 'import.meta.url': 'importMetaUrl' },
  plugins: [englishOnly],
  metafile: true,
  logLevel: 'warning',
} as const satisfies BuildOptions;

/** Names of all functions: the folders with a handler. */
export async function functionNames(): Promise<readonly string[]> {
  const names: string[] = [];
  for await (const path of glob('functions/*/handler.ts', { cwd: root })) names.push(basename(dirname(path)));
  return names.sort();
}

/** Bundles every function, and beside its code that of the worker threads and the prompts, where it uses some. */
export async function bundleFunctions(): Promise<readonly Bundle[]> {
  await rm(functionsFolder, { recursive: true, force: true });
  const names = await functionNames();
  const { metafile } = await build({
    ...options,
    entryPoints: names.map((name) => ({ in: `functions/${name}/handler.ts`, out: `${name}/index` })),
  });
  const bundles = names.map((name) => ({ name, layers: layersOf(outputOf(metafile, name)) }));
  const withWorkers = bundles.filter(({ layers }) => layers.includes('use-lite'));
  const worker = await build({ ...options, entryPoints: [workerEntry], outdir: dist, write: false });
  for (const { path, contents } of worker.outputFiles) {
    await Promise.all(withWorkers.map(({ name }) => writeFile(join(functionsFolder, name, basename(path)), contents)));
  }
  const prompted = names.filter((name) => Object.hasOwn(outputOf(metafile, name).inputs, promptReader));
  const from = join(root, dirname(promptReader), prompts);
  await Promise.all(prompted.map((name) => cp(from, join(functionsFolder, name, prompts), { recursive: true })));
  // Within this repository, whose own files are modules, Node has to be told.
  await Promise.all(
    names.map((name) => writeFile(join(functionsFolder, name, 'package.json'), '{"type":"commonjs"}\n')),
  );
  return bundles;
}

function outputOf(metafile: Metafile, name: string): Metafile['outputs'][string] {
  const output = Object.values(metafile.outputs).find(
    ({ entryPoint }) => entryPoint === `functions/${name}/handler.ts`,
  );
  if (output === undefined) throw new Error(`esbuild wrote no bundle for ${name}.`);
  return output;
}

/** The layers that have what a bundle requires. */
function layersOf(output: Metafile['outputs'][string]): LayerName[] {
  const required = output.imports.filter(({ external }) => external === true).map(({ path }) => path);
  return Object.entries(fromLayers)
    .filter(([, patterns]) =>
      patterns.some((pattern) =>
        required.some((path) => path === pattern || path.startsWith(pattern.replace('*', ''))),
      ),
    )
    .map(([layer]) => layer as LayerName);
}
