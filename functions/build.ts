import { rm } from 'node:fs/promises';
import { parseArgs } from 'node:util';
import { bundleFunctions } from './_build/bundle-functions.ts';
import { type Architecture, architectures, makeLayers } from './_build/make-layers.ts';
import { dist } from './_build/places.ts';
import { checkSizes, measureFunctions } from './_build/sizes.ts';

const usage = `usage: npm run build:functions [-- --arch ${architectures.join('|')}] [--clean]`;

/** Builds all functions and their layers into dist/, and fails where Lambda would not take one. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { arch: { type: 'string', default: 'arm64' }, clean: { type: 'boolean' } },
  });
  const arch = architectures.find((known) => known === values.arch);
  if (arch === undefined) throw new Error(`${usage}\nThere is no architecture ${values.arch}.`);
  if (values.clean === true) await rm(dist, { recursive: true, force: true });
  await build(arch);
}

async function build(arch: Architecture): Promise<void> {
  const begun = performance.now();
  const bundles = await bundleFunctions();
  const bundled = performance.now();
  await makeLayers(arch);
  const sizes = await measureFunctions(bundles, arch);
  checkSizes(sizes);
  const seconds = (from: number, to: number) => `${((to - from) / 1_000).toFixed(1)} s`;
  console.log(
    `${bundles.length} functions in ${seconds(begun, bundled)}, layers for ${arch} in ${seconds(bundled, performance.now())}: dist/`,
  );
}

await main();
