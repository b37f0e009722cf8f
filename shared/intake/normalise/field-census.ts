import type { Output } from '../../domain/base/output.ts';
import { shellArgument } from '../../domain/base/quoted.ts';
import { shownField } from './field-words.ts';
import { readFigure, readVerdict } from './read-verdict.ts';

interface Seen {
  count: number;
  outputs: number;
  verdicts: number;
  figures: number;
}

const mostNames = 200;
const mostTold = 8;

/** Counts the fields of a file that mean nothing to the intake, to name them where nothing was judged. */
export class FieldCensus {
  readonly #seen = new Map<string, Seen>();

  /** @param knownOutput what a value is to the task; null where it is no output of it */
  add(name: string, value: unknown, knownOutput: (value: unknown) => Output | null): void {
    if (value === null || value === undefined || value === '') return;
    let seen = this.#seen.get(name);
    if (seen === undefined) {
      if (this.#seen.size >= mostNames) return;
      seen = { count: 0, outputs: 0, verdicts: 0, figures: 0 };
      this.#seen.set(name, seen);
    }
    seen.count += 1;
    if (knownOutput(value) !== null) seen.outputs += 1;
    else if (readVerdict(value) !== null) seen.verdicts += 1;
    else if (readFigure(value) !== null) seen.figures += 1;
  }

  /** `expected_output (50), note (12)`; null where there is none. */
  told(): string | null {
    const fields = [...this.#seen].sort(([, a], [, b]) => relevance(b) - relevance(a) || b.count - a.count);
    if (fields.length === 0) return null;
    const told = fields.slice(0, mostTold).map(([name, { count }]) => `${shownField(name)} (${count})`);
    return fields.length > mostTold ? `${told.join(', ')}, …` : told.join(', ');
  }

  /** The option that would probably judge; null where no field looks like a judgement. */
  proposal(): string | null {
    const best = (of: (seen: Seen) => number): string | undefined =>
      [...this.#seen].filter(([, seen]) => 2 * of(seen) > seen.count).sort(([, a], [, b]) => of(b) - of(a))[0]?.[0];
    const outputs = best((seen) => seen.outputs);
    if (outputs !== undefined) return `--map ${shellArgument(`expected=${outputs}`)}`;
    const verdicts = best((seen) => seen.verdicts);
    if (verdicts !== undefined) return `--map ${shellArgument(`verdict=${verdicts}`)}`;
    const figures = best((seen) => seen.figures);
    return figures === undefined ? null : `--map ${shellArgument(`score=${figures}`)} --pass-at 0.5`;
  }
}

function relevance({ count, outputs, verdicts, figures }: Seen): number {
  return (3 * outputs + 2 * verdicts + figures) / count;
}
