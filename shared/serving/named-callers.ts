import { createHash, timingSafeEqual } from 'node:crypto';
import { z } from 'zod';
import { idSchema } from '../domain/base/ids.ts';
import { reviewerSchema } from '../domain/review/review-entry.ts';
import type { Access, Caller } from './guard.ts';
import { rights } from './rights.ts';

/** Name of who has all rights: whoever knows the server's own token. */
export const ownerName = 'RATCHET_TOKEN';

const namedTokenSchema = z.strictObject({
  name: reviewerSchema
    .refine((name) => name !== ownerName, 'is the name of the token with all rights')
    .describe('of the person or the program'),
  sha256: z
    .string()
    .regex(/^[\da-f]{64}$/u, 'must be 64 hexadecimal digits in lower case')
    .describe('SHA-256 of the token'),
  models: z.union([z.literal('*'), z.array(idSchema).min(1)]).describe('that it may use; * for all'),
  rights: z.array(z.enum(rights)).min(1),
  signsForOthers: z.boolean().default(false).describe('whether it may judge and review in the name of others'),
});

/** The file of named tokens. It holds no token, so that who reads it, or a copy of it, can ask for nothing. */
export const namedTokensSchema = z
  .strictObject({ tokens: z.array(namedTokenSchema).min(1).max(1_000) })
  .refine(({ tokens }) => new Set(tokens.map(({ sha256 }) => sha256)).size === tokens.length, {
    message: 'each token stands there once',
    path: ['tokens'],
  });
export type NamedTokens = z.infer<typeof namedTokensSchema>;
type NamedToken = z.infer<typeof namedTokenSchema>;

/**
 * Tells who asks by the token that comes as `Authorization: Bearer TOKEN`.
 * @param ownToken that has all rights; null where there is none
 */
export function namedCallers({ tokens }: NamedTokens, ownToken: string | null): NonNullable<Access['caller']> {
  const known: (readonly [Buffer, Caller])[] = tokens.map((token) => [
    Buffer.from(token.sha256, 'hex'),
    callerOf(token),
  ]);
  if (ownToken !== null) known.push([sha256(ownToken), { name: ownerName, mayUse: () => true }]);
  return (context) => {
    const token = /^Bearer (.+)$/u.exec(context.req.header('authorization') ?? '')?.[1];
    const given = sha256(token ?? '');
    // All are looked at, wherever it is found: how long that takes tells nothing.
    const found = known.filter(([expected]) => timingSafeEqual(given, expected));
    return token === undefined ? null : (found[0]?.[1] ?? null);
  };
}

function callerOf({ name, models, rights, signsForOthers }: NamedToken): Caller {
  const granted = new Set(rights);
  return {
    name,
    mayUse: (modelId) => models === '*' || models.includes(modelId),
    has: (right) => granted.has(right),
    ...(signsForOthers ? {} : { signsAs: name }),
  };
}

function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
