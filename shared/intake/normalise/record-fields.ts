import { ratchetFormat } from '../formats/ratchet.ts';
import type { ReadingContext } from './reading-context.ts';

/** The fields of a record while it is read. */
export class Fields {
  #values: Map<string, unknown>;
  readonly #nulls: ReadonlySet<string>;
  /** What the file has for a time that no inference can have been at; null where there is one, or none. */
  saidOf: string | null = null;

  constructor(values: Readonly<Record<string, unknown>>) {
    this.#nulls = new Set(Object.keys(values).filter((name) => values[name] === null));
    this.#values = new Map(
      Object.entries(values).filter(([name, value]) => value !== undefined && (value !== null || name === 'output')),
    );
  }

  has(name: string): boolean {
    return this.#values.has(name);
  }

  /** Whether the record has the field, and says nothing in it. */
  isNull(name: string): boolean {
    return this.#nulls.has(name);
  }

  get(name: string): unknown {
    return this.#values.get(name);
  }

  set(name: string, value: unknown): void {
    this.#values.set(name, value);
  }

  take(name: string): unknown {
    const value = this.#values.get(name);
    this.#values.delete(name);
    return value;
  }

  names(): readonly string[] {
    return [...this.#values.keys()];
  }

  all(): Readonly<Record<string, unknown>> {
    return Object.fromEntries(this.#values);
  }
}

/** Whether a file has Ratchet's own lines. */
export function isNative({ format }: ReadingContext): boolean {
  return format.name === ratchetFormat.name;
}

export function isPlainObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === 'object' && !Array.isArray(value);
}

/** A value as a message shows it: JSON, cut. */
export function shortJson(value: unknown): string {
  return (JSON.stringify(plain(value)) ?? 'nothing').slice(0, 80);
}

/** A value as JSON holds it: what a table has for large numbers and times becomes text. */
export function plain(value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Date && !Number.isNaN(value.getTime()) ? value.toISOString() : value;
}
