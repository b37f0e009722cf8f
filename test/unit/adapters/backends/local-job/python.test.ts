import { join } from 'node:path';
import { expect, test } from 'vitest';
import { environmentFolder, packageFolder } from '../../../../../shared/adapters/backends/local-job/python.ts';

test('the environment of training jobs is in the project, or beside the node_modules that Ratchet is installed in', () => {
  expect(environmentFolder('/home/ana/ratchet/')).toBe('/home/ana/ratchet/.training');
  expect(environmentFolder('/srv/app/node_modules/ratchet-slm/')).toBe('/srv/app/.training');
  expect(environmentFolder('/srv/app/node_modules/x/node_modules/ratchet-slm/')).toBe('/srv/app/.training');
  expect(packageFolder).toBe(join(import.meta.dirname, '../../../../../training'));
});
