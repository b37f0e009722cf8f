import { plural } from '../shared/domain/base/wording.ts';
import type { Output } from './output.ts';
import { printableLine } from './printable.ts';

const mostShown = 5;

/** Tells of bad lines on stderr: the first few in full, then only how many more there are. */
export class BadLineReporter {
  readonly #output: Output;
  #count = 0;

  constructor(output: Output) {
    this.#output = output;
  }

  add(bad: { readonly file: string; readonly line: number; readonly reason: string; readonly mend: string }): void {
    this.#count += 1;
    if (this.#count > mostShown) return;
    this.#output.say(`${printableLine(bad.file)}:${bad.line}: ${printableLine(bad.reason, 300)} — ${bad.mend}`);
  }

  end(): void {
    if (this.#count > mostShown) this.#output.say(`… and ${plural(this.#count - mostShown, 'more bad line')}.`);
  }
}
