import { createHash, timingSafeEqual } from 'node:crypto';
import type { Context, MiddlewareHandler } from 'hono';
import { isOfPage } from './console/page-routes.ts';
import type { Problem } from './messages.ts';
import { refusal } from './problems.ts';
import { type Right, rightFor } from './rights.ts';

/** Who asks. */
export interface Caller {
  /** For logs. */
  readonly name: string;
  mayUse(modelId: string): boolean;
  /** What it may do with these models; absent for all. */
  has?(right: Right): boolean;
  /** The one name in which it may judge and review; absent for any. */
  readonly signsAs?: string;
}

export interface Access {
  /** Who may ask: everybody who knows this token; null for everybody who can reach the server. */
  readonly token: string | null;
  /** Names by which the server may be called, without ports; null for any. A page of another site whose name leads here is refused. */
  readonly hosts: readonly string[] | null;
  /** Tells who asks, where something in front of the server lets requests in; null for nobody it knows. Absent where the token decides. */
  readonly caller?: (context: Context) => Caller | null;
}

/** Only a machine may be asked without a token, never a browser on behalf of another site. */
export function guard({ token, hosts, caller }: Access): MiddlewareHandler {
  const expected = token === null ? null : sha256(`Bearer ${token}`);
  return async (context, next) => {
    const isFree = isOpen(context.req.path);
    const who = isFree ? undefined : caller?.(context);
    const refused =
      strangeHost(context.req.header('host'), hosts) ??
      strangeOrigin(context.req.header('origin'), context.req.header('host')) ??
      (isFree ? null : withoutToken(context.req.header('authorization'), expected)) ??
      (who === null ? stranger : null) ??
      (who === undefined ? null : withoutRight(who, context)) ??
      (context.req.method === 'POST' ? strangeBody(context.req.header('content-type')) : null);
    context.set('caller', who ?? undefined);
    if (refused === null) return next();
    if (refused.status === 401) context.header('WWW-Authenticate', 'Bearer');
    return context.json(refused, refused.status as 400, { 'content-type': 'application/problem+json' });
  };
}

/** Who asks; nobody where anybody may who knows the token, or can reach the server. */
export function callerOf(context: Context): Caller | undefined {
  return context.get('caller') as Caller | undefined;
}

/** Each model is for those alone who may use it. */
export function modelGuard({ caller }: Access): MiddlewareHandler {
  return async (context, next) => {
    const modelId = context.req.param('model') ?? '';
    if (caller === undefined || caller(context)?.mayUse(modelId) === true) return next();
    return context.json(forbidden, 403, { 'content-type': 'application/problem+json' });
  };
}

const forbidden = refusal(403, 'Forbidden', 'This model is not yours to use.', 'Ask for the right to it.');

const stranger = refusal(
  401,
  'Unauthorized',
  'It is not known who asks.',
  'Send a token that the server knows, as: Authorization: Bearer TOKEN.',
);

function withoutRight(who: Caller | null, context: Context): Problem | null {
  if (who?.has === undefined) return null;
  const right = rightFor(context.req.method, context.req.path);
  if (right === 'known' || (right !== null && who.has(right))) return null;
  const mend = right === null ? undefined : `Ask for the right to it: ${right}.`;
  return refusal(403, 'Forbidden', 'This token may not do that.', mend);
}

function isOpen(path: string): boolean {
  return path === '/healthz' || isOfPage(path);
}

function strangeHost(host: string | undefined, hosts: Access['hosts']): Problem | null {
  if (hosts === null) return null;
  const name = (host ?? '').replace(/:\d+$/u, '').toLowerCase();
  if (hosts.includes(name)) return null;
  return refusal(
    421,
    'MisdirectedRequest',
    'This server is not known by that name.',
    'Ask it by the address it tells.',
  );
}

function strangeOrigin(origin: string | undefined, host: string | undefined): Problem | null {
  if (origin === undefined) return null;
  const from = URL.parse(origin)?.host;
  if (from !== undefined && from === host?.toLowerCase()) return null;
  return refusal(403, 'ForeignOrigin', 'Pages of other sites may not ask.');
}

function withoutToken(given: string | undefined, expected: Buffer | null): Problem | null {
  if (expected === null || timingSafeEqual(sha256(given ?? ''), expected)) return null;
  return refusal(401, 'Unauthorized', 'The token is missing or wrong.', 'Send it as: Authorization: Bearer TOKEN.');
}

function strangeBody(type: string | undefined): Problem | null {
  if (/^application\/json\s*(?:;|$)/iu.test(type ?? '')) return null;
  return refusal(415, 'UnsupportedMediaType', 'The body is not JSON.', 'Send it with Content-Type: application/json.');
}

/** Equally long whatever is hashed, as a comparison in constant time needs. */
function sha256(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}
