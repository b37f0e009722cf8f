import type { Context, MiddlewareHandler } from 'hono';
import type { AuditEntry, AuditLog } from '../ports/audit-log.ts';
import { callerOf } from './guard.ts';
import { rightFor } from './rights.ts';

/** Names that one entry tells. */
const mostSigned = 20;
const refusing: ReadonlySet<number> = new Set([401, 403, 421]);

/** Says what a request has done, for the audit log. */
export function note(context: Context, { signed, ...rest }: Omit<AuditEntry, 'caller'>): void {
  const done: Omit<AuditEntry, 'caller'> = { ...rest, signed: [...new Set(signed)].slice(0, mostSigned) };
  context.set('done', done);
}

/**
 * Enters what was done, before it is acknowledged, and what was refused. What cannot be entered is a fault of the server's
 * and told as such; the answer is given, since what it tells of has happened.
 */
export function audited(log: AuditLog, onFault: (error: unknown) => void): MiddlewareHandler {
  return async (context, next) => {
    await next();
    const { status, ok } = context.res;
    if (refusing.has(status)) {
      const name = callerOf(context)?.name ?? null;
      const right = rightFor(context.req.method, context.req.path);
      log.refused({ status, caller: name, model: name === null ? null : modelIn(context.req.path), right });
      return;
    }
    const done = context.get('done') as Omit<AuditEntry, 'caller'> | undefined;
    if (done === undefined || !ok) return;
    try {
      await log.append({ ...done, caller: callerOf(context)?.name ?? null });
    } catch (error) {
      onFault(error);
    }
  };
}

/** Null for what can be no model's name. */
function modelIn(path: string): string | null {
  return /^\/v1\/models\/(?<model>[A-Za-z\d][\w-]{0,99})(?:\/|$)/u.exec(path)?.groups?.model ?? null;
}
