import { expect, test } from 'vitest';
import { Claims, claimMs } from '../../../../shared/domain/review/claims.ts';

test('a card is one reviewer’s for ten minutes, and as long again when it is claimed again', () => {
  const claims = new Claims();
  expect(claims.take(['a', 'b', 'a'], 'ana', 0)).toEqual({ claimed: ['a', 'b'], held: [] });
  expect(claims.take(['b', 'c'], 'ben', 1)).toEqual({
    claimed: ['c'],
    held: [{ cardId: 'b', reviewer: 'ana', until: claimMs }],
  });
  expect(claims.of('a', claimMs - 1)).toEqual({ reviewer: 'ana', until: claimMs });
  expect(claims.of('a', claimMs)).toBeNull();
  claims.take(['b'], 'ana', claimMs - 1);
  expect(claims.take(['a', 'b'], 'ben', claimMs)).toMatchObject({ claimed: ['a'], held: [{ cardId: 'b' }] });
});

test('who is done with a card frees it, and nobody else does', () => {
  const claims = new Claims();
  claims.take(['a'], 'ana', 0);
  claims.release(['a'], 'ben');
  expect(claims.of('a', 1)?.reviewer).toBe('ana');
  claims.release(['a'], 'ana');
  expect(claims.of('a', 1)).toBeNull();
});

test('a claim made while the clock stood ahead keeps nobody out once it is right', () => {
  const claims = new Claims();
  const year = 365 * 86_400_000;
  claims.take(['a'], 'ana', year);
  expect(claims.of('a', 0)).toBeNull();
  expect(claims.take(['a'], 'ben', 0)).toEqual({ claimed: ['a'], held: [] });
});
