/** Words that by themselves say that a score is of whether the answer is right. */
const core: ReadonlySet<string> = new Set([
  ...['correct', 'correctness', 'accurate', 'accuracy', 'right', 'verdict', 'match', 'pass', 'passed'],
  ...['label', 'quality', 'feedback', 'thumbs', 'thumb', 'evaluation', 'eval', 'annotation', 'score', 'rating'],
]);

/** Words beside them that change nothing of it. */
const beside: ReadonlySet<string> = new Set([
  ...['is', 'was', 'the', 'answer', 'output', 'response', 'prediction', 'exact', 'overall', 'final', 'up'],
  ...['user', 'human', 'reviewer', 'model', 'ai', 'llm', 'gpt', 'judge'],
]);

/** Whether a score of this name plainly tells if the answer is right; one of no name does. */
export function speaksOfCorrectness(name: string): boolean {
  const words = name
    .replace(/(\p{Ll})(\p{Lu})/gu, '$1 $2')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u)
    .filter((word) => word !== '');
  return (
    words.every((word) => core.has(word) || beside.has(word)) &&
    (words.length === 0 || words.some((word) => core.has(word)))
  );
}

/**
 * Which scores of an ingest are verdicts of the answer. Those that a person names are, and no others. Else those whose name
 * plainly speaks of correctness; one of another name only where no score of a further name could be a verdict.
 */
export class ScoreNames {
  readonly #chosen: ReadonlySet<string> | null;
  readonly #seen = new Set<string>();

  /** @param chosen the names that a person gave; empty for none */
  constructor(chosen: readonly string[]) {
    this.#chosen = chosen.length === 0 ? null : new Set(chosen);
  }

  /** Takes note of a score that could be a verdict. Returns whether it surely is one, whatever else is seen. */
  see(name: string): boolean {
    this.#seen.add(name);
    return this.#chosen === null ? speaksOfCorrectness(name) : this.#chosen.has(name);
  }

  /** Whether a score that is not surely a verdict is one, by the names seen so far. */
  isAlone(): boolean {
    return this.#chosen === null && this.#seen.size === 1;
  }
}

/** What a person is told of a score that counts as a verdict. */
export function readAsVerdict(name: string): string {
  return `scores read as verdicts: ${shownName(name)}`;
}

/** What a person is told of a score that could be a verdict and does not count as one. */
export function passedOverScore(name: string): string {
  return `passed over: scores named ${shownName(name)} (--score ${shownName(name)} makes verdicts of them)`;
}

/** A name as it stands in a sentence and on a command line. */
function shownName(name: string): string {
  const start = name.slice(0, 80);
  return /^[\w.-]+$/.test(start) ? start : JSON.stringify(start);
}
