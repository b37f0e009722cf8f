/** So many ways to match at one place, at most, so that a text takes time in proportion to its length. */
const mostWays = 1_000;
const longestPattern = 200;

/** Parts that a pattern may be made of; the last group is a quantifier's bounds. */
const part =
  /\\[dDwWsSbB.\\/()[\]{}|?*+^$-]|\[\^?(?:\\[dDwWsS.\\/()[\]{}|?*+^$-]|[^\]\\[])+\]|\(\?:|\(|\)|\||\?|\{(\d{1,3})(?:,(\d{1,3}))?\}|[^\\[\](){}*+?|^$.]|\./uy;

/** Why a text cannot be a pattern of the setting `redactPatterns`; null when it can. */
export function customPatternProblem(written: string): string | null {
  const { name, expression } = customPatternParts(written);
  if (!/^[A-Z][A-Z0-9_]{0,29}$/.test(name)) return 'write NAME=EXPRESSION, the name in capitals, digits and "_"';
  if (expression === '' || expression.length > longestPattern)
    return `the expression has 1 to ${longestPattern} characters`;
  let ways = 1;
  part.lastIndex = 0;
  let before = '';
  while (part.lastIndex < expression.length) {
    const at = part.lastIndex;
    const match = part.exec(expression);
    if (match === null) {
      const found = JSON.stringify(expression.slice(at, at + 4));
      return `${found} is not taken: use letters, digits, classes, groups and counts such as \\d{1,12}; no *, + or look-around`;
    }
    const [token, least, most = least] = match;
    if (least !== undefined || token === '?') {
      if (['', '(', '|'].includes(before)) return 'look-around and named groups are not taken';
      if (before === ')' && least !== undefined) return 'a group cannot be repeated: write it out';
      ways *= token === '?' ? 2 : Math.max(1, Number(most) - Number(least) + 1);
    }
    if (token === '|') ways += 1;
    before = token;
  }
  if (ways > mostWays)
    return `it can match in ${ways} ways at one place, more than ${mostWays}: make its counts tighter`;
  try {
    return new RegExp(expression, 'u').test('') ? 'it matches the empty text' : null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

/** Name and expression of a pattern as it is written in the settings. */
export function customPatternParts(written: string): { readonly name: string; readonly expression: string } {
  const at = written.indexOf('=');
  return { name: written.slice(0, Math.max(0, at)), expression: written.slice(at + 1) };
}
