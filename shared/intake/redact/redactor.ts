import { type Replacement, replaced } from '../../domain/base/replacement.ts';
import type { DetectedSpan, Detector } from '../../ports/detector.ts';
import { builtInDetectors } from './built-in-detectors.ts';
import { customDetector } from './custom-detector.ts';

export interface RedactionSettings {
  readonly redact: readonly (keyof typeof builtInDetectors)[];
  readonly redactPatterns: readonly string[];
}

/** The detectors that a model's settings ask for, those of its own patterns first; none by default. */
export function detectorsOf({ redact, redactPatterns }: RedactionSettings): readonly Detector[] {
  return [...redactPatterns.map(customDetector), ...redact.map((name) => builtInDetectors[name])];
}

/**
 * Replaces what detectors find by placeholders such as «EMAIL-1». Within one redactor, which is made for one trace, a
 * value has one placeholder however often it comes, so that who is meant where stays clear.
 */
export class Redactor {
  readonly #detectors: readonly Detector[];
  readonly #placeholders = new Map<string, string>();
  readonly #counts = new Map<string, number>();
  /** How many places were replaced. */
  replaced = 0;

  constructor(detectors: readonly Detector[]) {
    this.#detectors = detectors;
  }

  text(text: string): string {
    return replaced(text, this.replacements(text));
  }

  /** What of a text is replaced by which placeholder, in order. */
  replacements(text: string): readonly Replacement[] {
    const spans = apart(this.#detectors.map((detector) => detector.find(text)));
    this.replaced += spans.length;
    return spans.map((span) => ({ start: span.start, end: span.end, text: this.#placeholder(span) }));
  }

  /** A JSON value with all its texts redacted; names of fields stay. */
  value<T>(value: T): T {
    return this.#value(value) as T;
  }

  #value(value: unknown): unknown {
    if (typeof value === 'string') return this.text(value);
    if (Array.isArray(value)) return value.map((one) => this.#value(one));
    if (typeof value !== 'object' || value === null) return value;
    return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, this.#value(inner)]));
  }

  #placeholder({ kind, value }: DetectedSpan): string {
    const key = `${kind} ${value}`;
    const known = this.#placeholders.get(key);
    if (known !== undefined) return known;
    const count = (this.#counts.get(kind) ?? 0) + 1;
    this.#counts.set(kind, count);
    const placeholder = `«${kind}-${count}»`;
    this.#placeholders.set(key, placeholder);
    return placeholder;
  }
}

/** Spans that do not overlap, in order: where two do, the one of the earlier detector stays. */
function apart(found: readonly (readonly DetectedSpan[])[]): readonly DetectedSpan[] {
  let kept: DetectedSpan[] = [];
  for (const spans of found) {
    const fresh = spans.filter(({ start, end }) => end > start).sort((a, b) => a.start - b.start || b.end - a.end);
    const merged: DetectedSpan[] = [];
    let next = 0;
    let reached = 0;
    for (const span of fresh) {
      for (; (kept[next]?.end ?? Infinity) <= span.start; next += 1) {
        const before = kept[next];
        if (before !== undefined) merged.push(before);
      }
      if (span.start < reached || (kept[next]?.start ?? Infinity) < span.end) continue;
      merged.push(span);
      reached = span.end;
    }
    kept = [...merged, ...kept.slice(next)];
  }
  return kept;
}
