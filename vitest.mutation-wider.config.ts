import { defineConfig } from 'vitest/config';

const all = ['test/unit/domain/**/*.test.ts', 'test/unit/tasks/**/*.test.ts', 'test/unit/loop/**/*.test.ts'];

/** The tests that mutants of triage, evidence, task kinds and stages meet; TESTS names fewer, for a module alone. */
export default defineConfig({
  test: {
    include: process.env.TESTS?.split(',') ?? all,
    setupFiles: ['test/helpers/mutation-setup.ts'],
    isolate: false,
    testTimeout: 60_000,
  },
});
