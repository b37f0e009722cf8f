import type { z } from 'zod';

/** Why a line cannot be used, and how to mend it: a few words each, in the terms of the file. */
export interface LineProblem {
  readonly reason: string;
  readonly mend: string;
}

export type LineResult<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly problem: LineProblem };

/** Deepest nesting of objects and arrays that is stored; deeper ones break the JSON writers further on. */
const maxDepth = 64;

/** Half of a character, as only an escape can write it (or a whole character as two escapes). */
const loneSurrogate = /\\u[dD][89a-fA-F]/;

/** A line that holds one JSON object. Halves of characters become U+FFFD: no store keeps them. Never throws. */
export function parseJsonObject(text: string): LineResult<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = loneSurrogate.test(text) ? JSON.parse(text, wellFormed) : JSON.parse(text);
  } catch (error) {
    const detail = error instanceof Error ? error.message : 'it cannot be parsed';
    return refuse(`not JSON: ${detail}`, 'write one complete JSON object a line');
  }
  if (value === null || typeof value !== 'object' || Array.isArray(value)) {
    return refuse(`${nameOf(value)}, not a JSON object`, 'write one JSON object a line, without a list around them');
  }
  if (isDeeperThan(value, maxDepth)) {
    return refuse(`nested deeper than ${maxDepth} levels`, 'flatten the object');
  }
  return { ok: true, value: Object.fromEntries(Object.entries(value)) };
}

/** A problem as a result. */
export function refuse(reason: string, mend: string): LineResult<never> {
  return { ok: false, problem: { reason, mend } };
}

/** The first few things that a schema found wrong, with the field of each. */
export function describeIssues(error: z.ZodError): string {
  const shown = error.issues.slice(0, 3).map((issue) => {
    const field = issue.path.map(String).join('.');
    const message = issue.message.replace(/^Invalid input: /, '');
    return field === '' ? message : `"${field}": ${message}`;
  });
  const more = error.issues.length - shown.length;
  return more > 0 ? `${shown.join('; ')}; and ${more} more` : shown.join('; ');
}

function wellFormed(_key: string, value: unknown): unknown {
  return typeof value === 'string' ? value.toWellFormed() : value;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

function isDeeperThan(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}
