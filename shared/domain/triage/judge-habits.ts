import { percent } from '../base/wording.ts';
import type { JudgeErrors } from './wrong-label-posterior.ts';

/** Fewer records show no rule. */
const fewest = 4;

/** What a judge tends to write for which label, by positions of labels. */
export class JudgeHabits {
  readonly #counts: JudgeErrors['counts'];

  constructor({ counts }: Pick<JudgeErrors, 'counts'>) {
    this.#counts = counts;
  }

  /**
   * Whether the judge writes a label for another by a rule: of the times that it errs on that one, the share is nearer
   * to all than to chance. With two labels there is only one to write, and nothing tells a rule from chance.
   */
  isRule(right: number, given: number): boolean {
    const { written, wrong } = this.#times(right, given);
    const chance = 1 / Math.max(1, this.#counts.length - 1);
    return written >= fewest && written / wrong > (1 + chance) / 2;
  }

  /** In words: `about 12 times in 40 (30 %)`, `about once in 209 (below 1 %)`. */
  timesOf(right: number, given: number): string {
    const { written, all } = this.#times(right, given);
    const share = written / Math.max(1, all);
    const times = written < 0.5 ? 'less than once' : written < 1.5 ? 'about once' : `about ${written.toFixed(0)} times`;
    return `${times} in ${all.toFixed(0)} (${share < 0.01 ? 'below 1 %' : percent(share, 0)})`;
  }

  #times(right: number, given: number): { written: number; wrong: number; all: number } {
    const row = this.#counts[right] ?? new Float64Array();
    const all = row.reduce((sum, count) => sum + count, 0);
    return { written: row[given] ?? 0, wrong: all - (row[right] ?? 0), all };
  }
}
