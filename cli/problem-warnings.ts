import { plural } from '../shared/domain/base/wording.ts';
import type { ToldProblem } from '../shared/intake/file-problems.ts';

const mostTold = 20;

/** Problems of files as sentences for a program: the first ones and the last. */
export class ProblemWarnings {
  readonly #first: string[] = [];
  #last: string | null = null;
  #more = 0;

  add({ file, line, lines, reason, mend }: ToldProblem): void {
    // What is wrong with a file as a whole names it.
    const place = line > 0 ? `${file}:${line}: ` : lines > 1 ? `${file}: ` : '';
    const many = lines > 1 ? ` (${plural(lines, 'line')})` : '';
    const told = `${place}${reason}${many}. ${mend}`;
    if (this.#first.length < mostTold) this.#first.push(told);
    else {
      this.#last = told;
      this.#more += 1;
    }
  }

  list(): readonly string[] {
    if (this.#last === null) return this.#first;
    return [...this.#first, `${plural(this.#more, 'more problem')} of lines, the last: ${this.#last}`];
  }
}
