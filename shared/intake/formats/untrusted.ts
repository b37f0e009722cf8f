import { isDeeperThan, parseJsonObject } from '../parse-json-line.ts';
import type { JsonObject } from './records.ts';

/** A value as an object; null where it is none. */
export function objectOf(value: unknown): JsonObject | null {
  return isObject(value) ? value : null;
}

function isObject(value: unknown): value is JsonObject {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A value as a list; empty where it is none. */
export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

/** A value as a list of objects; whatever else is in it is left out. */
export function objectsOf(value: unknown): readonly JsonObject[] {
  return listOf(value).filter(isObject);
}

/** A value as a text; null where it is none or empty. */
export function textOf(value: unknown): string | null {
  return typeof value === 'string' && value !== '' ? value : null;
}

/** A value as a number; null where it is none that a number can hold. */
export function numberOf(value: unknown): number | null {
  return typeof value === 'number' && Number.isFinite(value) ? value : null;
}

/** A value as an id: a text, or a number in digits; null where it is neither. */
export function idOf(value: unknown): string | null {
  return typeof value === 'number' ? String(value) : textOf(value);
}

/** Deepest nesting of what stands as JSON in a text within a record. */
const maxDepth = 32;

/**
 * What a text says in JSON, where it is that of an object or a list and could stand in a record of its own (no halves of
 * characters, not nested deeply); any other value as it is.
 */
export function parsedOf(value: unknown): unknown {
  if (typeof value !== 'string' || !/^\s*[[{]/.test(value)) return value;
  const parsed = parseJsonObject(`{"value":${value}}`);
  if (!parsed.ok || Object.keys(parsed.value).length !== 1 || isDeeperThan(parsed.value.value, maxDepth)) return value;
  return parsed.value.value;
}

/** The entries whose value is known. */
export function known(fields: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

/** A value as a number, written as one or as a text in a table; null where it is none. */
export function numberIn(value: unknown): number | null {
  if (typeof value !== 'string' || value.trim() === '') return numberOf(value);
  return numberOf(Number(value));
}
