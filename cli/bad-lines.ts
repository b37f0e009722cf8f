import { plural } from '../shared/domain/base/wording.ts';
import type { Output } from './output.ts';
import { printableLine } from './printable.ts';

/** So many are told of unless more are asked for. */
export const badLinesTold = 5;

export interface BadLineToTell {
  readonly file: string;
  readonly line: number;
  readonly reason: string;
  readonly mend: string;
  readonly lines?: number;
}

/** Tells of bad lines on stderr: the first few in full, then only how many more there are. */
export class BadLineReporter {
  readonly #output: Output;
  readonly #most: number;
  readonly #hint: string;
  #told = 0;
  #more = 0;

  /** @param hint how to see the others, after their count: ` (…)` */
  constructor(output: Output, most: number = badLinesTold, hint = '') {
    this.#output = output;
    this.#most = most;
    this.#hint = hint;
  }

  /** @param bad one line, many with one reason, or (line 0) what is wrong with the whole file */
  add(bad: BadLineToTell): void {
    const { lines = 1 } = bad;
    this.#told += 1;
    if (this.#told > this.#most) {
      this.#more += lines;
      return;
    }
    const place = `${printableLine(bad.file)}${bad.line === 0 ? '' : `:${bad.line}`}`;
    const reason = printableLine(bad.reason, 300);
    const all =
      lines === 1 ? '' : bad.line === 0 ? `all ${plural(lines, 'line')}: ` : `and others, ${plural(lines, 'line')}: `;
    this.#output.say(`${bad.line === 0 && lines === 1 ? '' : `${place}: `}${all}${reason} — ${bad.mend}`);
  }

  end(): void {
    if (this.#more > 0) this.#output.say(`… and ${plural(this.#more, 'more bad line')}${this.#hint}.`);
  }
}
