import type { BadLine } from './ingest-result.ts';

/** What is told of a bad line, or of many with one reason. */
export interface ToldProblem extends Pick<BadLine, 'file' | 'line' | 'reason' | 'mend'> {
  /** Lines it is told of; more than one where all have the same reason. */
  readonly lines: number;
}

/** From so many lines on one sentence is told of a file that is wrong as a whole. */
const enoughForOne = 3;
const mostKept = 5;

/**
 * Tells the bad lines of one file. While every line is bad for one reason, they are waited for: at the end that is one
 * problem, of the file and not of its lines.
 */
export class FileProblems {
  readonly #tell: (problem: ToldProblem) => void;
  #kept: BadLine[] = [];
  #count = 0;
  #isWaiting = true;

  constructor(tell: (problem: ToldProblem) => void) {
    this.#tell = tell;
  }

  bad(line: BadLine): void {
    if (this.#isWaiting && this.#kept.length > 0 && this.#kept[0]?.reason !== line.reason) this.#stopWaiting();
    if (!this.#isWaiting) {
      this.#tell({ ...line, lines: 1 });
      return;
    }
    this.#count += 1;
    if (this.#kept.length < mostKept) this.#kept.push(line);
  }

  good(): void {
    this.#stopWaiting();
  }

  end(): void {
    const [first] = this.#kept;
    if (first !== undefined && this.#count >= enoughForOne) {
      this.#tell({ ...first, line: 0, lines: this.#count });
      this.#isWaiting = false;
      this.#kept = [];
    }
    this.#stopWaiting();
  }

  #stopWaiting(): void {
    if (!this.#isWaiting) return;
    this.#isWaiting = false;
    for (const line of this.#kept) this.#tell({ ...line, lines: 1 });
    const last = this.#kept.at(-1);
    const more = this.#count - this.#kept.length;
    if (last !== undefined && more > 0) this.#tell({ ...last, lines: more });
    this.#kept = [];
  }
}
