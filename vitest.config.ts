import { configDefaults, defineConfig } from 'vitest/config';

export default defineConfig({
  test: {
    include: ['test/**/*.test.ts'],
    exclude: [...configDefaults.exclude, 'test/e2e/**', 'test/chat/**', 'test/browser/**', 'test/training/**'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    // Worker threads of the embedded trainer are started by child processes of the tests, not by threads of them.
    pool: 'forks',
    maxWorkers: 2,
  },
});
