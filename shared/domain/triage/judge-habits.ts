import { percent } from '../base/wording.ts';
import type { JudgeErrors } from './wrong-label-posterior.ts';

/** A judge writes one label for another by rule where that is so much more frequent than by chance, and so often. */
const aboveChance = 3;
const fewest = 4;

/** What a judge tends to write for which label, by positions of labels. */
export class JudgeHabits {
  readonly #counts: JudgeErrors['counts'];
  /** Chance that a judge who errs as often on all labels, and at random, writes a given one for another. */
  readonly #chance: number;

  constructor({ counts }: Pick<JudgeErrors, 'counts'>) {
    this.#counts = counts;
    const all = sum(counts.map(sum));
    const right = sum(counts.map((row, y) => row[y] ?? 0));
    this.#chance = (all - right) / Math.max(1, all) / Math.max(1, counts.length - 1);
  }

  /** Whether the judge writes a label for another far more often than it would at random. */
  isRule(right: number, given: number): boolean {
    const { written, of } = this.#times(right, given);
    return written >= fewest && written > aboveChance * this.#chance * of;
  }

  /** In words: `about 12 times in 40 (30 %)`. */
  timesOf(right: number, given: number): string {
    const { written, of } = this.#times(right, given);
    return `about ${written.toFixed(0)} times in ${of.toFixed(0)} (${percent(written / Math.max(1, of), 0)})`;
  }

  #times(right: number, given: number): { written: number; of: number } {
    const row = this.#counts[right] ?? new Float64Array();
    return { written: row[given] ?? 0, of: sum(row) };
  }
}

function sum(values: Iterable<number>): number {
  let total = 0;
  for (const value of values) total += value;
  return total;
}
