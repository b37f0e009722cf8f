import type { Judgement } from '../../domain/traces/judgement.ts';

export type Verdict = NonNullable<Judgement['verdict']>;

const passes = ['pass', 'passed', 'correct', 'right', 'good', 'true', 'thumbs_up', 'thumbs-up', 'thumbs up', '1', '👍'];
const fails = [
  ...['fail', 'failed', 'incorrect', 'wrong', 'bad', 'false', 'thumbs_down', 'thumbs-down', 'thumbs down', '0', '👎'],
];

const verdicts: ReadonlyMap<string, Verdict> = new Map([
  ...passes.map((word) => [word, 'pass'] as const),
  ...fails.map((word) => [word, 'fail'] as const),
]);

/** The verdict that a word, a boolean or 1 and 0 stand for; null for anything else. */
export function readVerdict(value: unknown): Verdict | null {
  if (typeof value !== 'string' && typeof value !== 'boolean' && typeof value !== 'number' && typeof value !== 'bigint')
    return null;
  // Emoji may come with a skin tone or a variation selector.
  const word = String(value)
    .trim()
    .toLowerCase()
    .replace(/[\u{1f3fb}-\u{1f3ff}\ufe0f]/gu, '');
  return verdicts.get(word) ?? null;
}

/** A figure, written as a number or as its text; null for anything else. */
export function readFigure(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value === 'bigint') return Number(value);
  if (typeof value !== 'string' || !/^\s*[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?\s*$/.test(value)) return null;
  const figure = Number(value);
  return Number.isFinite(figure) ? figure : null;
}
