import { defineConfig } from 'vitest/config';

/** What runs against a real small chat model, which `.ci/install-chat-model` installs. */
export default defineConfig({
  test: {
    include: ['test/chat/**/*.test.ts'],
    testTimeout: 180_000,
    hookTimeout: 180_000,
    pool: 'forks',
    maxWorkers: 1,
  },
});
