/** What a JSON text is made of, as far as its keys go: strings, and where objects and lists begin and end. */
const tokens = /"[^"\\]*(?:\\.[^"\\]*)*"|[{}[\]]/gs;
const colon = /\s*:/y;

/**
 * The first key that an object of a JSON text holds twice, at any depth; null when there is none. Parsers keep one of
 * the two without a word, and not all the same one.
 * @param text valid JSON
 */
export function repeatedKey(text: string): string | null {
  const open: (Set<string> | null)[] = [];
  for (const { 0: token, index } of text.matchAll(tokens)) {
    if (token === '{') open.push(new Set());
    else if (token === '[') open.push(null);
    else if (token === '}' || token === ']') open.pop();
    else {
      const keys = open.at(-1);
      colon.lastIndex = index + token.length;
      if (keys === undefined || keys === null || !colon.test(text)) continue;
      const key = token.includes('\\') ? String(JSON.parse(token)) : token.slice(1, -1);
      if (keys.has(key)) return key;
      keys.add(key);
    }
  }
  return null;
}
