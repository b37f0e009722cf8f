import { configDefaults, defineConfig } from 'vitest/config';

/** Tests that keep no state which others would meet: a worker loads their modules once, not once a file. */
const stateless = [
  'contract',
  'infra',
  'integration',
  ...[
    ...['adapters', 'agents', 'bench', 'cli', 'composition', 'console', 'domain', 'intake', 'loop', 'operations'],
    ...['ports', 'serving', 'tasks'],
  ].map((folder) => `unit/${folder}`),
].map((folder) => `test/${folder}/**/*.test.ts`);

export default defineConfig({
  test: {
    // Worker threads of the embedded trainer are started by child processes of the tests, not by threads of them.
    pool: 'forks',
    maxWorkers: 2,
    testTimeout: 240_000,
    hookTimeout: 240_000,
    projects: [
      { extends: true, test: { name: 'stateless', include: stateless, isolate: false } },
      {
        extends: true,
        test: {
          name: 'apart',
          include: ['test/**/*.test.ts'],
          exclude: [
            ...configDefaults.exclude,
            ...stateless,
            ...['e2e', 'athena', 'chat', 'browser', 'training'].map((folder) => `test/${folder}/**`),
          ],
        },
      },
    ],
  },
});
