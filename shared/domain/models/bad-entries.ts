import type { z } from 'zod';
import { quoted } from '../base/quoted.ts';

/**
 * What is wrong with entries of settings that are lists, by the setting's name: the entry, and what it may be.
 * @param given the values that were refused, by name
 */
export function badEntries(
  error: z.ZodError,
  given: Readonly<Record<string, unknown>>,
): ReadonlyMap<string, readonly string[]> {
  const found = new Map<string, string[]>();
  for (const issue of error.issues) {
    const [setting, index] = issue.path;
    if (typeof setting !== 'string' || typeof index !== 'number') continue;
    const values = given[setting];
    const entry: unknown = Array.isArray(values) ? values[index] : undefined;
    const shown = typeof entry === 'string' ? quoted(entry) : String(JSON.stringify(entry)).slice(0, 60);
    const why =
      issue.code === 'invalid_value' ? `is none of ${issue.values.join(', ')}` : `cannot be taken: ${issue.message}`;
    found.set(setting, [...(found.get(setting) ?? []), `${shown} ${why}`]);
  }
  return found;
}
