import fc from 'fast-check';
import { test } from 'vitest';
import { mutated } from '../../../bench/fuzz/mutations.ts';
import { feed, targets } from '../../../bench/fuzz/targets.ts';

// `npm run bench:fuzz` goes on for as long as it is told.
test.each(targets.map((target) => [target.name, target] as const))(
  '%s: a file that is nearly right is read, or refused with a mend',
  async (_, target) => {
    await fc.assert(
      fc.asyncProperty(mutated(target.files), (bytes) => feed(target, bytes)),
      { numRuns: 40, seed: 20_260 },
    );
  },
);
