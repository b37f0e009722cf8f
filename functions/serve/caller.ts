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

/** How a deployment knows who asks. */
export interface AskedBy {
  /** What lets requests in: nothing is taken from anything else. */
  readonly access: 'iam' | 'jwt';
  /**
   * Who may judge in the name of others: ARNs, of a role that is assumed without its session
   * (`arn:aws:sts::ACCOUNT:assumed-role/ROLE`), or names of programs that have tokens.
   */
  readonly signsForOthers: readonly string[];
}

/**
 * Who asks, by the request context that Lambda was given; null where nobody was checked. Whoever may call the function by
 * IAM may use every model; a token may use those that its scopes name. Both judge in their own name, unless the deployment
 * names them among those who hand on what others say.
 */
export function callerOf(requestContext: unknown, { access, signsForOthers }: AskedBy): Caller | null {
  if (access === 'iam') {
    const signed = signatureSchema.safeParse(requestContext);
    if (!signed.success) return null;
    const { userArn } = signed.data.authorizer.iam;
    const handsOn = signsForOthers.some((arn) => arn === userArn || (isRole(arn) && userArn.startsWith(`${arn}/`)));
    return { name: userArn, mayUse: () => true, ...(handsOn ? {} : { signsAs: userArn.slice(-mostOfName) }) };
  }
  const token = tokenSchema.safeParse(requestContext);
  if (!token.success) return null;
  const { claims } = token.data.authorizer.jwt;
  const scopes = scopesOf(claims);
  const { name, isProgram } = nameOf(claims);
  return {
    name,
    mayUse: (modelId) => scopes.has(everyModel) || scopes.has(scopeOf(modelId)),
    ...(isProgram && signsForOthers.includes(name) ? {} : { signsAs: name }),
  };
}

/** Of a judge's id: the end of an ARN tells who it is. */
const mostOfName = 200;

/** Whether an ARN is that of a role which is assumed, whoever does so. */
function isRole(arn: string): boolean {
  return /^arn:[a-z-]+:sts::\d+:assumed-role\/[^/]+$/u.test(arn);
}

/** `scope` as RFC 8693 has it, `scp` as others do; lists come as the text `[a b]`. */
function scopesOf({ scope, scp }: Readonly<Record<string, unknown>>): ReadonlySet<string> {
  const texts = [scope, scp].filter((text) => typeof text === 'string');
  return new Set(texts.flatMap((text) => text.replace(/^\[(.*)\]$/u, '$1').split(/[ ,]+/u)));
}

/** A person's name where the token is one's, else that of the program: persons may have chosen theirs. */
function nameOf(claims: Readonly<Record<string, unknown>>): { readonly name: string; readonly isProgram: boolean } {
  const first = (names: readonly string[]) =>
    names.map((name) => claims[name]).find((name) => typeof name === 'string' && name !== '');
  const person = first(['username', 'cognito:username', 'preferred_username']);
  const name = String(person ?? first(['client_id', 'azp', 'sub']) ?? 'nameless').slice(0, mostOfName);
  return { name, isProgram: person === undefined };
}
