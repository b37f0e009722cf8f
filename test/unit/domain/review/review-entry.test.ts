import { expect, it } from 'vitest';
import { reviewerSchema } from '../../../../shared/domain/review/review-entry.ts';

it.each(['Ana', ' Ana ', 'علی‌رضا', '👩‍🔬', 'O’Brien <b>'])('%j may sign', (name) => {
  expect(reviewerSchema.parse(name)).toBe(name.trim());
});

it.each(['', '  ', 'a\u001b[31m', 'a\nb', 'a\u202eb', 'a\u2066b', 'a\u2028b', 'x'.repeat(101)])(
  '%j may not',
  (name) => {
    expect(reviewerSchema.safeParse(name).success).toBe(false);
  },
);
