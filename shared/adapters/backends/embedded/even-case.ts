/** Share of capitals among the letters with a case above which a text is not written in ordinary case. */
const mostCapitals = 0.3;

/**
 * The text in lower case when more of its letters are capitals than in ordinary writing, else as it is. The embedding
 * knows few words in capitals: it takes a shouted text to pieces of a letter or two. Capitals of names, which it makes
 * use of, stay.
 */
export function evenCase(text: string): string {
  const capitals = text.match(/\p{Lu}/gu)?.length ?? 0;
  const small = text.match(/\p{Ll}/gu)?.length ?? 0;
  return capitals > mostCapitals * (capitals + small) ? text.toLowerCase() : text;
}
