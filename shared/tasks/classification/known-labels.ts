import { editDistance } from '../../domain/base/edit-distance.ts';
import { compareText, normalisedText } from '../../domain/base/text.ts';
import type { ClassificationSpec } from './classification-spec.ts';

/** More labels than this are not searched for one that is like another: it would take too long for each. */
const mostSearched = 2_000;
/** Unknown labels whose neighbour is kept. */
const mostKept = 10_000;

/** The labels of a task, to be found by how they are written. */
export class KnownLabels {
  readonly #labels: ReadonlySet<string>;
  /** By {@link normalisedText}; null where two labels share one form. */
  readonly #byForm = new Map<string, string | null>();
  readonly #nearest = new Map<string, string | null>();

  private constructor(labels: readonly string[]) {
    this.#labels = new Set(labels);
    for (const label of labels) {
      const form = normalisedText(label);
      this.#byForm.set(form, this.#byForm.has(form) ? null : label);
    }
  }

  /** Made once for each task. */
  static of(spec: ClassificationSpec): KnownLabels {
    const known = made.get(spec) ?? new KnownLabels(spec.labels);
    made.set(spec, known);
    return known;
  }

  /** The label that a text is, or that it is but for case, blanks and Unicode form; null for none, and for several. */
  find(text: string): string | null {
    const trimmed = text.trim();
    return this.#labels.has(trimmed) ? trimmed : (this.#byForm.get(normalisedText(text)) ?? null);
  }

  /** The label that differs from a text by the fewest letters, a third of them at most; null for none. */
  nearest(text: string): string | null {
    const known = this.#nearest.get(text);
    if (known !== undefined) return known;
    const found = this.#search(normalisedText(text));
    if (this.#nearest.size < mostKept) this.#nearest.set(text, found);
    return found;
  }

  /** The only label that stands in a text as whole words; null for none, and for several. */
  onlyOneIn(text: string): string | null {
    const form = ` ${wordsOnly(normalisedText(text))} `;
    let found: string | null = null;
    for (const [label, whole] of this.#byForm) {
      const named = wordsOnly(label);
      if (whole === null || named === '' || !form.includes(` ${named} `)) continue;
      if (found !== null) return null;
      found = whole;
    }
    return found;
  }

  #search(form: string): string | null {
    if (this.#labels.size > mostSearched) return null;
    let best: { readonly label: string; readonly distance: number } | null = null;
    for (const label of [...this.#labels].sort(compareText)) {
      const other = normalisedText(label);
      const most = Math.min(best === null ? Number.POSITIVE_INFINITY : best.distance - 1, allowed(form, other));
      const distance = editDistance(form, other, most);
      if (distance !== null) best = { label, distance };
    }
    return best?.label ?? null;
  }
}

function wordsOnly(text: string): string {
  return text.replace(/[^\p{L}\p{N}]+/gu, ' ').trim();
}

const made = new WeakMap<ClassificationSpec, KnownLabels>();

function allowed(a: string, b: string): number {
  return Math.floor(Math.max(a.length, b.length) / 3);
}
