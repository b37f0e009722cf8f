import { execFile } from 'node:child_process';
import { delimiter, join } from 'node:path';
import { parseArgs, promisify } from 'node:util';
import { bundleFunctions } from '../functions/_build/bundle-functions.ts';
import { architectures, duckDbLayer, makeLayers, useLiteLayer } from '../functions/_build/make-layers.ts';
import { functionsFolder } from '../functions/_build/places.ts';
import { checkSizes, type FunctionSize, measureFunctions } from '../functions/_build/sizes.ts';

/**
 * How large each Lambda function is, and how long a new Node process takes until its handler is loaded: what a cold
 * start costs beside Lambda's own part. Run alone, on an idle machine: `npm run bench:functions [-- --runs N]
 * [--json]`.
 */
const { values } = parseArgs({ options: { runs: { type: 'string', default: '7' }, json: { type: 'boolean' } } });
const runs = Number.parseInt(values.runs, 10);

/** Prints milliseconds since the process began. */
const script = 'require(process.argv[1]); process.stdout.write(String(performance.now()))';
const nothing = 'process.stdout.write(String(performance.now()))';

interface Measured extends FunctionSize {
  /** Milliseconds, median. */
  readonly loaded: number;
}

const arch = architectures[process.arch === 'arm64' ? 0 : 1];
const bundles = await bundleFunctions();
await makeLayers(arch);
const sizes = await measureFunctions(bundles, arch);
checkSizes(sizes);
const bare = await median(nothing, '');
const measured: Measured[] = [];
for (const size of sizes) {
  measured.push({ ...size, loaded: await median(script, join(functionsFolder, size.name, 'index.js')) });
}
console.log(
  values.json === true ? JSON.stringify({ node: process.version, arch, bare, functions: measured }) : table(),
);

/** The median of several runs, after one that warms the disk's cache. */
async function median(code: string, file: string): Promise<number> {
  const times: number[] = [];
  for (let run = -1; run < runs; run += 1) {
    const { stdout } = await promisify(execFile)(process.execPath, ['-e', code, file], {
      env: {
        NODE_PATH: [duckDbLayer(arch), useLiteLayer]
          .map((layer) => join(layer, 'nodejs', 'node_modules'))
          .join(delimiter),
        AWS_REGION: 'us-east-1',
      },
    });
    if (run >= 0) times.push(Number(stdout));
  }
  return times.sort((a, b) => a - b)[times.length >> 1] ?? Number.NaN;
}

function table(): string {
  const rows = measured.map(({ name, layers, zipped, unzipped, loaded }) => [
    name,
    layers.join(' ') || '–',
    `${(zipped / 1_024).toFixed(0)} KB`,
    `${(unzipped / 2 ** 20).toFixed(1)} MB`,
    `${loaded.toFixed(0)} ms`,
  ]);
  const head = ['function', 'layers', 'zipped', 'unzipped with layers', 'process start to handler loaded'];
  return [
    `Node ${process.version}, ${arch}; median of ${runs}; an empty process takes ${bare.toFixed(0)} ms.`,
    '',
    ...[head, head.map(() => '---'), ...rows].map((cells) => `| ${cells.join(' | ')} |`),
  ].join('\n');
}
