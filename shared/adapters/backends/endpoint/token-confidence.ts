/** A token of an answer with its natural log probability. */
export interface Token {
  readonly token: string;
  readonly logprob: number;
}

/**
 * How probable a model found what it wrote: of an answer that is one of few, the probability of the tokens that say it;
 * of one that is written freely the geometric mean over its tokens, since a long answer has a small probability
 * whatever it says.
 * @param said the part of the text that says the answer; null for all of it
 * @returns a fraction; null where the tokens are not those of the text
 */
export function confidenceOf(
  text: string,
  tokens: readonly Token[],
  { closed, said }: { readonly closed: boolean; readonly said: string | null },
): number | null {
  const whole = tokens.map(({ token }) => token).join('');
  const from = said === null ? 0 : whole.lastIndexOf(said);
  if (tokens.length === 0 || !whole.includes(text.trim()) || from === -1) return null;
  const to = said === null ? whole.length : from + said.length;
  let place = 0;
  const logs = tokens.flatMap(({ token, logprob }) => {
    const [start, end] = [place, place + token.length];
    place = end;
    return end > from && start < to ? [Math.min(0, logprob)] : [];
  });
  const sum = logs.reduce((total, log) => total + log, 0);
  const value = Math.exp(closed ? sum : sum / Math.max(1, logs.length));
  return Number.isFinite(value) ? value : null;
}
