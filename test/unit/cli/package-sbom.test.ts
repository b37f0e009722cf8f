import { expect, test } from 'vitest';
import { lockOf, packageSbom } from '../../../cli/tools/package-sbom.ts';

const manifest = {
  name: 'small',
  version: '1.2.3',
  license: 'MIT',
  dependencies: { reader: '2.0.0', writer: '3.0.0' },
};
const lock = {
  lockfileVersion: 3,
  packages: {
    '': { version: '1.2.3', dependencies: { reader: '2.0.0', writer: '3.0.0', lambda: '1.0.0' } },
    'node_modules/reader': {
      version: '2.0.0',
      dependencies: { text: '^1.0.0' },
      peerDependencies: { stream: '^1.0.0' },
    },
    'node_modules/reader/node_modules/text': { version: '1.0.0', dependencies: { byte: '^1.0.0' } },
    'node_modules/text': { version: '9.0.0', dependencies: { alphabet: '^1.0.0' } },
    'node_modules/writer': {
      version: '3.0.0',
      optionalDependencies: { fast: '^1.0.0', 'not-locked': '^1.0.0' },
      peerDependencies: { lambda: '^1.0.0' },
      peerDependenciesMeta: { lambda: { optional: true } },
    },
    'node_modules/fast': { version: '1.0.0', optional: true, dependencies: { writer: '^3.0.0' } },
    'node_modules/byte': { version: '1.1.0' },
    'node_modules/stream': { version: '1.0.1' },
    'node_modules/alphabet': { version: '1.0.0' },
    'node_modules/lambda': { version: '1.0.0' },
  },
};

test('what a package needs is found as Node.js finds it, what only others need is left', () => {
  expect(Object.keys(lockOf(manifest, lock).packages).sort()).toEqual([
    '',
    'node_modules/byte',
    'node_modules/fast',
    'node_modules/reader',
    'node_modules/reader/node_modules/text',
    'node_modules/stream',
    'node_modules/writer',
  ]);
});

test('the list is of the package by its own name, with what it needs', () => {
  const listed = JSON.parse(packageSbom(manifest, lock));
  expect(listed.metadata.component).toMatchObject({ name: 'small', version: '1.2.3', purl: 'pkg:npm/small@1.2.3' });
  expect(listed.components.map((one: { readonly 'bom-ref': string }) => one['bom-ref']).sort()).toEqual([
    'byte@1.1.0',
    'fast@1.0.0',
    'reader@2.0.0',
    'stream@1.0.1',
    'text@1.0.0',
    'writer@3.0.0',
  ]);
});
