import { defineConfig } from 'vitest/config';

/** What runs Python: the jobs, and with all that `.ci/install-training` installs also what they train. */
export default defineConfig({
  test: {
    include: ['test/training/**/*.test.ts'],
    testTimeout: 600_000,
    hookTimeout: 600_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
