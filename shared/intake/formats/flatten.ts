import type { Attributes } from './span.ts';

/** Deeper values, and those of longer names, are left out: no attribute is written so. */
const maxDepth = 32;
const longestName = 1_000;

/**
 * Objects and lists as dotted names with numbers for places, as exporters write attributes: `{"llm":{"messages":[{"role":
 * "user"}]}}` and `{"llm.messages.0.role":"user"}` are the same.
 */
export function flatten(entries: Iterable<readonly [string, unknown]>): Attributes {
  const flat = new Map<string, unknown>();
  for (const [name, value] of entries) add(flat, name, value, 0);
  return flat;
}

function add(flat: Map<string, unknown>, name: string, value: unknown, depth: number): void {
  if (name.length > longestName) return;
  if (value === null || typeof value !== 'object') {
    if (value !== null) flat.set(name, value);
    return;
  }
  if (depth === maxDepth) return;
  for (const [key, inner] of Object.entries(value)) add(flat, `${name}.${key}`, inner, depth + 1);
}

/**
 * What stands under numbered names, by number: of `messages.0.role` and `messages.0.content`, with the prefix
 * `messages`, one list entry with `role` and `content`.
 */
export function numbered(attributes: Attributes, prefix: string): readonly Attributes[] {
  const byNumber = new Map<number, Map<string, unknown>>();
  for (const [name, value] of attributes) {
    if (!name.startsWith(`${prefix}.`)) continue;
    const [, digits, rest] = /^(\d{1,6})\.(.+)$/.exec(name.slice(prefix.length + 1)) ?? [];
    if (digits === undefined || rest === undefined) continue;
    const entry = byNumber.get(Number(digits)) ?? new Map<string, unknown>();
    byNumber.set(Number(digits), entry.set(rest, value));
  }
  return [...byNumber].sort(([a], [b]) => a - b).map(([, entry]) => entry);
}
