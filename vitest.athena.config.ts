import { defineConfig } from 'vitest/config';

/** What runs against the emulator's Athena and takes minutes; the end-to-end tests hold a part of it. */
export default defineConfig({
  test: {
    include: ['test/athena/**/*.test.ts'],
    globalSetup: ['test/helpers/emulator-setup.ts'],
    testTimeout: 300_000,
    hookTimeout: 300_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
