import { z } from 'zod';
import { type ErasedText, erasedMark } from './erased-text.ts';

/** Knows the examples that were erased from datasets, beside the traces themselves. */
export interface ErasedExamples {
  has(datasetId: string, exampleId: string): boolean;
}

/** What of a record says which trace or example it comes from. */
const originSchema = z.looseObject({
  traceId: z.string().optional().catch(undefined),
  exampleId: z.string().optional().catch(undefined),
  input: z.string().optional().catch(undefined),
  datasetId: z.string().optional().catch(undefined),
});

export interface Scrubbed {
  readonly value: unknown;
  /** Records and list entries that were dropped. */
  readonly dropped: number;
  readonly changed: boolean;
}

export interface ScrubOptions {
  readonly text: ErasedText;
  readonly examples: ErasedExamples;
  /** Whether any text field that is an erased id makes a record one of the trace, as in files of other programs. */
  readonly anyField?: boolean;
}

/**
 * A JSON value without what comes from erased traces: list entries that do, keys and entries that are erased ids or
 * words go; erased texts within others become a mark. The value keeps its form otherwise.
 */
export function scrubValue(value: unknown, options: ScrubOptions): Scrubbed {
  const walk = new Walk(options);
  const scrubbed = walk.scrub(value);
  return { value: scrubbed, dropped: walk.dropped, changed: walk.changed };
}

/** Whether a record comes from an erased trace, itself or by an object within it. */
export function isOfErased(value: unknown, options: ScrubOptions): boolean {
  if (!isRecord(value)) return false;
  const { traceId, exampleId, input, datasetId } = originSchema.parse(value);
  const { text, examples } = options;
  if (traceId !== undefined && text.isId(traceId)) return true;
  if (exampleId !== undefined && text.isId(exampleId)) return true;
  if (datasetId !== undefined && exampleId !== undefined && examples.has(datasetId, exampleId)) return true;
  if (input !== undefined && text.isText(input)) return true;
  const inner = Object.values(value);
  if (options.anyField === true && inner.some((one) => typeof one === 'string' && text.isId(one))) return true;
  return inner.some((one) => isOfErased(one, options));
}

/** Fields that hold what somebody said or what is said of it, rather than codes. */
const spokenFields = new Set([
  'input',
  'text',
  'output',
  'expected',
  'answer',
  'answered',
  'recorded',
  'reason',
  'title',
  'evidence',
]);
/** Fields that list single words of texts, or count them. */
const listsWords = /(?:words|terms)$/i;

class Walk {
  readonly #options: ScrubOptions;
  dropped = 0;
  changed = false;

  constructor(options: ScrubOptions) {
    this.#options = options;
  }

  scrub(value: unknown, field = ''): unknown {
    if (typeof value === 'string') return this.#scrubText(value, field);
    if (Array.isArray(value)) {
      return value.filter((one) => !this.#isDropped(one, field)).map((one) => this.scrub(one, field));
    }
    if (!isRecord(value)) return value;
    const entries = Object.entries(value).filter(([key]) => !this.#isDropped(key, field));
    const scrubbed = entries.map(([key, inner]): [string, unknown] => [key, this.scrub(inner, key)]);
    return this.#withPair(Object.fromEntries(scrubbed));
  }

  /** Where of what was right and what was answered one is erased, the other quotes the same input. */
  #withPair(record: Record<string, unknown>): Record<string, unknown> {
    const { expected, answered } = record;
    if (typeof expected !== 'string' || typeof answered !== 'string') return record;
    const isErased = [expected, answered].some((one) => one.includes(erasedMark));
    const rest = isErased ? [expected, answered].filter((one) => /["“]/.test(one) && one !== erasedMark) : [];
    if (rest.length === 0) return record;
    this.changed = true;
    const marked = (one: string): string => (rest.includes(one) ? erasedMark : one);
    return { ...record, expected: marked(expected), answered: marked(answered) };
  }

  #isDropped(value: unknown, field: string): boolean {
    const { text } = this.#options;
    const isErased =
      typeof value === 'string'
        ? (text.isId(value) && (looksLikeId(value) || namesIds.test(field))) ||
          (listsWords.test(field) && text.isWord(value))
        : isOfErased(value, this.#options);
    if (!isErased) return false;
    this.dropped += 1;
    this.changed = true;
    return true;
  }

  #scrubText(value: string, field: string): string {
    const { text, anyField } = this.#options;
    const isErasedId = text.isId(value) && (namesIds.test(field) || anyField === true);
    const scrubbed = isErasedId ? erasedMark : text.scrub(value, spokenFields.has(field) || anyField === true);
    if (scrubbed !== value) this.changed = true;
    return scrubbed;
  }
}

const namesIds = /ids?$/i;

/** Whether it cannot be the name of a field or a value of this program. */
function looksLikeId(text: string): boolean {
  return /[\d@]/.test(text);
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
