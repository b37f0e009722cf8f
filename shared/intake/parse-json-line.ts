import type { z } from 'zod';
import { repeatedKey } from './repeated-key.ts';

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

/** A whole number that may be too long for a variable to hold all its digits. */
const longNumber = /[[:,\s]-?\d{16,}/;

/**
 * A line that holds one JSON object. Halves of characters become U+FFFD: no store keeps them. Whole numbers beyond 2^53
 * become texts of their digits: ids of 64 bits are such. Never throws.
 */
export function parseJsonObject(text: string): LineResult<Readonly<Record<string, unknown>>> {
  let value: unknown;
  try {
    value = loneSurrogate.test(text) || longNumber.test(text) ? JSON.parse(text, faithful) : JSON.parse(text);
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
  const field = infiniteField(value);
  if (field !== null) {
    return refuse(`"${field}": a number beyond what floating point holds`, 'write it as a text, or leave it out');
  }
  const repeated = repeatedKey(text);
  if (repeated !== null) {
    return refuse(`the key ${JSON.stringify(repeated.slice(0, 80))} comes twice in one object`, 'keep the right one');
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
    return field === '' ? describeIssue(issue) : `"${field}": ${describeIssue(issue)}`;
  });
  const more = error.issues.length - shown.length;
  return more > 0 ? `${shown.join('; ')}; and ${more} more` : shown.join('; ');
}

/** A schema's complaint in the words of a person who wrote the file. */
function describeIssue(issue: z.core.$ZodIssue): string {
  switch (issue.code) {
    case 'invalid_type': {
      const received = /received (.+)$/.exec(issue.message)?.[1] ?? 'something else';
      return received === 'undefined' ? 'is missing' : `must be ${named(issue.expected)}, not ${named(received)}`;
    }
    case 'too_small':
      if (issue.origin === 'string')
        return issue.minimum === 1 ? 'is empty' : `is shorter than ${issue.minimum} characters`;
      return issue.inclusive === false ? `must be above ${issue.minimum}` : `is too small: at least ${issue.minimum}`;
    case 'too_big':
      if (issue.origin === 'string') return `is longer than ${issue.maximum} characters`;
      return issue.inclusive === false ? `must be below ${issue.maximum}` : `is too large: at most ${issue.maximum}`;
    case 'invalid_value':
      return `must be ${issue.values.map((value) => JSON.stringify(value)).join(' or ')}`;
    case 'invalid_format':
      return issue.format === 'datetime' ? `is no time such as "2026-03-01T09:30:00Z", with its zone` : issue.message;
    case 'unrecognized_keys':
      return `unknown: ${issue.keys.map((key) => JSON.stringify(key.slice(0, 80))).join(', ')}`;
    default:
      return issue.message.replace(/^Invalid input: /, '');
  }
}

const typeNames: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  object: 'an object',
  record: 'an object',
  array: 'a list',
};

function named(type: string): string {
  return Object.hasOwn(typeNames, type) ? (typeNames[type] ?? type) : type;
}

function faithful(_key: string, value: unknown, { source }: { source?: string } = {}): unknown {
  if (typeof value === 'string') return value.toWellFormed();
  const loses = typeof value === 'number' && !Number.isSafeInteger(value) && source !== undefined;
  return loses && /^-?\d+$/.test(source) ? source : value;
}

function nameOf(value: unknown): string {
  if (value === null) return 'null';
  return Array.isArray(value) ? 'a list' : `a ${typeof value}`;
}

/** Whether objects and lists are nested more than a number of levels deep. */
export function isDeeperThan(value: unknown, levels: number): boolean {
  if (value === null || typeof value !== 'object') return false;
  return levels === 0 || Object.values(value).some((inner) => isDeeperThan(inner, levels - 1));
}

/** Path of the first number that JSON can write but no variable hold, such as 1e999; null when there is none. */
function infiniteField(value: unknown): string | null {
  if (value === null || typeof value !== 'object') return null;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner === 'number' && !Number.isFinite(inner)) return key;
    const deeper = infiniteField(inner);
    if (deeper !== null) return `${key}.${deeper}`;
  }
  return null;
}
