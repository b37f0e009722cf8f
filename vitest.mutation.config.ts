import { defineConfig } from 'vitest/config';

/** The unit tests of the rules alone: what mutation testing runs thousands of times. */
export default defineConfig({
  test: {
    include: ['test/unit/domain/**/*.test.ts'],
    exclude: ['test/unit/domain/triage/**'],
    setupFiles: ['test/helpers/mutation-setup.ts'],
    testTimeout: 60_000,
  },
});
