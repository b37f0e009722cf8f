import { createHash } from 'node:crypto';
import { Hono } from 'hono';
import { expect, test } from 'vitest';
import { namedCallers, namedTokensSchema } from '../../../shared/serving/named-callers.ts';

const sha256 = createHash('sha256').update('secret-of-ana').digest('hex');
const ana = { name: 'ana', sha256, models: ['support'], rights: ['review'] };

async function nameBy(authorization: string | null, ownToken: string | null = null): Promise<string | null> {
  const caller = namedCallers(namedTokensSchema.parse({ tokens: [ana] }), ownToken);
  const app = new Hono();
  app.get('/', (context) => context.json(caller(context)?.name ?? null));
  const response = await app.request('/', { headers: authorization === null ? {} : { authorization } });
  return (await response.json()) as string | null;
}

test('a token tells who asks', async () => {
  expect(await nameBy('Bearer secret-of-ana')).toBe('ana');
  expect(await nameBy('Bearer the-own-token', 'the-own-token')).toBe('RATCHET_TOKEN');
});

test.each([
  null,
  'Bearer',
  'Bearer secret-of-an',
  'Bearer secret-of-anaa',
  'Basic secret-of-ana',
  'secret-of-ana',
  `Bearer ${sha256}`,
])('nobody is known by %s', async (authorization) => {
  expect(await nameBy(authorization)).toBeNull();
  expect(await nameBy(authorization, 'the-own-token')).toBeNull();
});

test.each([
  ['a token in place of its hash', { ...ana, sha256: 'secret-of-ana' }],
  ['no model', { ...ana, models: [] }],
  ['what is no model', { ...ana, models: ['*'] }],
  ['no right', { ...ana, rights: [] }],
  ['an unknown right', { ...ana, rights: ['admin'] }],
  ['the name of the token with all rights', { ...ana, name: 'RATCHET_TOKEN' }],
  ['a field that is not known', { ...ana, right: ['run'] }],
])('the file may not hold %s', (_what, token) => {
  expect(namedTokensSchema.safeParse({ tokens: [token] }).success).toBe(false);
});

test('the file holds each token once, and a name as often as it has tokens', () => {
  const other = { ...ana, sha256: sha256.replace(/^./u, (digit) => (digit === '0' ? '1' : '0')) };
  expect(namedTokensSchema.safeParse({ tokens: [ana, ana] }).success).toBe(false);
  expect(namedTokensSchema.safeParse({ tokens: [ana, other] }).success).toBe(true);
});
