/**
 * Levenshtein distance of two texts by code points, if it is at most `most`; null where it is more.
 * Source: Wagner and Fischer (1974), row by row, given up once a whole row is beyond `most`.
 */
export function editDistance(a: string, b: string, most: number): number | null {
  const from = [...a];
  const to = [...b];
  if (Math.abs(from.length - to.length) > most) return null;
  let row = Array.from({ length: to.length + 1 }, (_, at) => at);
  for (const [i, letter] of from.entries()) {
    const next = [i + 1];
    for (const [j, other] of to.entries()) {
      const changed = (row[j] ?? 0) + (letter === other ? 0 : 1);
      next.push(Math.min(changed, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1));
    }
    if (Math.min(...next) > most) return null;
    row = next;
  }
  const distance = row[to.length] ?? 0;
  return distance <= most ? distance : null;
}
