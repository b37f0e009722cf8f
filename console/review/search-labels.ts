/** Labels that hold all words of a search, those that begin with it first. */
export function searchLabels(search: string, labels: readonly string[]): readonly string[] {
  const wanted = plain(search).trim();
  if (wanted === '') return labels;
  const words = wanted.split(/\s+/u);
  const found = labels.filter((label) => words.every((word) => plain(label).includes(word)));
  const rank = (label: string): number => (plain(label).startsWith(wanted) ? 0 : 1);
  return found.toSorted((a, b) => rank(a) - rank(b));
}

/** Without case, and with a space for whatever parts words. */
function plain(text: string): string {
  return text.toLowerCase().replaceAll(/[_\-./]+/gu, ' ');
}
