import { z } from 'zod';
import type { Caller } from '../../shared/serving/guard.ts';

/** What an HTTP API tells of a token that it has checked. */
const tokenSchema = z.object({
  authorizer: z.object({ jwt: z.object({ claims: z.record(z.string(), z.unknown()) }) }),
});
/** What a function URL tells of a signature that it has checked. */
const signatureSchema = z.object({ authorizer: z.object({ iam: z.object({ userArn: z.string().min(1) }) }) });

/** By such scopes a token may use a model, or all. */
const scopeOf = (modelId: string): string => `ratchet/${modelId}`;
const everyModel = scopeOf('*');

/**
 * Who asks, by the request context that Lambda was given; null where nobody was checked. Whoever may call the function by
 * IAM may use every model; a token may use those that its scopes name.
 * @param access what lets requests in: nothing is taken from anything else
 */
export function callerOf(requestContext: unknown, access: 'iam' | 'jwt'): Caller | null {
  if (access === 'iam') {
    const signed = signatureSchema.safeParse(requestContext);
    return signed.success ? { name: signed.data.authorizer.iam.userArn, mayUse: () => true } : null;
  }
  const token = tokenSchema.safeParse(requestContext);
  if (!token.success) return null;
  const { claims } = token.data.authorizer.jwt;
  const scopes = scopesOf(claims);
  return {
    name: nameOf(claims),
    mayUse: (modelId) => scopes.has(everyModel) || scopes.has(scopeOf(modelId)),
  };
}

/** `scope` as RFC 8693 has it, `scp` as others do; lists come as the text `[a b]`. */
function scopesOf({ scope, scp }: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const texts = [scope, scp].filter((text) => typeof text === 'string');
  return new Set(texts.flatMap((text) => text.replace(/^\[(.*)\]$/u, '$1').split(/[ ,]+/u)));
}

/** A person's name where the token is one's, else that of the program. */
function nameOf(claims: Readonly<Record<string, unknown>>): string {
  const names = ['username', 'cognito:username', 'preferred_username', 'client_id', 'azp', 'sub'];
  const found = names.map((name) => claims[name]).find((name) => typeof name === 'string' && name !== '');
  return String(found ?? 'nameless').slice(0, 200);
}
