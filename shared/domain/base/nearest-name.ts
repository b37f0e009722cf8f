import { editDistance } from './edit-distance.ts';

/**
 * The name that a person most probably meant: the same but for case, blanks, punctuation and Unicode form, else the one
 * with the fewest edits (at most a third of its letters). Null where
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
    const edits = editDistance(wanted, folded(candidate), fewest - 1);
    if (edits !== null) {
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
