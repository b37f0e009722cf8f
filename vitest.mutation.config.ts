import { statSync } from 'node:fs';
import { defineConfig } from 'vitest/config';
import { BaseSequencer, type TestSpecification } from 'vitest/node';

/** Small files first: a mutant that a plain example kills never meets the slow properties. */
class SmallFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const size = new Map(files.map((file) => [file, statSync(file.moduleId).size]));
    return files.toSorted((a, b) => (size.get(a) ?? 0) - (size.get(b) ?? 0));
  }
}

/** The unit tests of the rules alone: what mutation testing runs thousands of times. */
export default defineConfig({
  test: {
    include: ['test/unit/domain/**/*.test.ts'],
    exclude: ['test/unit/domain/triage/**'],
    setupFiles: ['test/helpers/mutation-setup.ts'],
    sequence: { sequencer: SmallFirst },
    // The rules keep no state between tests; modules are loaded once.
    isolate: false,
    testTimeout: 60_000,
  },
});
