/**
 * The name that a person most probably meant: the same but for case, blanks, punctuation and Unicode form, else the one
 * with the fewest edits (of characters, two neighbours swapped counting as one; at most a third of the name). Null where
 * none is near.
 */
export function nearestName(name: string, known: readonly string[]): string | null {
  const wanted = folded(name);
  if (wanted === '') return null;
  const same = known.find((candidate) => folded(candidate) === wanted);
  if (same !== undefined) return same;
  const most = Math.floor(Math.max(wanted.length, 3) / 3);
  let nearest: string | null = null;
  let fewest = most + 1;
  for (const candidate of known) {
    const edits = editDistance(wanted, folded(candidate), fewest);
    if (edits < fewest) {
      nearest = candidate;
      fewest = edits;
    }
  }
  return nearest;
}

function folded(name: string): string {
  return name
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[\p{P}\p{Z}\s]+/gu, '');
}

/** Optimal string alignment distance (Damerau–Levenshtein without repeated edits); any number ≥ `enough` counts alike. */
function editDistance(a: string, b: string, enough: number): number {
  if (Math.abs(a.length - b.length) >= enough) return enough;
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, at) => at);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const change = (last[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      let edits = Math.min((last[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1, change);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) {
        edits = Math.min(edits, (before[j - 2] ?? 0) + 1);
      }
      row.push(edits);
    }
    [before, last] = [last, row];
  }
  return last[b.length] ?? enough;
}
