import type { Context } from 'hono';
import { callerOf } from './guard.ts';
import type { Problem } from './messages.ts';
import { refusal } from './problems.ts';

/** Whoever is known by name judges and reviews in that name. @param names that the request is signed with */
export function foreignSignature(context: Context, names: readonly string[]): Problem | null {
  const own = callerOf(context)?.signsAs;
  if (own === undefined || names.every((name) => name === own)) return null;
  return refusal(403, 'ForeignSignature', 'This token may not sign as somebody else.', `Sign as ${own}.`);
}
