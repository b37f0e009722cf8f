import { createHash } from 'node:crypto';
import { z } from 'zod';

/** Ids become object keys and table keys, so they never hold a separator or a dot-dot. */
const idPattern = /^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/;

/** Why a text cannot be an id, in words for the person who typed it; null when it can. */
export function idProblem(text: string): string | null {
  return idPattern.test(text) ? null : 'use 1 to 100 letters, digits, "-" and "_", beginning with a letter or a digit';
}

export const idSchema = z.string().regex(idPattern, 'use 1 to 100 letters, digits, "-" and "_"');

/** A trace id comes from outside and may hold anything printable; it is never used in a key or a path. */
export const traceIdSchema = z.string().min(1).max(500);

/** SHA-256 of the parts, hex, parts kept apart. For ids of content and for digests of inputs. */
export function digest(...parts: readonly (string | Uint8Array)[]): string {
  return digestOfAll(parts);
}

/** {@link digest} of any number of parts. */
export function digestOfAll(parts: Iterable<string | Uint8Array>): string {
  const hash = createHash('sha256');
  for (const part of parts) {
    hash.update(`${part.length}:`).update(part);
  }
  return hash.digest('hex');
}

/** The first 16 hex digits of {@link digest}: enough to name the things of one model. */
export function shortDigest(...parts: readonly (string | Uint8Array)[]): string {
  return shortDigestOfAll(parts);
}

/** {@link shortDigest} of any number of parts. */
export function shortDigestOfAll(parts: Iterable<string | Uint8Array>): string {
  return digestOfAll(parts).slice(0, 16);
}

/** JSON with object keys sorted, so that equal values have equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_key, inner: unknown) =>
    inner !== null && typeof inner === 'object' && !Array.isArray(inner)
      ? Object.fromEntries(Object.entries(inner).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)))
      : inner,
  );
}
