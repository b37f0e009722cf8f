import type { Context } from 'hono';
import type { ContentfulStatusCode } from 'hono/utils/http-status';
import type { z } from 'zod';
import { describeIssues, parseJsonObject } from '../intake/parse-json-line.ts';
import type { Problem } from './messages.ts';
import { refusal } from './problems.ts';

/** What a request says, or why it cannot be used. */
export type Read<T> = { readonly ok: true; readonly value: T } | { readonly ok: false; readonly problem: Problem };

/**
 * The body of a request.
 * @param schemaFor of the fields that are there: so that what is amiss is told of what was meant
 */
export async function read<S extends z.ZodType>(
  context: Context,
  schemaFor: (fields: object) => S,
): Promise<Read<z.infer<S>>> {
  const refused = (detail: string): { readonly ok: false; readonly problem: Problem } => ({
    ok: false,
    problem: refusal(400, 'InvalidInput', detail, 'See /openapi.json for what is taken.'),
  });
  const text = await bodyOf(context);
  if (text === null) return refused('The body did not come whole.');
  const object = parseJsonObject(text);
  if (!object.ok) return refused(`The body cannot be used: ${object.problem.reason}.`);
  const parsed = schemaFor(object.value).safeParse(object.value);
  return parsed.success ? { ok: true, value: parsed.data } : refused(`${describeIssues(parsed.error)}.`);
}

/** What the query of a request says. */
export function readQuery<S extends z.ZodType>(context: Context, schema: S): Read<z.infer<S>> {
  const parsed = schema.safeParse(context.req.query());
  if (parsed.success) return { ok: true, value: parsed.data };
  return {
    ok: false,
    problem: refusal(400, 'InvalidInput', `${describeIssues(parsed.error)}.`, 'See /openapi.json for what is taken.'),
  };
}

/** Null where the client has gone, or was cut off, before it had sent all of it: no fault of the server's. */
async function bodyOf(context: Context): Promise<string | null> {
  try {
    return await context.req.text();
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ECONNRESET') return null;
    throw error;
  }
}

/** A problem as an answer. */
export function told(context: Context, problem: Problem) {
  if (problem.status === 503) context.header('Retry-After', '1');
  return context.json(problem, problem.status as ContentfulStatusCode, { 'content-type': 'application/problem+json' });
}
