import { defineConfig } from 'vitest/config';

/** The console in a real browser, which `.ci/install-browser` installs, on a real workspace. */
export default defineConfig({
  test: {
    include: ['test/browser/**/*.test.ts'],
    globalSetup: ['test/helpers/console-setup.ts'],
    testTimeout: 240_000,
    hookTimeout: 240_000,
    pool: 'forks',
    maxWorkers: 1,
    // A browser on a busy machine may lose a key that comes before the page listens.
    retry: 1,
  },
});
