import type { Context } from 'hono';
import { callerOf } from './guard.ts';
import type { Feedback, Problem } from './messages.ts';
import { refusal } from './problems.ts';

/** Whoever is known by name judges and reviews in that name. @param names that the request is signed with */
export function foreignSignature(context: Context, names: readonly string[]): Problem | null {
  const own = callerOf(context)?.signsAs;
  if (own === undefined || names.every((name) => name === own)) return null;
  return refusal(403, 'ForeignSignature', 'You may not sign as somebody else.', `Sign as ${own}.`);
}

/** A judgement whose judge has a name. */
export type Signed<T extends Pick<Feedback, 'judge'>> = T & { readonly judge: { readonly id: string } };

/** The same judgements, those without a name in the name of who asks. */
export function signedBy<T extends Pick<Feedback, 'judge'>>(
  context: Context,
  given: readonly T[],
): { readonly ok: true; readonly value: readonly Signed<T>[] } | { readonly ok: false; readonly problem: Problem } {
  const own = callerOf(context)?.signsAs;
  const signed = given.flatMap((one) => {
    const id = one.judge.id ?? own;
    return id === undefined ? [] : [{ ...one, judge: { ...one.judge, id } }];
  });
  if (signed.length === given.length) return { ok: true, value: signed };
  const problem = refusal(400, 'InvalidInput', 'It is not known who judges.', 'Name the judge: judge.id.');
  return { ok: false, problem };
}
